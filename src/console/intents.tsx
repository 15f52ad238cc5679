import { intentKinds, intentStates, sourcePattern } from '#src/intents';
import { intentList, type StaffIntent } from '#src/inquiry';
import { Chip, type Choice, Empty, Pages, Select, TextField, When, withQuery, type Wrong } from '#src/ui';
import { type Console, page, type Visit } from './door.tsx';
import { askerOf, gistOf, kindNames, standingOf, titleOf } from './intent-words.ts';
import { intentPath, intentsPath, originsPath } from './paths.ts';
import { Tabs } from './tabs.tsx';

type Filter = { state: string; kind: string; from: string; after: string };
type Asked = Parameters<typeof intentList>[1];

/** What was asked of the marketplace: what waits first, everything else by its filter. */
export function intentsPage(desk: Console): void {
  page(desk, { path: intentsPath, permission: 'intents:review' }, async ({ ctx, query }: Visit) => {
    const of = (name: keyof Filter) => query.get(name)?.trim() ?? '';
    const state = of('state') === 'pending_review' ? '' : of('state');
    const filter = { state, kind: of('kind'), from: of('from'), after: of('after') };
    const { asked, wrong } = askedBy(filter);
    const { data, next_cursor: next } = asked
      ? await intentList(ctx, asked)
      : { data: [], next_cursor: null };
    return {
      title: 'Intents',
      body: (
        <div class="stack">
          <div class="row apart">
            <h1>Intents</h1>
            <IntentTabs at="intents" />
          </div>
          <Filters filter={filter} wrong={wrong} />
          {data.length === 0 ? <None filter={filter} /> : <List intents={data} />}
          <Pages
            first={filter.after === '' ? null : withQuery(intentsPath, { ...filter, after: '' })}
            next={next === null ? null : withQuery(intentsPath, { ...filter, after: next })}
            isOldestFirst={filter.state === ''}
          />
        </div>
      ),
    };
  });
}

export function IntentTabs({ at }: { at: 'intents' | 'origins' }) {
  return (
    <Tabs
      name="Intents and origins"
      at={at}
      tabs={[
        ['intents', intentsPath, 'What is asked'],
        ['origins', originsPath, 'Where it comes from'],
      ]}
    />
  );
}

/** `asked` null: a filter that names nothing; its field says so. */
function askedBy({ state, kind, from, after }: Filter): { asked: Asked | null; wrong: Wrong } {
  const wrong = new Map<string, string>();
  const states = [...intentStates, 'all'] as const;
  const shownState = state === '' ? 'pending_review' : states.find((one) => one === state);
  const shownKind = intentKinds.find((one) => one === kind);
  const origin = originIn(from);
  if (!shownState) wrong.set('state', 'There is no such state.');
  if (kind !== '' && !shownKind) wrong.set('kind', 'There is no such kind.');
  if (!origin) wrong.set('from', 'An id of an account or an app, or a connector such as slack.');
  if (!shownState || !origin || wrong.size > 0) return { asked: null, wrong };
  return {
    asked: {
      state: shownState,
      limit: 25,
      ...(shownKind ? { kind: shownKind } : {}),
      ...origin,
      ...(after === '' ? {} : { after }),
    },
    wrong,
  };
}

/** An account's id finds what was asked for it, by whatever app; an origin's name what comes from there alone. */
function originIn(from: string): Pick<Asked, 'account' | 'source'> | null {
  if (from === '') return {};
  if (/^acc_[a-z0-9_-]{1,100}$/.test(from)) return { account: from };
  const source = from.includes(':') ? from : from.startsWith('app_') ? `app:${from}` : `connector:${from}`;
  return sourcePattern.test(source) ? { source } : null;
}

function Filters({ filter, wrong }: { filter: Filter; wrong: Wrong }) {
  const kinds = intentKinds.map((kind): Choice => [kind, kindNames[kind]]);
  return (
    <form class="filters" method="get" action={intentsPath} aria-label="Filter">
      <Select
        name="state"
        label="State"
        value={filter.state}
        choices={[
          ['', 'waiting for a review'],
          ['open', 'open: with the marketplace'],
          ['answered', 'answered by the marketplace'],
          ['refused', 'turned away by staff'],
          ['expired', 'expired'],
          ['all', 'any'],
        ]}
        wrong={wrong}
        goes
      />
      <Select
        name="kind"
        label="Kind"
        value={filter.kind}
        choices={[['', 'Any'], ...kinds]}
        wrong={wrong}
        goes
      />
      <TextField
        name="from"
        label="Account or origin"
        value={filter.from}
        placeholder="acc_…, app_…, slack"
        wrong={wrong}
        isOptional
        isSearch
        mono
      />
      <button>Show</button>
    </form>
  );
}

function List({ intents }: { intents: readonly StaffIntent[] }) {
  return (
    <table>
      <caption class="vh">Intents. Keys: j and k to walk, enter to open, / to search.</caption>
      <thead>
        <tr class="indent">
          <th>What is asked</th>
          <th class="wide-only">By</th>
          <th>State</th>
          <th class="end">Asked</th>
        </tr>
      </thead>
      <tbody>
        {intents.map((one) => (
          <Row one={one} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ one }: { one: StaffIntent }) {
  const [tone, word] = standingOf(one);
  return (
    <tr data-row>
      <td>
        <a class="whole" href={intentPath(one.id)}>
          {gistOf(one) || titleOf(one)}
        </a>
        <p class="dim">
          {kindNames[one.kind]}
          {one.env === 'test' ? ', test data' : ''}
          <span class="narrow-only">by {askerOf(one)}</span>
        </p>
      </td>
      <td class="wide-only">
        {askerOf(one)}
        {one.app_name && one.account_name ? <p class="dim">for {one.account_name}</p> : null}
      </td>
      <td>
        <Chip tone={tone}>{word}</Chip>
      </td>
      <td class="end dim">
        <When at={one.created_at} />
      </td>
    </tr>
  );
}

function None({ filter: { state, kind, from } }: { filter: Filter }) {
  if (state !== '' || kind !== '' || from !== '')
    return (
      <Empty title="Nothing fits this filter">
        <p>
          What has ended is kept for 90 days. <a href={`${intentsPath}?state=all`}>Show all of them</a>
        </p>
      </Empty>
    );
  return (
    <Empty title="Nothing waits for a review">
      <p>
        What partners and accounts ask of the marketplace waits here, as long as nobody has approved where it
        comes from. Once an origin is approved, what it asks goes straight to the marketplace.{' '}
        <a href={`${intentsPath}?state=all`}>Show what was asked before</a>
      </p>
    </Empty>
  );
}
