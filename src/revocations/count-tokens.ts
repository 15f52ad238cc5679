import { and, count, eq, inArray, isNotNull, notExists, sql } from 'drizzle-orm';
import { tokensMadeBy } from '#src/access';
import type { Ports } from '#src/context';
import { anyOf, isLiveToken, tokensBelow } from './below.ts';
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
};

/** Those that still work, by kind; past ten thousand the kinds are those of the ten thousand that were looked at. */
export async function countTokens(ports: Needs, subject: FoundSubject): Promise<TokenCounts> {
  const { db, tables } = ports.store;
  const { tokens, grants } = tables;
  // A token whose grant has ended is dead already, whatever its own row says.
  const ended = db
    .select({ one: sql`1` })
    .from(grants)
    .where(and(eq(grants.id, tokens.grantId), isNotNull(grants.endedAt)));
  const some = db
    .select({ kind: tokens.kind })
    .from(tokens)
    .where(and(tokensBelow(ports, subject), isLiveToken(ports), notExists(ended)))
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
  };
}

/** What one token made, which stops with it where it has leaked or was abused. */
export async function countMade(
  ports: Needs,
  { level, id, accountId }: FoundSubject,
): Promise<{ tokens: Count; subscriptions: Count }> {
  if (level !== 'token') return { tokens: exactly(0), subscriptions: exactly(0) };
  const { tokens, subscriptions } = ports.store.tables;
  const made = await tokensMadeBy(ports, id, accountId);
  const among = made.slice(0, 90);
  const isLiving = inArray(subscriptions.state, ['active', 'paused', 'disabled']);
  return {
    tokens: await countOf(ports.store, tokens, and(anyOf(tokens.id, among), isLiveToken(ports))),
    subscriptions: await countOf(
      ports.store,
      subscriptions,
      and(inArray(subscriptions.tokenId, [id, ...among]), isLiving),
    ),
  };
}
