/** Whose rows hang below a level, each by an index. Subscriptions and their queues are in #src/deliveries. */
import { and, eq, gt, inArray, isNull, ne, or, type SQL, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Level } from './subject.ts';

type Needs = Pick<Ports, 'store'>;
/** The installation is asked for by tasks alone: everything. */
type At = { level: Level | 'installation'; id: string };

export function tokensBelow({ store }: Needs, { level, id }: At): SQL | undefined {
  const { tokens } = store.tables;
  switch (level) {
    case 'token':
      // Its calendar feeds end with it.
      return or(eq(tokens.id, id), eq(tokens.makerId, id));
    case 'grant':
      return eq(tokens.grantId, id);
    case 'user':
      return eq(tokens.userId, id);
    case 'app':
      return eq(tokens.appId, id);
    case 'partner':
      return eq(tokens.partnerId, id);
    case 'account':
      return eq(tokens.accountId, id);
    case 'installation':
      return undefined;
    default:
      return level satisfies never;
  }
}

/** A token ends no grant. */
export function grantsBelow({ store }: Needs, { level, id }: At): SQL | undefined {
  const { grants } = store.tables;
  switch (level) {
    case 'token':
      return sql`1 = 0`;
    case 'grant':
      return eq(grants.id, id);
    case 'user':
      return eq(grants.userId, id);
    case 'app':
      return eq(grants.appId, id);
    case 'partner':
      return eq(grants.partnerId, id);
    case 'account':
      return eq(grants.accountId, id);
    case 'installation':
      return undefined;
    default:
      return level satisfies never;
  }
}

/** Links to vendors, by whoever made them or whose they are. */
export function connectionsBelow({ store }: Needs, { level, id }: At): SQL | undefined {
  const { connections } = store.tables;
  switch (level) {
    case 'token':
      return eq(connections.tokenId, id);
    case 'grant':
      return eq(connections.grantId, id);
    case 'user':
      return eq(connections.userId, id);
    case 'app':
      return eq(connections.appId, id);
    case 'partner':
      return eq(connections.partnerId, id);
    case 'account':
      return eq(connections.accountId, id);
    case 'installation':
      return undefined;
    default:
      return level satisfies never;
  }
}

/** A person's own; nobody else's end with an app or an account. */
export function sessionsBelow(
  { store, clock }: Needs & Pick<Ports, 'clock'>,
  { level, id }: At,
): SQL | undefined {
  const { sessions } = store.tables;
  return level === 'user' ? and(eq(sessions.userId, id), gt(sessions.expiresAt, clock.now())) : sql`1 = 0`;
}

/** Neither revoked nor expired. */
export function isLiveToken({ store, clock }: Needs & Pick<Ports, 'clock'>): SQL | undefined {
  const { tokens } = store.tables;
  return and(isNull(tokens.revokedAt), or(isNull(tokens.expiresAt), gt(tokens.expiresAt, clock.now())));
}

/** Neither deleted nor ended by a revocation. */
export function isLivingSubscription({ store }: Needs): SQL | undefined {
  const { subscriptions } = store.tables;
  return and(
    ne(subscriptions.state, 'deleted'),
    sql`coalesce(${subscriptions.stateReason}, '') <> 'revoked'`,
  );
}

export const anyOf = (column: Parameters<typeof inArray>[0], ids: readonly string[]): SQL =>
  ids.length === 0 ? sql`1 = 0` : inArray(column, [...ids]);
