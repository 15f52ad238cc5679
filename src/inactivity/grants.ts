import { and, asc, eq, gt, gte, inArray, isNotNull, isNull, max, notInArray } from 'drizzle-orm';
import { isWarned, lastUseMs } from '#src/access';
import type { Ports } from '#src/context';
import type { Schema } from '#src/store';
import { announceEnding, announcements, endUnused, judge, type Page } from './judge.ts';

type GrantRow = Schema['grants']['$inferSelect'];

const grantsPerLook = 40;
const dayMs = 86_400_000;

/** Living consents of apps behind this id: notes their use, warns, ends. */
export async function grantPage(ports: Ports, after: string): Promise<Page> {
  const { clock, settings, store } = ports;
  const { grants } = store.tables;
  const page = await livingAfter(ports, after);
  const living = page.filter((row) => ports.gate.standing(row.epochs) !== 'revoked');
  const calls = await callsOf(ports, living);
  const taken = await deliveryDaysOf(ports, living);
  const known: GrantRow[] = [];
  for (const row of living) {
    const called = { ...row, lastUsedAt: latest(row.lastUsedAt, calls.get(row.id)) };
    const delivered = { ...called, lastUsedAt: latest(called.lastUsedAt, taken.get(row.id)) };
    known.push((await countsAsUse(ports, called, delivered)) ? delivered : called);
  }
  const judged = known.map((row) => ({ row, judgement: judge(row, clock.ms(), settings) }));
  for (const { row, judgement } of judged) if (judgement === 'end') await endUnused(ports, 'grant', row.id);
  const noted = new Map(page.map(({ id, lastUsedAt }) => [id, lastUsedAt]));
  const now = clock.now();
  return {
    statements: (db) => [
      ...known
        .filter(({ id, lastUsedAt }) => dayOf(lastUsedAt) !== dayOf(noted.get(id) ?? null))
        .map(({ id, lastUsedAt }) => db.update(grants).set({ lastUsedAt }).where(eq(grants.id, id))),
      ...judged
        .filter(({ judgement }) => judgement === 'warn')
        .flatMap(({ row }) => [
          db.update(grants).set({ warnedAt: now }).where(eq(grants.id, row.id)),
          announceEnding(db, ports, 'grant', row.id, lastUseMs(row)),
        ]),
    ],
    count: judged.filter(({ judgement }) => judgement !== 'keep').length,
    next: page.length < grantsPerLook ? null : (page.at(-1)?.id ?? null),
  };
}

function livingAfter({ store }: Ports, after: string): Promise<GrantRow[]> {
  const { grants } = store.tables;
  return store.db
    .select()
    .from(grants)
    .where(and(gt(grants.id, after), isNotNull(grants.appId), isNull(grants.endedAt)))
    .orderBy(asc(grants.id))
    .limit(grantsPerLook);
}

/** The last call or refresh with any token of each. */
async function callsOf({ store }: Ports, rows: readonly GrantRow[]): Promise<Map<string, Date>> {
  if (rows.length === 0) return new Map();
  const { tokens } = store.tables;
  const used = await store.db
    .select({ id: tokens.grantId, at: max(tokens.lastUsedAt) })
    .from(tokens)
    .where(
      inArray(
        tokens.grantId,
        rows.map(({ id }) => id),
      ),
    )
    .groupBy(tokens.grantId);
  return new Map(used.flatMap(({ id, at }) => (id === null || at === null ? [] : [[id, at] as const])));
}

/** The end of the last day on which a delivery of each was taken: what is counted by day costs no write of its own. */
async function deliveryDaysOf(
  { store, clock }: Ports,
  rows: readonly GrantRow[],
): Promise<Map<string, Date>> {
  if (rows.length === 0) return new Map();
  const { usageDays } = store.tables;
  const holders = rows.map(({ id }) => `grant:${id}`);
  const days = await store.db
    .select({ holder: usageDays.holder, day: max(usageDays.day) })
    .from(usageDays)
    .where(and(inArray(usageDays.holder, holders), gt(usageDays.delivered, 0)))
    .groupBy(usageDays.holder);
  return new Map(
    days.flatMap(({ holder, day }) => {
      const endMs = Date.parse(day ?? '') + dayMs;
      return [[holder.slice('grant:'.length), new Date(Math.min(endMs, clock.ms()))] as const];
    }),
  );
}

/**
 * The count of a day does not tell a delivery of an event from one of the very warning. So where one has been given, what
 * was taken since is looked up: the account's feed leads to it.
 */
async function countsAsUse({ store }: Ports, called: GrantRow, delivered: GrantRow): Promise<boolean> {
  if (!isWarned(called) || isWarned(delivered)) return true;
  const { deliveries, events, feed } = store.tables;
  const [one] = await store.db
    .select({ id: deliveries.id })
    .from(feed)
    .innerJoin(events, eq(events.position, feed.eventPosition))
    .innerJoin(deliveries, eq(deliveries.eventPosition, feed.eventPosition))
    .where(
      and(
        eq(feed.accountId, called.accountId),
        eq(deliveries.grantId, called.id),
        eq(deliveries.state, 'delivered'),
        // A day before it, since counts come late.
        gte(deliveries.updatedAt, new Date((called.warnedAt?.getTime() ?? 0) - dayMs)),
        notInArray(events.type, announcements),
      ),
    )
    .limit(1);
  return one !== undefined;
}

const latest = (known: Date | null, found: Date | undefined): Date | null =>
  found !== undefined && (known === null || found > known) ? found : known;

const dayOf = (at: Date | null): string => at?.toISOString().slice(0, 10) ?? '';
