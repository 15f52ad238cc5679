import { and, desc, eq, inArray, or, type SQL, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Subject } from './levels.ts';
import { numberAt } from './places.ts';
import type { Source } from './timeline.ts';

/** So many of the newest of a subscription are looked at for those of one grant. */
const newestLooked = 1_000;

/**
 * Deliveries have no index by grant (it would cost each of them), so they are found through their subscriptions: the
 * newest few of each by one index, then the newest of all. An app-wide subscription serves many grants: for one of them
 * its newest thousand are looked at.
 */
export const deliveriesOf: Source = async ({ store }, subject, { place, limit }) => {
  const { subscriptions, deliveries } = store.tables;
  const isBefore = place === '' ? sql`` : sql`and x.position < ${numberAt(place)}`;
  const newestOf = (count: number) => sql`(select x.position, x.grant_id from deliveries x
    where x.subscription_id = ${subscriptions.id} ${isBefore} order by x.position desc limit ${count}) as y`;
  const newest =
    subject.level === 'grant'
      ? sql`(select y.position from ${newestOf(newestLooked)} where y.grant_id = ${subject.id}
          order by y.position desc limit ${limit})`
      : sql`(select y.position from ${newestOf(limit)})`;
  // PostgreSQL takes a list by its key only as an array.
  const isNewest =
    store.dialect === 'postgres'
      ? sql`${deliveries.position} = any(array${newest})`
      : sql`${deliveries.position} in ${newest}`;
  const rows = await store.db
    .select({
      position: deliveries.position,
      id: deliveries.id,
      state: deliveries.state,
      reason: deliveries.reason,
      attempts: deliveries.attempts,
      createdAt: deliveries.createdAt,
      updatedAt: deliveries.updatedAt,
      subscriptionId: deliveries.subscriptionId,
      grantId: deliveries.grantId,
      host: subscriptions.host,
    })
    .from(subscriptions)
    .innerJoin(deliveries, isNewest)
    .where(listeningFor(store, subject))
    .orderBy(desc(deliveries.position))
    .limit(limit);
  return rows.map((row) => ({
    kind: 'delivery',
    at: row.createdAt.toISOString(),
    what: row.state,
    actor: null,
    subject: row.id,
    detail: {
      reason: row.reason,
      attempts: row.attempts,
      host: row.host,
      subscription: row.subscriptionId,
      grant: row.grantId,
      changed_at: row.updatedAt.toISOString(),
    },
    place: String(row.position),
  }));
};

function listeningFor({ db, tables }: Ports['store'], { level, id }: Subject): SQL | undefined {
  const { subscriptions, tokens, apps, grants } = tables;
  switch (level) {
    case 'token':
      return eq(subscriptions.tokenId, id);
    case 'grant': {
      const app = db.select({ id: grants.appId }).from(grants).where(eq(grants.id, id));
      return or(
        eq(subscriptions.grantId, id),
        and(inArray(subscriptions.appId, app), eq(subscriptions.owner, 'app')),
      );
    }
    case 'account':
      return eq(subscriptions.accountId, id);
    case 'app':
      return eq(subscriptions.appId, id);
    case 'partner': {
      const own = db.select({ id: apps.id }).from(apps).where(eq(apps.partnerId, id));
      return inArray(subscriptions.appId, own);
    }
    case 'user': {
      const own = db.select({ id: tokens.id }).from(tokens).where(eq(tokens.userId, id));
      return or(eq(subscriptions.userId, id), inArray(subscriptions.tokenId, own));
    }
    default:
      return level satisfies never;
  }
}
