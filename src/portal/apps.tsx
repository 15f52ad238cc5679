import { listGrants, type ShownGrant } from '#src/access';
import { type Choice, Empty, Pages, When } from '#src/ui';
import { AppChip, VerifiedChip } from './app-chips.tsx';
import { page, type Portal } from './door.tsx';
import { appPath, appsPath, tokensPath, withQuery } from './paths.ts';
import { StateFilter } from './state-filter.tsx';

/** The apps that the account has given access to, newest first; those that have ended stay, dimmed, to be looked at. */
export function appsPage(portal: Portal): void {
  page(portal, appsPath, async ({ ctx, query }) => {
    const after = query.get('after') ?? '';
    const state = choices.find(([known]) => known === query.get('state'))?.[0] ?? '';
    const { data, next_cursor: next } = await listGrants(ctx, {
      limit: 25,
      ofApps: true,
      isEnded: state === '' ? undefined : state === 'disconnected',
      ...(after === '' ? {} : { after }),
    });
    return {
      title: 'Connected apps',
      body: (
        <div class="stack">
          <header class="stack">
            <h1>Connected apps</h1>
            <p class="lead">
              Programs of others that may act for this account, each within what you gave it.
            </p>
          </header>
          {data.length > 0 || state !== '' ? (
            <StateFilter action={appsPath} value={state} choices={choices} />
          ) : null}
          {data.length > 0 ? <List grants={data} /> : <None isFiltered={state !== ''} />}
          <Pages
            first={after === '' ? null : withQuery(appsPath, { state })}
            next={next === null ? null : withQuery(appsPath, { state, after: next })}
          />
        </div>
      ),
    };
  });
}

const choices: readonly Choice[] = [
  ['', 'Any'],
  ['connected', 'connected'],
  ['disconnected', 'disconnected'],
];

function List({ grants }: { grants: ShownGrant[] }) {
  return (
    <table>
      <caption class="vh">Connected apps, newest first. Keys: j and k to walk, enter to open.</caption>
      <thead>
        <tr class="indent">
          <th>App</th>
          <th class="wide-only">May</th>
          <th>State</th>
          <th class="end wide-only">Last call</th>
          <th class="end wide-only">Since</th>
        </tr>
      </thead>
      <tbody>
        {grants.map((grant) => (
          <tr data-row>
            <td>
              <a class="whole" href={appPath(grant.id)}>
                {grant.app_name}
              </a>
              <p class="dim">by {grant.partner_name}</p>
              <VerifiedChip grant={grant} />
            </td>
            <td class="wide-only">{grant.scopes.join(', ')}</td>
            <td>
              <AppChip grant={grant} />
            </td>
            <td class="end dim wide-only">
              {grant.last_used_at ? <When at={grant.last_used_at} /> : 'never'}
            </td>
            <td class="end dim wide-only">
              <When at={grant.created_at} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function None({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered)
    return (
      <Empty title="No app is in this state">
        <p>
          <a href={appsPath}>Show all of them</a>
        </p>
      </Empty>
    );
  return (
    <Empty title="No app has access">
      <p>
        When an app of somebody else asks for access to this account, you are shown what it wants in plain
        words, and give as much of it as you like. Afterwards it stands here: what it may, what it did, and
        how to end it.
      </p>
      <p>
        For programs of your own, <a href={tokensPath}>make a token</a>.
      </p>
    </Empty>
  );
}
