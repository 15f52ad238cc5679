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
import { Ask, Copyable, Crumb, type Fact, Facts, Note, When } from '#src/ui';
import { ScopesOf } from './connect.tsx';
import { ConnectionEnd, readEnd } from './connection-end.tsx';
import { Incoming } from './connection-incoming.tsx';
import { ConnectionChip, type ConnectionStanding, connectionStanding } from './connection-states.tsx';
import { Plugged } from './connection-plugged.tsx';
import { Calls, Made } from './connection-uses.tsx';
import { Mend } from './connections.tsx';
import { destinationName } from './destinations.ts';
import { page, type Portal, type Visit } from './door.tsx';
import { connectionPath, connectionsPath } from './paths.ts';

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
