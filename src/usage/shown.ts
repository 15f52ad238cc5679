import * as z from 'zod';
import { planNames } from '#src/context';
import type { UsageCounts } from '#src/ports';
import type { DayUse } from './read.ts';

const count = z.int();
export const limitHits = z.strictObject({
  ours: count.describe('Calls that a cap of the hub refused.'),
  theirs: count.describe('Attempts that an endpoint answered with 429.'),
});
export const deliveries = z.strictObject({
  delivered: count.describe('Deliveries that were taken: what a plan would meter.'),
  failed_attempts: count.describe('Attempts that were not; most are tried again.'),
});
const counts = {
  calls: z.strictObject({ reads: count, writes: count, creates: count }),
  units: count,
  limit_hits: limitHits,
  deliveries,
};
export const countsSchema = z.strictObject(counts);
export const daysSchema = z
  .array(z.strictObject({ day: z.string().describe('UTC.'), ...counts }))
  .describe('The newest first; a day without calls is all zeros.');
export const planSchema = z.strictObject({
  name: z.enum(planNames),
  units_per_day: count.nullable().describe('Null for the marketplace’s own.'),
  units_left_today: count
    .nullable()
    .describe('Of the partner, or of the account by itself: others spend of it too.'),
  resets_at: z.string().describe('Midnight, UTC.'),
});

export const shownCounts = (used: UsageCounts): z.output<typeof countsSchema> => ({
  calls: { reads: used.reads, writes: used.writes, creates: used.creates },
  units: used.units,
  limit_hits: { ours: used.refused, theirs: used.theirs },
  deliveries: { delivered: used.delivered, failed_attempts: used.failed },
});

export const shownDays = (days: readonly DayUse[] = []): z.output<typeof daysSchema> =>
  days.map((used) => ({ day: used.day, ...shownCounts(used) }));
