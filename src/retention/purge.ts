/**
 * What is kept how long (contract: bronze 7 days, events and deliveries 30 days, audit always). Everything goes in
 * chunks of at most a thousand rows a write, with a pause between, so that publishing and sending go on meanwhile.
 * Subjects, audit, revocations and tokens are never purged: sequences must not restart, and proofs stay. Those of apps
 * alone go, a month after their end.
 */
import type { Ports } from '#src/context';
import { purgeConnections } from './connections.ts';
import { purgeChanges, purgeSubscriptions, purgeTasks, purgeTokenMarks, purgeUsage } from './daily.ts';
import { purgeEvents, purgeFeed } from './events.ts';
import { expireIntents, purgeBroadcasts, purgeIntents } from './intents.ts';
import { purgeAppTokens, purgeAuthorizations, purgeUsedIds } from './oauth.ts';
import { purgeIdempotency, purgeReceipts } from './receipts.ts';

export type Needs = Pick<Ports, 'store' | 'clock' | 'settings' | 'log' | 'meter'>;

export type Purged = {
  receipts: number;
  idempotency: number;
  events: number;
  deliveries: number;
  heldExpired: number;
  feed: number;
  tasks: number;
  changes: number;
  tokenMarks: number;
  subscriptions: number;
  authorizations: number;
  usedIds: number;
  appTokens: number;
  usageDays: number;
  intentsExpired: number;
  intents: number;
  broadcasts: number;
  connections: number;
};

/** `all` looks at everything, `new` at what has grown old since the last purge: enough by the hour. */
export type Extent = 'all' | 'new';

/** May run while the hub does, and more than once at a time: whatever it takes away, it takes by what is true then. */
export async function purge(ports: Needs, extent: Extent = 'all'): Promise<Purged> {
  const receipts = await purgeReceipts(ports);
  const idempotency = await purgeIdempotency(ports);
  const { events, deliveries, heldExpired, last } = await purgeEvents(ports, extent);
  const feed = await purgeFeed(ports, last, extent);
  const tasks = await purgeTasks(ports);
  const changes = await purgeChanges(ports);
  const tokenMarks = await purgeTokenMarks(ports);
  const subscriptions = await purgeSubscriptions(ports);
  const authorizations = await purgeAuthorizations(ports);
  const usedIds = await purgeUsedIds(ports);
  const appTokens = await purgeAppTokens(ports);
  const usageDays = await purgeUsage(ports);
  const intentsExpired = await expireIntents(ports);
  const intents = await purgeIntents(ports);
  const broadcasts = await purgeBroadcasts(ports);
  const connections = await purgeConnections(ports);
  const purged = {
    receipts,
    idempotency,
    events,
    deliveries,
    heldExpired,
    feed,
    tasks,
    changes,
    tokenMarks,
    subscriptions,
    authorizations,
    usedIds,
    appTokens,
    usageDays,
    intentsExpired,
    intents,
    broadcasts,
    connections,
  };
  for (const [kind, count] of Object.entries(purged)) ports.meter.count('rows_purged', { kind }, count);
  ports.log.info('purged', purged);
  return purged;
}
