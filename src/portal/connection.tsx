import {
  aboutConnector,
  type AboutConnector,
  type ConnectionRow,
  countMade,
  findConnection,
  listCalls,
  listObjects,
  subscriptionsVia,
} from '#src/connections';
import type { ShownSubscription } from '#src/subscriptions';
import { Ask, Copyable, Crumb, Empty, type Fact, Facts, Note, When } from '#src/ui';
import { ScopesOf } from './connect.tsx';
import { ConnectionEnd, readEnd } from './connection-end.tsx';
import { Incoming } from './connection-incoming.tsx';
import { ConnectionChip, type ConnectionStanding, connectionStanding } from './connection-states.tsx';
import { Calls, Made } from './connection-uses.tsx';
import { Mend } from './connections.tsx';
import { destinationName } from './destinations.ts';
import { page, type Portal, type Visit } from './door.tsx';
import {
  backfillPath,
  connectionPath,
  connectionsPath,
  plugPath,
  recipePath,
  subscriptionPath,
} from './paths.ts';
import { recipes } from './recipes.ts';
import { StandingChip, standingOf } from './states.tsx';

type Facts_ = {
  row: ConnectionRow;
  about: AboutConnector;
  via: ShownSubscription[];
  standing: ConnectionStanding;
  made: number;
  objects: Awaited<ReturnType<typeof listObjects>>;
  calls: Awaited<ReturnType<typeof listCalls>>;
};

/** One account at one vendor: how it is, what goes there, what was made, and how it ends. */
export function connectionPage(portal: Portal): void {
  page(portal, connectionPath(':id'), async ({ ctx, param, query }) => {
    const row = await findConnection(ctx, param('id'));
    const about = await aboutConnector(ctx, row.connector);
    const title = destinationName(about.name, row);
    if (row.state === 'revoked')
      return { title, body: <ConnectionEnd title={title} about={about} end={await readEnd(ctx, row)} /> };
    const facts = await readFacts(ctx, row, about, query.get('after') ?? '');
    return { title, body: <Connection facts={facts} /> };
  });
}

async function readFacts(
  ctx: Visit['ctx'],
  row: ConnectionRow,
  about: AboutConnector,
  after: string,
): Promise<Facts_> {
  const [via, made, objects, calls] = await Promise.all([
    subscriptionsVia(ctx, row),
    countMade(ctx, row),
    listObjects(ctx, row.id, { limit: 10, ...(after === '' ? {} : { cursor: after }) }),
    listCalls(ctx, row.id, { limit: 10 }),
  ]);
  return { row, about, via, made, objects, calls, standing: connectionStanding(row, about.name, via) };
}

function Connection({ facts }: { facts: Facts_ }) {
  const { row, about, standing, via, made, objects, calls } = facts;
  return (
    <div class="stack">
      <Crumb href={connectionsPath}>Connections</Crumb>
      <div class="row apart">
        <h1>{about.name}</h1>
        <ConnectionChip standing={standing} />
      </div>
      {row.label === about.name ? null : <p class="lead">{row.label}</p>}
      <StandingNote row={row} standing={standing} about={about} />
      <Actions row={row} standing={standing} hasSubscriptions={via.length > 0} />
      <div class="cols">
        <div class="stack-l">
          <Plugged row={row} about={about} via={via} />
          <Incoming row={row} about={about} />
          <Made row={row} about={about} made={made} objects={objects} />
          <Calls calls={calls} vendor={about.name} />
        </div>
        <aside class="side" aria-label="Facts">
          <FactsOf row={row} about={about} />
        </aside>
      </div>
    </div>
  );
}

type Stood = { row: ConnectionRow; standing: ConnectionStanding };

function StandingNote({ row, standing, about }: Stood & { about: AboutConnector }) {
  if (standing.why === null) return null;
  return (
    <Note tone={standing.tone} title={`It is ${standing.word}`.replace('It is needs', 'It needs')}>
      <p>{standing.why}</p>
      {standing.next === 'mend' ? <Mend row={row} auth={about.auth} /> : null}
    </Note>
  );
}

