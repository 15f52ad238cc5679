import { and, count, countDistinct, eq, isNull, notInArray } from 'drizzle-orm';
import { taints } from '#src/access';
import type { Ports } from '#src/context';
import { belowLevel } from '#src/deliveries';
import { connectionsBelow, grantsBelow, isLivingSubscription, sessionsBelow } from './below.ts';
import { countQueued } from './count-deliveries.ts';
import { countMade, countTokens, type TokenCounts } from './count-tokens.ts';
import { bounded, type Count, countOf, exactly, mostCounted, mostLooked } from './count.ts';
import { type FoundSubject, findSubject, lastReceipt, type Level, type Subject } from './subject.ts';

export type Preview = {
  level: Level;
  id: string;
  /** Of an app, a partner, an organisation, a token; null of people. */
  name: string | null;
  /** Whether it stands at this moment; `ended`: it was revoked by itself. */
  standing: 'valid' | 'suspended' | 'ended';
  suspended_at: string | null;
  /** The newest receipt of exactly this. */
  last_revocation: { id: string; reason: string; created_at: string } | null;
  tokens: TokenCounts;
  /** What a token made; all else is counted below. It stops with it only where `made_stops`. */
  made: { tokens: Count; subscriptions: Count };
  made_stops: boolean;
  grants: Count;
  subscriptions: Count;
  /** Links to vendors whose credentials are taken back and destroyed; of a token those that it made. */
  connections: Count;
  deliveries: { queued: Count; held: Count };
  accounts: Count;
  users: Count;
  sessions: Count;
};

type Needs = Pick<Ports, 'store' | 'clock'>;

/**
 * What a revocation or a suspension at this moment would stop. Reads alone, and never more than some ten thousand rows of
 * a kind: beyond that a number is a lower bound and says so. `reason`: with `leaked` or `abuse` what a token made stops,
 * too. 404 for what is not there.
 */
export async function previewRevocation(
  ports: Needs,
  wish: Subject & { reason?: string | undefined },
): Promise<Preview> {
  const subject = await findSubject(ports, wish);
  const { level, id } = subject;
  const { store } = ports;
  const { sessions, connections } = store.tables;
  const [suspendedAt, last, tokens, made, below, deliveries, touched] = await Promise.all([
    suspendedSince(ports, subject),
    lastReceipt(ports, subject),
    countTokens(ports, subject),
    countMade(ports, subject),
    countBelow(ports, subject),
    level === 'token' ? nothingQueued : countQueued(ports, subject),
    countTouched(ports, subject),
  ]);
  return {
    level,
    id,
    name: subject.name,
    standing: subject.endedAt ? 'ended' : suspendedAt ? 'suspended' : 'valid',
    suspended_at: suspendedAt?.toISOString() ?? null,
    last_revocation: last && {
      id: last.id,
      reason: last.reason,
      created_at: last.createdAt.toISOString(),
    },
    tokens,
    made,
    made_stops: level === 'token' && taints(wish.reason ?? ''),
    ...below,
    connections: await countOf(
      store,
      connections,
      and(connectionsBelow(ports, subject), notInArray(connections.state, ['pending', 'revoked'])),
    ),
    deliveries,
    ...touched,
    sessions: await countOf(store, sessions, sessionsBelow(ports, subject)),
  };
}

/** A token's end cancels nothing: what it made goes on, or is held until somebody has looked at it. */
const nothingQueued = { queued: exactly(0), held: exactly(0) };

async function suspendedSince({ store }: Needs, { level, id }: Subject): Promise<Date | null> {
  const { epochs } = store.tables;
  const [row] = await store.db
    .select({ suspendedAt: epochs.suspendedAt })
    .from(epochs)
    .where(eq(epochs.id, `${level}:${id}`))
    .limit(1);
  return row?.suspendedAt ?? null;
}

async function countBelow(
  ports: Needs,
  subject: FoundSubject,
): Promise<{ grants: Count; subscriptions: Count }> {
  const { grants, subscriptions } = ports.store.tables;
  if (subject.level === 'token') return { grants: exactly(0), subscriptions: exactly(0) };
  const { subscriptions: isBelow, ofApp } = belowLevel(ports, subject);
  // An app's own subscription serves other grants, too, and goes on for them.
  const isOwn = ofApp ? eq(subscriptions.owner, 'grant') : undefined;
  return {
    grants: await countOf(ports.store, grants, and(grantsBelow(ports, subject), isNull(grants.endedAt))),
    subscriptions: await countOf(
      ports.store,
      subscriptions,
      and(isBelow, isOwn, isLivingSubscription(ports)),
    ),
  };
}

/** Whose access it is: the accounts and people behind the grants that end. */
async function countTouched(ports: Needs, subject: FoundSubject): Promise<{ accounts: Count; users: Count }> {
  const { db, tables } = ports.store;
  const { grants, members } = tables;
  const { level, id, accountId } = subject;
  if (level === 'token' || level === 'grant')
    return { accounts: exactly(accountId === null ? 0 : 1), users: exactly(0) };
  if (level === 'user') {
    const isOf = eq(members.userId, id);
    const [row] = await db.select({ n: count() }).from(members).where(isOf);
    return { accounts: exactly(row?.n ?? 0), users: exactly(1) };
  }
  const some = db
    .select({ accountId: grants.accountId, userId: grants.userId })
    .from(grants)
    .where(and(grantsBelow(ports, subject), isNull(grants.endedAt)))
    .limit(mostLooked)
    .as('some');
  const [row] = await db
    .select({ n: count(), accounts: countDistinct(some.accountId), users: countDistinct(some.userId) })
    .from(some);
  const isMore = (row?.n ?? 0) === mostLooked;
  const of = (n: number) => bounded(n, isMore || n > mostCounted);
  return { accounts: level === 'account' ? exactly(1) : of(row?.accounts ?? 0), users: of(row?.users ?? 0) };
}
