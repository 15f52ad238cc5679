import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { covers, type Review, stands } from '#src/access';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { takesReview } from '#src/oauth';
import type { StaffCtx } from '#src/staff';
import { below } from './below.ts';
import { requireForm } from './levels.ts';
import { recordLook } from './look.ts';
import { each, reviewed, showReview, wantedScopes } from './partner-list.ts';
import { standingOf } from './standing.ts';

const mostApps = 100;
const mostReviews = 50;

/**
 * What a partner's apps are registered for beside what its reviews cover, and every review that there was. `grants` are the living
 * consents with a scope that takes a review: they go on, whatever a new review says. The look is on record. 404 for none.
 */
export async function partnerReviews(ctx: StaffCtx, id: string) {
  requireForm({ level: 'partner', id });
  const { store, clock } = ctx;
  const { partners, reviews, grants } = store.tables;
  const [partner] = await store.db.select().from(partners).where(eq(partners.id, id)).limit(1);
  if (!partner) throw new PatchbayError('not_found', { public: `There is no partner ${id}.` });
  const isSensitiveGrant = sql`exists (select 1 from ${each(ctx, sql`${grants.scopes}`, 'one')} where one.value in (${reviewed()}))`;
  const [history, standing, apps, wanted, living] = await Promise.all([
    store.db
      .select()
      .from(reviews)
      .where(eq(reviews.partnerId, id))
      .orderBy(desc(reviews.id))
      .limit(mostReviews),
    standingOf(ctx, {}, { level: 'partner', id }),
    appsOf(ctx, id),
    wantedScopes(ctx, [id]),
    below(
      store,
      grants,
      and(eq(grants.partnerId, id), isNull(grants.endedAt), isSensitiveGrant),
      grants.accountId,
    ),
  ]);
  await recordLook(ctx, { action: 'look.partner', subject: id, detail: { reviews: history.length } });
  const nowMs = clock.ms();
  const counting = history.slice(0, 1).find((review) => stands(review, nowMs));
  return {
    id,
    name: partner.name,
    suspended_at: standing.because?.suspendedAt?.toISOString() ?? null,
    created_at: partner.createdAt.toISOString(),
    /** The first is the latest. */
    reviews: history.map((review) => showReview(review, nowMs)),
    wanted: (wanted.get(id) ?? []).map((scope) => ({ scope, covered: covers(counting, scope) })),
    apps: apps.slice(0, mostApps).map((app) => showApp(app, counting)),
    more_apps: apps.length > mostApps,
    grants: { count: living.count, at_least: living.at_least },
  };
}

type App = Awaited<ReturnType<typeof appsOf>>[number];

async function appsOf({ store }: Pick<Ports, 'store'>, partnerId: string) {
  const { apps, clients } = store.tables;
  return store.db
    .select({ id: apps.id, name: apps.name, env: clients.env, kind: clients.kind, scopes: clients.scopes })
    .from(apps)
    .innerJoin(clients, eq(clients.appId, apps.id))
    .where(eq(apps.partnerId, partnerId))
    .orderBy(desc(apps.id))
    .limit(mostApps + 1);
}

const showApp = ({ id, name, env, kind, scopes }: App, counting: Review | undefined) => ({
  id,
  name,
  env,
  kind,
  scopes: scopes.map((scope) => ({
    scope,
    takes_review: takesReview(scope),
    /** Whether it may ask for it now. */
    open: !takesReview(scope) || covers(counting, scope),
  })),
});
