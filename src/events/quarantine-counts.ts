import { and, asc, count, desc, eq, inArray, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Env } from '#src/ports';
import { eachReason, isQuarantined, part } from './quarantine-filter.ts';

/** Of all that lies there the newest: a flood must not make the page slow. */
const mostCounted = 10_000;
const mostOfAKind = 20;

export type QuarantineCounts = {
  total: number;
  at_least: boolean;
  types: { type: string; count: number }[];
  /** `pointer` is where in the data; empty for the whole. An event may have several. */
  reasons: { code: string; pointer: string; count: number }[];
  /** `label`: what the token is called; null where there is none any more. */
  publishers: { token: string; label: string | null; count: number }[];
};

/** How many lie there with live data, and since when the first; null for none. Counting stops at 10,000. */
export async function quarantineWaiting({
  store,
}: Pick<Ports, 'store'>): Promise<{ count: number; since: Date } | null> {
  const { events } = store.tables;
  const oldest = (limit: number) =>
    store.db
      .select({ acceptedAt: events.acceptedAt })
      .from(events)
      .where(isQuarantined(store, { env: 'live' }))
      .orderBy(asc(events.position))
      .limit(limit);
  const [[first], [row]] = await Promise.all([
    oldest(1),
    store.db.select({ n: count() }).from(oldest(mostCounted).as('oldest')),
  ]);
  return first && row ? { count: row.n, since: first.acceptedAt } : null;
}

/** What lies in quarantine, by type, reason and publisher, the most frequent first. */
export async function countQuarantined(ports: Pick<Ports, 'store'>, env: Env): Promise<QuarantineCounts> {
  const { store } = ports;
  const { tokens } = store.tables;
  const newest = sql`(select e.type, e.token_id, e.reasons from events e
    where e.state = 'quarantined' and e.env = ${env} order by e.position desc limit ${mostCounted + 1}) e`;
  const n = sql<number>`count(*)`.mapWith(Number);
  const [types, reasons, publishers] = await Promise.all([
    store.db
      .select({ type: sql<string>`e.type`, count: n })
      .from(newest)
      .groupBy(sql`e.type`)
      .orderBy(desc(n)),
    store.db
      .select({ code: part('code'), pointer: part('pointer'), count: n })
      .from(sql`${newest} cross join ${eachReason(store, sql`e.reasons`)}`)
      .groupBy(part('code'), part('pointer'))
      .orderBy(desc(n))
      .limit(mostOfAKind),
    store.db
      .select({ token: sql<string | null>`e.token_id`, count: n })
      .from(newest)
      .groupBy(sql`e.token_id`)
      .orderBy(desc(n))
      .limit(mostOfAKind),
  ]);
  const total = types.reduce((sum, { count }) => sum + count, 0);
  const ids = publishers.flatMap(({ token }) => token ?? []);
  const named =
    ids.length === 0
      ? []
      : await store.db
          .select({ id: tokens.id, label: tokens.label })
          .from(tokens)
          .where(and(inArray(tokens.id, ids), eq(tokens.kind, 's')));
  const labels = new Map(named.map(({ id, label }) => [id, label]));
  return {
    total: Math.min(total, mostCounted),
    at_least: total > mostCounted,
    types: types.slice(0, mostOfAKind),
    reasons,
    publishers: publishers.flatMap(({ token, count }) =>
      token === null ? [] : [{ token, label: labels.get(token) ?? null, count }],
    ),
  };
}
