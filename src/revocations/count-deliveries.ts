import { and, count, eq, inArray, isNotNull, type SQL } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { belowLevel, isStopped } from '#src/deliveries';
import { bounded, type Count, mostCounted, mostLooked } from './count.ts';
import type { Subject } from './subject.ts';

type Needs = Pick<Ports, 'store'>;

/** What would never leave: due some time, under way or held. */
export async function countQueued(ports: Needs, subject: Subject): Promise<{ queued: Count; held: Count }> {
  const { deliveries } = ports.store.tables;
  const isHeld = and(isStopped(ports), eq(deliveries.state, 'held'));
  return {
    queued: await countBelow(ports, subject, isNotNull(deliveries.dueAt)),
    held: await countBelow(ports, subject, isHeld),
  };
}

/**
 * Own lanes by their index. An app's lane serves many grants, and deliveries have no index by grant: of those a bounded
 * number is looked at.
 */
async function countBelow(ports: Needs, subject: Subject, which: SQL | undefined): Promise<Count> {
  const { subscriptions } = ports.store.tables;
  const { subscriptions: isBelow, ofApp } = belowLevel(ports, subject);
  if (!ofApp) return countLanes(ports, isBelow, which, undefined);
  const own = await countLanes(ports, and(isBelow, eq(subscriptions.owner, 'grant')), which, undefined);
  const shared = await countLanes(ports, and(isBelow, eq(subscriptions.owner, 'app')), which, ofApp);
  const sum = own.count + shared.count;
  return bounded(sum, own.at_least || shared.at_least || sum > mostCounted);
}

async function countLanes(
  { store }: Needs,
  isBelow: SQL | undefined,
  which: SQL | undefined,
  only: SQL | undefined,
): Promise<Count> {
  const { db, tables } = store;
  const { deliveries, subscriptions } = tables;
  const lanes = db.select({ id: subscriptions.id }).from(subscriptions).where(isBelow).limit(mostCounted);
  const most = only ? mostLooked : mostCounted;
  const looked = db
    .select({ grantId: deliveries.grantId, accountId: deliveries.accountId })
    .from(deliveries)
    .where(and(inArray(deliveries.subscriptionId, lanes), which))
    .limit(most + 1);
  if (!only) {
    const [row] = await db.select({ n: count() }).from(looked.as('looked'));
    return bounded(row?.n ?? 0);
  }
  // The condition names columns of `deliveries`: under that name the looked-at rows are asked.
  const rows = looked.as('deliveries');
  const [all] = await db.select({ n: count() }).from(rows);
  const [meant] = await db.select({ n: count() }).from(rows).where(only);
  return bounded(meant?.n ?? 0, (all?.n ?? 0) > most);
}
