import type * as z from 'zod';
import type { Ctx } from '#src/context';
import { dayEndsAt, readPlan, spenderOf, unitsPerDay } from '#src/limits';
import type { Holder } from '#src/ports';
import { useByDay } from './read.ts';
import type { ShownUsage } from './routes.ts';
import { type planSchema, shownDays } from './shown.ts';

type Needs = Pick<Ctx, 'store' | 'clock' | 'usage' | 'settings'>;

/** Of the caller's own, the newest day first. */
export async function showUsage(ctx: Needs & Pick<Ctx, 'caller'>, dayCount: number): Promise<ShownUsage> {
  const { shown, payer } = spenderOf(ctx.caller);
  const [plan, used] = await Promise.all([planToday(ctx, payer), useByDay(ctx, [shown], dayCount)]);
  return { of: shown, plan, days: shownDays(used.get(shown)) };
}

/** What is left is as this process knows it, some seconds late; `RateLimit` of an answer is exact. */
export async function planToday(ports: Needs, payer: Holder | null): Promise<z.output<typeof planSchema>> {
  const { clock, usage, settings } = ports;
  const plan = await readPlan(ports, payer);
  const perDay = payer ? unitsPerDay(settings, plan) : null;
  return {
    name: plan.name,
    units_per_day: perDay,
    units_left_today: payer && perDay !== null ? Math.max(0, perDay - usage.unitsToday(payer)) : null,
    resets_at: new Date(dayEndsAt(clock.ms())).toISOString(),
  };
}
