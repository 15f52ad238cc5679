import {
  and,
  asc,
  desc,
  eq,
  gt,
  inArray,
  isNotNull,
  isNull,
  max,
  ne,
  notInArray,
  or,
  sql,
} from 'drizzle-orm';
import { lastUseMs } from '#src/access';
import type { Ports } from '#src/context';
import type { Schema } from '#src/store';
import { announceEnding, announcements, endUnused, judge, type Page } from './judge.ts';

type TokenRow = Schema['tokens']['$inferSelect'];

const tokensPerLook = 40;
const dayMs = 86_400_000;

/** Living personal tokens, calendar feeds and senders of RFPs behind this id: notes deliveries of what they made, warns, ends. */
export async function tokenPage(ports: Ports, after: string): Promise<Page> {
  const { clock, settings, store } = ports;
  const { tokens } = store.tables;
  const page = await livingAfter(ports, after);
  const idle = page.filter((row) => clock.ms() - lastUseMs(row) > dayMs).map(({ id }) => id);
  const delivered = new Map([...(await deliveriesOf(ports, idle)), ...(await fetchesOf(ports, idle))]);
  const known = page
    .filter((row) => ports.gate.standing(row.epochs) !== 'revoked')
    .map((row) => ({ ...row, lastDeliveredAt: later(row.lastDeliveredAt, delivered.get(row.id)) }));
  const judged = known.map((row) => ({ row, judgement: judge(row, clock.ms(), settings) }));
  for (const { row, judgement } of judged) if (judgement === 'end') await endUnused(ports, 'token', row.id);
  const now = clock.now();
  return {
    statements: (db) => [
      ...known
        .filter(({ id }) => delivered.has(id))
        .map(({ id, lastDeliveredAt }) =>
          db.update(tokens).set({ lastDeliveredAt }).where(eq(tokens.id, id)),
        ),
      ...judged
        .filter(({ judgement }) => judgement === 'warn')
        .flatMap(({ row }) => [
          db.update(tokens).set({ warnedAt: now }).where(eq(tokens.id, row.id)),
          announceEnding(db, ports, 'token', row.id, lastUseMs(row)),
        ]),
    ],
    count: judged.filter(({ judgement }) => judgement !== 'keep').length,
    next: page.length < tokensPerLook ? null : (page.at(-1)?.id ?? null),
  };
}

function livingAfter({ store, clock }: Ports, after: string): Promise<TokenRow[]> {
  const { tokens } = store.tables;
  return store.db
    .select()
    .from(tokens)
    .where(
      and(
        gt(tokens.id, after),
        isNotNull(tokens.accountId),
        inArray(tokens.kind, ['k', 'f', 'w']),
        isNull(tokens.revokedAt),
        or(isNull(tokens.expiresAt), gt(tokens.expiresAt, clock.now())),
      ),
    )
    .orderBy(asc(tokens.id))
    .limit(tokensPerLook);
}

/** The newest delivery that was taken from what each of these made, of those that are still kept. */
async function deliveriesOf({ store }: Ports, ids: string[]): Promise<Map<string, Date>> {
  if (ids.length === 0) return new Map();
  const { deliveries, events, subscriptions } = store.tables;
  const newest = store.db
    .select({ at: deliveries.updatedAt })
    .from(deliveries)
    .innerJoin(events, eq(events.position, deliveries.eventPosition))
    .where(
      and(
        eq(deliveries.subscriptionId, subscriptions.id),
        eq(deliveries.state, 'delivered'),
        notInArray(events.type, announcements),
      ),
    )
    .orderBy(desc(deliveries.position))
    .limit(1);
  const rows = await store.db
    .select({ id: subscriptions.tokenId, at: sql`max((${newest}))`.mapWith(deliveries.updatedAt) })
    .from(subscriptions)
    .where(and(inArray(subscriptions.tokenId, ids), ne(subscriptions.state, 'deleted')))
    .groupBy(subscriptions.tokenId);
  const found: readonly { id: string; at: Date | null }[] = rows;
  return new Map(found.flatMap(({ id, at }) => (at === null ? [] : [[id, at] as const])));
}

/** The last use of a calendar feed or a sender that one of these made: it ends with its maker, so its use is the maker's, too. */
async function fetchesOf({ store }: Ports, ids: string[]): Promise<Map<string, Date>> {
  if (ids.length === 0) return new Map();
  const { tokens } = store.tables;
  const rows = await store.db
    .select({ id: tokens.makerId, at: max(tokens.lastUsedAt) })
    .from(tokens)
    .where(and(inArray(tokens.makerId, ids), isNull(tokens.revokedAt)))
    .groupBy(tokens.makerId);
  return new Map(rows.flatMap(({ id, at }) => (id === null || at === null ? [] : [[id, at] as const])));
}

const later = (known: Date | null, found: Date | undefined): Date | null =>
  found !== undefined && (known === null || found > known) ? found : known;