function Actions({ row, standing, hasSubscriptions }: Stood & { hasSubscriptions: boolean }) {
  const path = connectionPath(row.id);
  const isLinked = row.state !== 'pending';
  return (
    <div class="row">
      {standing.next === 'unmute' ? (
        <Ask action={`${path}/unmute`} label="Let it go on">
          <button class="primary">Let it go on</button>
        </Ask>
      ) : null}
      {isLinked && row.state !== 'needs_reauth' ? (
        <Ask action={`${path}/check`} label="Check now">
          <button>Check now</button>
        </Ask>
      ) : null}
      {isLinked && hasSubscriptions && standing.next !== 'unmute' ? (
        <a class="button" href={`${path}/mute`} data-dialog>
          Mute
        </a>
      ) : null}
      <a class="button" href={`${path}/rights`}>
        Change what it may do
      </a>
      <a class="button danger" href={`${path}/disconnect`} data-dialog>
        Disconnect
      </a>
    </div>
  );
}

type Of = { row: ConnectionRow; about: AboutConnector };

function Plugged({ row, about, via }: Of & { via: ShownSubscription[] }) {
  if (row.state === 'pending') return null;
  return (
    <section class="stack" aria-labelledby="plugged">
      <div class="row apart">
        <h2 id="plugged">What goes there</h2>
        {via.length > 0 ? (
          <a class="button" href={plugPath(row.id)}>
            Send something else there
          </a>
        ) : null}
      </div>
      {via.length === 0 ? (
        <NothingYet row={row} about={about} />
      ) : (
        <table>
          <thead>
            <tr>
              <th>Name</th>
              <th class="end">State</th>
            </tr>
          </thead>
          <tbody>
            {via.map((one) => (
              <PluggedRow row={row} about={about} one={one} />
            ))}
          </tbody>
        </table>
      )}
      {via.length > 0 && !about.consumes.includes('integration.test') ? (
        <p class="dim small">
          {about.name} has no place for a test message. <b>Check now</b> asks whether all is well there; a
          preview shows what an event becomes.
        </p>
      ) : null}
    </section>
  );
}

function PluggedRow({ row, about, one }: Of & { one: ShownSubscription }) {
  const isTestable = about.consumes.includes('integration.test') && one.state === 'active';
  const name = one.description || destinationName(about.name, row);
  return (
    <tr>
      <td>
        <a class="whole" href={subscriptionPath(one.id)}>
          {name}
        </a>
        <p class="dim">{one.event_types.join(', ')}</p>
        <div class="row">
          <a href={plugPath(row.id, one.id)}>
            Change<span class="vh"> {name}</span>
          </a>
          {one.state === 'pending_approval' ? null : (
            <a href={backfillPath(one.id)}>
              Bring in the past<span class="vh"> ({name})</span>
            </a>
          )}
          {isTestable ? (
            <Ask action={`${subscriptionPath(one.id)}/test`}>
              <button class="plain">
                Test<span class="vh"> {name}</span>
              </button>
            </Ask>
          ) : null}
        </div>
      </td>
      <td class="end">
        <StandingChip standing={standingOf(one)} />
      </td>
    </tr>
  );
}

function NothingYet({ row, about }: Of) {
  const fitting = recipes.filter(({ steps }) =>
    steps.some((step) => step.connectors.includes(row.connector)),
  );
  return (
    <Empty title="Nothing goes there yet">
      <p>Choose events, see on your own past ones what would appear in {about.name}, and switch it on.</p>
      <p class="row">
        <a class="button primary" href={plugPath(row.id)}>
          Choose what goes there
        </a>
        {fitting.map(({ id, title }) => (
          <a href={recipePath(id)}>Recipe: {title}</a>
        ))}
      </p>
    </Empty>
  );
}

function FactsOf({ row, about }: Of) {
  const tier = about.tiers.find(({ id }) => id === row.tier);
  const missing = tier?.scopes.filter(({ name }) => !row.scopes.includes(name)) ?? [];
  const facts: (Fact | null)[] = [
    ['Account', row.label],
    ['It may', tier?.name ?? row.tier],
    missing.length > 0 && row.scopes.length > 0
      ? ['Not given', missing.map(({ name }) => name).join(', ')]
      : null,
    ['Connected', <When at={row.createdAt.toISOString()} />],
    ['Last asked whether all is well', row.checkedAt ? <When at={row.checkedAt.toISOString()} /> : 'not yet'],
    ['Last used', row.lastUsedAt ? <When at={row.lastUsedAt.toISOString()} /> : 'not yet'],
    ['Its interface', about.vendor_api],
    ['Connection', <Copyable text={row.id} name="the connection's id" />],
  ];
  return (
    <>
      <Facts facts={facts} />
      {tier ? <ScopesOf tier={tier} isOpen={false} /> : null}
    </>
  );
}
