import { listSources, type SourceRow } from '#src/intents';
import { originNames } from '#src/inquiry';
import { Chip, Empty, Select, type Tone, When } from '#src/ui';
import { type Console, page } from './door.tsx';
import { kindNames, originName } from './intent-words.ts';
import { IntentTabs } from './intents.tsx';
import { intentsPath, originPath, originsPath } from './paths.ts';
import { AnyId } from './subject-link.tsx';
import { Pager, pageAsked } from './pager.tsx';

type State = SourceRow['state'];

export const originTones: Record<State, [tone: Tone, word: string]> = {
  pending: ['wait', 'not decided'],
  approved: ['good', 'approved'],
  blocked: ['bad', 'blocked'],
};
const states = Object.keys(originTones) as State[]; // Exactly its keys.

/** Where intents come from, and whether what comes goes straight to the marketplace. */
export function originsPage(desk: Console): void {
  page(desk, { path: originsPath, permission: 'intents:review' }, async ({ ctx, query }) => {
    const asked = pageAsked(query);
    const state = states.find((one) => one === query.get('state'));
    const { rows, cursor } = await listSources(ctx, {
      ...asked,
      ...(state ? { state } : {}),
    });
    const names = await originNames(
      ctx,
      rows.map(({ source }) => source),
    );
    const here = { state: state ?? null };
    return {
      title: 'Origins',
      body: (
        <div class="stack">
          <div class="row apart">
            <h1>Origins</h1>
            <IntentTabs at="origins" />
          </div>
          <form class="filters" method="get" action={originsPath} aria-label="Filter">
            <Select
              name="state"
              label="State"
              value={state ?? ''}
              choices={[['', 'Any'], ...states.map((one) => [one, originTones[one][1]] as const)]}
              wrong={new Map()}
              goes
            />
            <button>Show</button>
          </form>
          {rows.length === 0 ? (
            <None isFiltered={state !== undefined} />
          ) : (
            <List origins={rows} names={names} />
          )}
          <Pager at={originsPath} kept={here} asked={asked} next={cursor} isOldestFirst />
        </div>
      ),
    };
  });
}

type ListProps = { origins: readonly SourceRow[]; names: ReadonlyMap<string, string> };

function List({ origins, names }: ListProps) {
  return (
    <table>
      <caption class="vh">Origins, by their names. Keys: j and k to walk, enter to open.</caption>
      <thead>
        <tr class="indent">
          <th>Origin</th>
          <th class="wide-only">Of</th>
          <th>State</th>
          <th class="wide-only">Decided by</th>
          <th class="end">Since</th>
        </tr>
      </thead>
      <tbody>
        {origins.map(({ source, kind, state, note, decidedBy, updatedAt }) => (
          <tr data-row>
            <td>
              <a class="whole" href={originPath(source, kind)}>
                {names.get(source) ?? originName(source)}
              </a>
              {names.has(source) ? (
                <p class="dim">
                  <code>{originName(source)}</code>
                </p>
              ) : null}
              <p class="dim narrow-only">{kindNames[kind]}</p>
            </td>
            <td class="wide-only">
              {kindNames[kind]}
              {note === '' ? null : <p class="dim">{note}</p>}
            </td>
            <td>
              <Chip tone={originTones[state][0]}>{originTones[state][1]}</Chip>
            </td>
            <td class="wide-only">
              {decidedBy === null ? <span class="dim">nobody yet</span> : <AnyId text={decidedBy} />}
            </td>
            <td class="end dim">
              <When at={updatedAt.toISOString()} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function None({ isFiltered }: { isFiltered: boolean }) {
  return (
    <Empty title={isFiltered ? 'No origin is in this state' : 'Nobody has asked for anything yet'}>
      <p>
        An origin is an app, an account or a connector that has asked the marketplace for something. What it
        asks waits until staff approve it.{' '}
        <a href={isFiltered ? originsPath : intentsPath}>
          {isFiltered ? 'Show all origins' : 'What is asked'}
        </a>
      </p>
    </Empty>
  );
}
