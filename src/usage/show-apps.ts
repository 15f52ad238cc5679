import { asc, eq } from 'drizzle-orm';
import type { Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import { useByDay } from './read.ts';
import type { ShownAppsUsage } from './routes.ts';
import { planToday } from './show.ts';
import { shownDays } from './shown.ts';

const maxApps = 200;

/** Of all apps of the caller's partner, oldest first, each day of each. 403 for whom no app stands behind, or a person does. */
export async function showAppsUsage(
  ctx: Pick<Ctx, 'store' | 'clock' | 'usage' | 'settings' | 'caller'>,
  dayCount: number,
): Promise<ShownAppsUsage> {
  const { partnerId, appId, grantId } = ctx.caller;
  if (!partnerId || !appId || grantId)
    throw new PatchbayError('forbidden', {
      public: 'This is for a token that an app has for itself (grant_type=client_credentials).',
    });
  const { apps } = ctx.store.tables;
  const own = await ctx.store.db
    .select({ id: apps.id, name: apps.name })
    .from(apps)
    .where(eq(apps.partnerId, partnerId))
    .orderBy(asc(apps.id))
    .limit(maxApps);
  const of = `partner:${partnerId}`;
  const holders = own.map(({ id }) => `app:${id}`);
  const [plan, used] = await Promise.all([planToday(ctx, of), useByDay(ctx, holders, dayCount)]);
  return {
    of,
    plan,
    apps: own.map(({ id, name }) => ({ app_id: id, name, days: shownDays(used.get(`app:${id}`)) })),
  };
}
