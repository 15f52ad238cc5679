import {
  type ConnectionRow,
  listConnections,
  listConnectors,
  type ShownConnector,
  subscriptionsVia,
} from '#src/connections';
import { Ask, Empty, Note, When } from '#src/ui';
import { ConnectionChip, type ConnectionStanding, connectionStanding } from './connection-states.tsx';
import { counted } from './cords.ts';
import { destinationName } from './destinations.ts';
import { page, type Portal, type Visit } from './door.tsx';
import {
  connectionPath,
  connectionsPath,
  connectPath,
  feedsPath,
  newSubscriptionPath,
  recipesPath,
  sendersPath,
} from './paths.ts';

type Entry = { row: ConnectionRow; vendor: string; standing: ConnectionStanding; wishes: number };

/** What is linked, and what there is to link. */
export function connectionsPage(portal: Portal): void {
  page(portal, connectionsPath, async ({ ctx }) => {
    const connectors = await listConnectors(ctx);
    const entries = await readEntries(ctx, connectors);
    return { title: 'Connections', body: <Connections entries={entries} connectors={connectors} /> };
  });
}

async function readEntries(ctx: Visit['ctx'], connectors: readonly ShownConnector[]): Promise<Entry[]> {
  const rows = await listConnections(ctx);
  return Promise.all(
    rows.map(async (row) => {
      const vendor = connectors.find(({ id }) => id === row.connector)?.name ?? row.connector;
      const via = await subscriptionsVia(ctx, row);
      return { row, vendor, standing: connectionStanding(row, vendor, via), wishes: via.length };
    }),
  );
}

type Both = { entries: Entry[]; connectors: ShownConnector[] };

function Connections({ entries, connectors }: Both) {
  return (
    <div class="stack-l">
      <header class="stack">
        <h1>Connections</h1>
        <p class="lead">
          Accounts of yours at other services. What happens here appears there: a message, an entry, a file, a
          deal.
        </p>
      </header>
      <Broken entries={entries} connectors={connectors} />
      {entries.length > 0 ? <List entries={entries} /> : null}
      <Gallery connectors={connectors} isFirst={entries.length === 0} />
      <section class="stack" aria-labelledby="more">
        <h2 id="more">Where to begin</h2>
        <ul class="points">
          <li>
            <a href={recipesPath}>Recipes</a>: bookings into a calendar, accepted work into an archive,
            requests into your CRM.
          </li>
          <li>
            <a href={feedsPath}>Calendar feeds</a>: an address that Apple, Outlook and any other calendar
            reads, without an account anywhere.
          </li>
          <li>
            <a href={sendersPath}>RFP senders</a>: your procurement tool or form asks for an RFP, signed,
            without a token.
          </li>
        </ul>
      </section>
    </div>
  );
}

/** One button that mends it. */
function Broken({ entries, connectors }: Both) {
  const broken = entries.filter(({ standing }) => standing.next === 'mend');
  if (broken.length === 0) return null;
  return (
    <section class="stack" aria-labelledby="needs">
      <h2 id="needs">Needs you</h2>
      <div class="notes">
        {broken.map(({ row, vendor, standing }) => (
          <Note tone={standing.tone} title={destinationName(vendor, row)}>
            <p>{standing.why}</p>
            <Mend row={row} auth={connectors.find(({ id }) => id === row.connector)?.auth} />
          </Note>
        ))}
      </div>
    </section>
  );
}

type Mended = { row: ConnectionRow; auth: ShownConnector['auth'] | undefined };

export function Mend({ row, auth }: Mended) {
  const path = connectionPath(row.id);
  if (auth === 'secret-url')
    return (
      <p class="press">
        <a class="button primary" href={`${path}/rights`}>
          Give it a new address
        </a>
      </p>
    );
  return (
    <Ask action={`${path}/reconnect`} label={`Connect ${row.label} again`}>
      <p class="press">
        <button class="primary">Connect it again</button>
      </p>
    </Ask>
  );
}

function List({ entries }: { entries: Entry[] }) {
  return (
    <section class="stack" aria-labelledby="yours">
      <h2 id="yours">Yours</h2>
      <table>
        <thead>
          <tr class="indent">
            <th>Account</th>
            <th class="wide-only">What goes through it</th>
            <th>State</th>
            <th class="end wide-only">Last used</th>
          </tr>
        </thead>
        <tbody>
          {entries.map(({ row, vendor, standing, wishes }) => (
            <tr data-row>
              <td>
                <a class="whole" href={connectionPath(row.id)}>
                  {vendor}
                </a>
                {row.label === vendor ? null : <p class="dim">{row.label}</p>}
              </td>
              <td class="wide-only">
                {wishes === 0 ? <span class="dim">nothing yet</span> : counted(wishes, 'subscription')}
              </td>
              <td>
                <ConnectionChip standing={standing} />
              </td>
              <td class="end dim wide-only">
                {row.lastUsedAt ? <When at={row.lastUsedAt.toISOString()} /> : 'not yet'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Gallery({ connectors, isFirst }: { connectors: ShownConnector[]; isFirst: boolean }) {
  if (connectors.length === 0)
    return (
      <Empty title="Nothing to connect yet">
        <p>
          The operator of this hub has switched on no connector. Events can go to any address of yours as
          webhooks meanwhile.
        </p>
        <p>
          <a class="button primary" href={newSubscriptionPath}>
            Send to an address of yours
          </a>
        </p>
      </Empty>
    );
  return (
    <section class="stack" aria-labelledby="gallery">
      <h2 id="gallery">{isFirst ? 'Connect the first' : 'Connect another'}</h2>
      {isFirst ? (
        <p class="dim">
          You choose what it may do there, then what is sent, and see it on your own past events before
          anything is switched on. You can end it here at any moment.
        </p>
      ) : null}
      <ul class="gallery">
        {connectors.map((one) => (
          <li class="stack">
            <h3>{one.name}</h3>
            <p>{one.summary}</p>
            {one.is_ready ? (
              <p>
                <a class="button" href={connectPath(one.id)}>
                  Connect<span class="vh"> {one.name}</span>
                </a>
              </p>
            ) : (
              <p class="dim small">The operator has still to set up its app at {one.name}.</p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
