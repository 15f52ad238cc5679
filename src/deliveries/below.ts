import { and, asc, eq, gt, inArray, or, type SQL, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Ports } from '#src/context';

/**
 * Which lanes hang below something that was revoked, suspended or resumed. There is no index of deliveries by grant or
 * account, on purpose: every delivery would pay for it. A level is turned into subscriptions, and those into lanes.
 */
export const levelOf = z.object({
  level: z.enum(['subscription', 'token', 'grant', 'user', 'app', 'partner', 'account', 'installation']),
  id: z.string(),
});
export type Level = z.output<typeof levelOf>;

type Needs = Pick<Ports, 'store'>;
export type Below = {
  subscriptions: SQL | undefined;
  /** An app's subscription serves many grants: of its lane only these deliveries are meant. */
  ofApp: SQL | undefined;
};
/** `only` narrows what is meant of the lane. */
export type StoppedLane = { id: string; isOfApp: boolean; only: SQL | undefined };

const lanesPerLook = 50;

/** In the order of their ids; fewer than asked for is the end. */
export async function lanesBelow(
  { store }: Needs,
  below: Below,
  after: string,
): Promise<{ lanes: StoppedLane[]; isEnd: boolean }> {
  const { subscriptions } = store.tables;
  const rows = await store.db
    .select({ id: subscriptions.id, owner: subscriptions.owner })
    .from(subscriptions)
    .where(and(below.subscriptions, gt(subscriptions.id, after)))
    .orderBy(asc(subscriptions.id))
    .limit(lanesPerLook);
  const lanes = rows.map(({ id, owner }) => {
    const isOfApp = owner === 'app';
    return { id, isOfApp, only: isOfApp ? below.ofApp : undefined };
  });
  return { lanes, isEnd: rows.length < lanesPerLook };
}

export function belowLevel({ store }: Needs, { level, id }: Level): Below {
  const { subscriptions, grants, tokens, apps, deliveries } = store.tables;
  const { db } = store;
  const own = eq(subscriptions.owner, 'grant');
  const appsOf = (which: SQL) => db.select({ id: grants.appId }).from(grants).where(which);
  const grantsOf = (which: SQL) => db.select({ id: grants.id }).from(grants).where(which);
  const ofTheApps = (which: SQL) =>
    and(eq(subscriptions.owner, 'app'), inArray(subscriptions.appId, appsOf(which)));
  const whole = (which: SQL | undefined): Below => ({ subscriptions: which, ofApp: undefined });
  switch (level) {
    case 'subscription':
      return whole(eq(subscriptions.id, id));
    case 'token':
      return whole(eq(subscriptions.tokenId, id));
    case 'app':
      return whole(eq(subscriptions.appId, id));
    case 'partner':
      return whole(
        inArray(subscriptions.appId, db.select({ id: apps.id }).from(apps).where(eq(apps.partnerId, id))),
      );
    case 'grant':
      return {
        subscriptions: or(and(own, eq(subscriptions.grantId, id)), ofTheApps(eq(grants.id, id))),
        ofApp: eq(deliveries.grantId, id),
      };
    case 'account':
      return {
        subscriptions: or(and(own, eq(subscriptions.accountId, id)), ofTheApps(eq(grants.accountId, id))),
        ofApp: eq(deliveries.accountId, id),
      };
    case 'user': {
      // What a person's tokens and sessions made works under the account's own grant, and ends with the person all the
      // same. By the tokens, for rows from before they named the person.
      const byTokens = inArray(
        subscriptions.tokenId,
        db.select({ id: tokens.id }).from(tokens).where(eq(tokens.userId, id)),
      );
      const byGrants = inArray(subscriptions.grantId, grantsOf(eq(grants.userId, id)));
      return {
        subscriptions: or(
          and(own, or(eq(subscriptions.userId, id), byTokens, byGrants)),
          ofTheApps(eq(grants.userId, id)),
        ),
        ofApp: inArray(deliveries.grantId, grantsOf(eq(grants.userId, id))),
      };
    }
    case 'installation':
      return whole(undefined);
    default:
      return level satisfies never;
  }
}

/**
 * The condition of the partial index `deliveries_stopped`, word for word: SQLite uses the index only where the query
 * holds the same term.
 */
export const isStopped = ({ store }: Needs): SQL => {
  const { state } = store.tables.deliveries;
  return sql`(${state} = 'retrying' or ${state} = 'held' or ${state} = 'dead' or ${state} = 'cancelled')`;
};

/** D1 binds a hundred parameters a statement. */
export const positionsPerStatement = 80;

export function piecesOf(positions: readonly number[]): number[][] {
  const pieces: number[][] = [];
  for (let at = 0; at < positions.length; at += positionsPerStatement)
    pieces.push(positions.slice(at, at + positionsPerStatement));
  return pieces;
}
