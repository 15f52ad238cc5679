import { and, count, desc, eq, inArray, isNotNull, lt, type SQL, sql } from 'drizzle-orm';
import { covers, latestReviews, type Review, stands } from '#src/access';
import { scopeNames } from '#src/catalog';
import { decodeCursor, encodeCursor } from '#src/columns';
import type { Ports } from '#src/context';
import { takesReview } from '#src/oauth';
import type { StaffCtx } from '#src/staff';
import { recordLook } from './look.ts';
import { textAt } from './places.ts';

/** `waiting`: an app is registered for a scope that no review covers, and nobody has refused it. */
export const partnerStates = ['all', 'waiting', 'suspended'] as const;
export type PartnerState = (typeof partnerStates)[number];

export const showReview = (review: Review, nowMs: number) => ({
  outcome: review.outcome,
  /** Whether it counts now. */
  stands: stands(review, nowMs),
  scopes: review.scopes,
  until: review.expiresAt?.toISOString() ?? null,
  reference: review.reference,
  note: review.note,
  by: review.reviewer,
  at: review.createdAt.toISOString(),
});

export type ListedPartner = {
  id: string;
  name: string;
  apps: number;
  /** The latest, whatever it says. */
  review: ReturnType<typeof showReview> | null;
  /** What its apps are registered for and get only after a review. */
  uncovered: string[];
  suspended_at: string | null;
  created_at: string;
};

/** Newest first. */
export async function partnerList(
  ctx: StaffCtx,
  asked: { state: PartnerState; limit: number; after?: string | undefined },
): Promise<{ data: ListedPartner[]; next_cursor: string | null }> {
  const { store, clock } = ctx;
  const { partners, epochs } = store.tables;
  const { state, limit, after } = asked;
  const rows = await store.db
    .select({
      id: partners.id,
      name: partners.name,
      createdAt: partners.createdAt,
      suspendedAt: epochs.suspendedAt,
    })
    .from(partners)
    .leftJoin(epochs, eq(epochs.id, sql`'partner:' || ${partners.id}`))
    .where(
      and(
        state === 'waiting' ? isWaiting(ctx) : undefined,
        state === 'suspended' ? isNotNull(epochs.suspendedAt) : undefined,
        after ? lt(partners.id, textAt(decodeCursor('partners', after, ['string'])[0])) : undefined,
      ),
    )
    .orderBy(desc(partners.id))
    .limit(limit + 1);
  await recordLook(ctx, { action: 'look.partners', subject: 'partners', detail: { state } });
  const page = rows.slice(0, limit);
  const ids = page.map(({ id }) => id);
  const [latest, counts, wanted] = await Promise.all([
    latestReviews(ctx, ids),
    countApps(ctx, ids),
    wantedScopes(ctx, ids),
  ]);
  const nowMs = clock.ms();
  const last = page.at(-1);
  return {
    data: page.map(({ id, name, createdAt, suspendedAt }) => {
      const review = latest.get(id);
      const standing = review && stands(review, nowMs) ? review : undefined;
      return {
        id,
        name,
        apps: counts.get(id) ?? 0,
        review: review ? showReview(review, nowMs) : null,
        uncovered: (wanted.get(id) ?? []).filter((scope) => !covers(standing, scope)),
        suspended_at: suspendedAt?.toISOString() ?? null,
        created_at: createdAt.toISOString(),
      };
    }),
    next_cursor: rows.length > limit && last ? encodeCursor('partners', [last.id]) : null,
  };
}

/** How many wait for a review; null for none. */
export async function partnersWaiting(
  ports: Pick<Ports, 'store' | 'clock'>,
): Promise<{ count: number; since: null } | null> {
  const { partners } = ports.store.tables;
  const [row] = await ports.store.db.select({ n: count() }).from(partners).where(isWaiting(ports));
  return row && row.n > 0 ? { count: row.n, since: null } : null;
}

async function countApps({ store }: Pick<Ports, 'store'>, ids: readonly string[]) {
  if (ids.length === 0) return new Map<string, number>();
  const { apps } = store.tables;
  const rows = await store.db
    .select({ id: apps.partnerId, n: sql<number>`count(*)`.mapWith(Number) })
    .from(apps)
    .where(inArray(apps.partnerId, [...ids]))
    .groupBy(apps.partnerId);
  return new Map(rows.map(({ id, n }) => [id, n]));
}

/** By partner, each scope that takes a review and that one of its apps is registered for. */
export async function wantedScopes(
  ports: Pick<Ports, 'store'>,
  ids: readonly string[],
): Promise<Map<string, string[]>> {
  if (ids.length === 0) return new Map();
  const list = sql.join(
    ids.map((id) => sql`${id}`),
    sql`, `,
  );
  const rows = await ports.store.db
    .selectDistinct({ partner: sql<string>`a.partner_id`, scope: sql<string>`one.value` })
    .from(sql`apps a join clients c on c.app_id = a.id cross join ${each(ports, sql`c.scopes`, 'one')}`)
    .where(sql`a.partner_id in (${list}) and one.value in (${reviewed()})`);
  const byPartner = Map.groupBy(rows, ({ partner }) => partner);
  return new Map(
    [...byPartner].map(([partner, own]) => [
      partner,
      scopeNames.filter((name) => own.some(({ scope }) => scope === name)),
    ]),
  );
}

function isWaiting(ports: Pick<Ports, 'store' | 'clock'>): SQL {
  const { partners } = ports.store.tables;
  const latest = sql`select max(l.id) from reviews l where l.partner_id = ${partners.id}`;
  const refused = sql`exists (select 1 from reviews r where r.id = (${latest}) and r.outcome <> 'passed')`;
  const covered = sql`exists (select 1 from reviews r where r.id = (${latest}) and r.outcome = 'passed'
    and (r.expires_at is null or r.expires_at > ${ports.clock.ms()})
    and (r.scopes is null or exists (select 1 from ${each(ports, sql`r.scopes`, 'two')} where two.value = one.value)))`;
  return sql`not ${refused} and exists (select 1
    from apps a join clients c on c.app_id = a.id cross join ${each(ports, sql`c.scopes`, 'one')}
    where a.partner_id = ${partners.id} and one.value in (${reviewed()}) and not ${covered})`;
}

/** The scopes that take a review, for an `in`. */
export const reviewed = (): SQL =>
  sql.join(
    scopeNames.filter(takesReview).map((name) => sql`${name}`),
    sql`, `,
  );

/** The words of a JSON list, as rows `name(value)`. */
export const each = ({ store }: Pick<Ports, 'store'>, list: SQL, name: 'one' | 'two'): SQL =>
  store.dialect === 'sqlite'
    ? sql`json_each(${list}) ${sql.raw(name)}`
    : sql`json_array_elements_text(${list}) ${sql.raw(name)}(value)`;
