import { and, count, eq, inArray, isNotNull, notExists, or, sql } from 'drizzle-orm';
import { tokensMadeBy } from '#src/access';
import type { Ports } from '#src/context';
import { anyOf, isLiveToken, isLivingSubscription, tokensBelow } from './below.ts';
import { bounded, type Count, countOf, exactly, mostCounted } from './count.ts';
import type { FoundSubject } from './subject.ts';

type Needs = Pick<Ports, 'store' | 'clock'>;
export type TokenCounts = {
  total: Count;
  access: number;
  refresh: number;
  personal: number;
  service: number;
  client_secrets: number;
  calendar_feeds: number;
  rfp_senders: number;
};

/** Those that still work, by kind; past ten thousand the kinds are those of the ten thousand that were looked at. */
export async function countTokens(ports: Needs, subject: FoundSubject): Promise<TokenCounts> {
  const { db, tables } = ports.store;
  const { tokens, grants } = tables;
  const isMeant = subject.chainId === null ? tokensBelow(ports, subject) : isOfChain(ports, subject);
  // A token whose grant has ended is dead already, whatever its own row says.
  const ended = db
    .select({ one: sql`1` })
    .from(grants)
    .where(and(eq(grants.id, tokens.grantId), isNotNull(grants.endedAt)));
  const some = db
    .select({ kind: tokens.kind })
    .from(tokens)
    .where(and(isMeant, isLiveToken(ports), notExists(ended)))
    .limit(mostCounted + 1)
    .as('some');
  const rows = await db.select({ kind: some.kind, n: count() }).from(some).groupBy(some.kind);
  const of = (kind: string): number => rows.find((row) => row.kind === kind)?.n ?? 0;
  return {
    total: bounded(rows.reduce((sum, { n }) => sum + n, 0)),
    access: of('a'),
    refresh: of('r'),
    personal: of('k'),
    service: of('s'),
    client_secrets: of('c'),
    calendar_feeds: of('f'),
    rfp_senders: of('w'),
  };
}

/** What one token made (of a refresh token: its chain, too), which stops with it where it has leaked or was abused. */
export async function countMade(
  ports: Needs,
  { level, id, accountId, chainId }: FoundSubject,
): Promise<{ tokens: Count; subscriptions: Count }> {
  if (level !== 'token') return { tokens: exactly(0), subscriptions: exactly(0) };
  const { db, tables } = ports.store;
  const { tokens, subscriptions } = tables;
  const made = await tokensMadeBy(ports, id, accountId);
  const looked = made.slice(0, mostMadeLooked);
  const ofChain = db.select({ id: tokens.id }).from(tokens).where(isOfChain(ports, { accountId, chainId }));
  const isMine = or(inArray(subscriptions.tokenId, [id, ...looked]), inArray(subscriptions.tokenId, ofChain));
  const counts = {
    tokens: await countOf(ports.store, tokens, and(anyOf(tokens.id, looked), isLiveToken(ports))),
    subscriptions: await countOf(ports.store, subscriptions, and(isMine, isLivingSubscription(ports))),
  };
  if (looked.length === made.length) return counts;
  return {
    tokens: { ...counts.tokens, at_least: true },
    subscriptions: { ...counts.subscriptions, at_least: true },
  };
}

/** D1 binds a hundred parameters a statement. */
const mostMadeLooked = 80;

/** A chain is of one account, which has an index. */
function isOfChain({ store }: Needs, { accountId, chainId }: Pick<FoundSubject, 'accountId' | 'chainId'>) {
  const { tokens } = store.tables;
  return and(eq(tokens.accountId, accountId ?? ''), eq(tokens.chainId, chainId ?? ''));
}
