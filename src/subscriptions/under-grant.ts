import { and, desc, eq, ne, or } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { showSubscription, type ShownSubscription } from './show.ts';

/** `host`: of its address. The rest of that is the app's, and may be a secret of it. */
export type ServingSubscription = Omit<ShownSubscription, 'endpoint' | 'filter' | 'public_key'> & {
  host: string;
};

/**
 * The living subscriptions that bring an app events under a grant: the grant's own, and those of the app that cover all
 * who have connected it. Newest first, a hundred at most. The caller has seen that the grant is theirs.
 */
export async function subscriptionsUnder(
  { store }: Pick<Ports, 'store'>,
  grant: { id: string; appId: string | null; env: 'live' | 'test' },
): Promise<ServingSubscription[]> {
  const { subscriptions } = store.tables;
  const own = and(eq(subscriptions.owner, 'grant'), eq(subscriptions.grantId, grant.id));
  const ofApp = grant.appId
    ? and(eq(subscriptions.owner, 'app'), eq(subscriptions.appId, grant.appId))
    : undefined;
  const rows = await store.db
    .select()
    .from(subscriptions)
    .where(and(or(own, ofApp), eq(subscriptions.env, grant.env), ne(subscriptions.state, 'deleted')))
    .orderBy(desc(subscriptions.id))
    .limit(100);
  return rows.map((row) => {
    const { endpoint: _endpoint, filter: _filter, public_key: _key, ...shown } = showSubscription(row);
    return { ...shown, host: row.host };
  });
}
