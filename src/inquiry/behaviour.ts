import { and, desc, eq, isNull } from 'drizzle-orm';
import type { Holder } from '#src/ports';
import type { StaffCtx } from '#src/staff';
import { type DayUse, lastDays, sumOf, useByDay } from '#src/usage';
import { requireForm, type Subject } from './levels.ts';
import { recordLook } from './look.ts';

/** A fortnight holds each day of the week twice. */
const daysBefore = 14;
/** A person's tokens and consents, the newest. */
const mostHolders = 90;
const dayMs = 86_400_000;

export const measures = ['calls', 'refused', 'delivered', 'failed'] as const;
export type Measure = (typeof measures)[number];

export type Compared = {
  measure: Measure;
  /** Today so far, and what its days before had by this hour, if use were even over the day. */
  now: number;
  usual_by_now: number;
  /** The median of the days before, whole ones. */
  usual_day: number;
  /** `now` as a multiple of `usual_by_now`; null where it has no usual. */
  ratio: number | null;
  words: string;
};
export type Behaviour = {
  /** How much of the day (UTC) is over, 0 to 1. */
  day_share: number;
  /** Days before today with any use, of 14: below three there is no usual. */
  days_known: number;
  compared: Compared[];
  /** What each of these days had, the oldest first and today last; of a day without use zeros. */
  days: MeasuredDay[];
};
export type MeasuredDay = Record<Measure, number> & { day: string };

/**
 * Compares a day with the days before it, of the same subject: for a person to judge, not for anything to act on. Counts
 * come some seconds late, a minute on Workers.
 */
export async function behaviourOf(ctx: StaffCtx, subject: Subject): Promise<Behaviour> {
  requireForm(subject);
  const holders = await holdersOf(ctx, subject);
  const used = await useByDay(ctx, holders, daysBefore + 1);
  await recordLook(ctx, { action: 'look.behaviour', subject: subject.id, detail: { level: subject.level } });
  const days = lastDays(ctx.clock.ms(), daysBefore + 1).map((day, i) => ({
    day,
    ...measured(sumOf(holders.flatMap((holder): DayUse[] => used.get(holder)?.slice(i, i + 1) ?? []))),
  }));
  const [today, ...before] = days;
  const known = before.filter((day) => measures.some((measure) => day[measure] > 0));
  const share = (ctx.clock.ms() % dayMs) / dayMs;
  return {
    day_share: Math.round(share * 100) / 100,
    days_known: known.length,
    compared: measures.map((measure) =>
      compare(
        measure,
        today?.[measure] ?? 0,
        before.map((day) => day[measure]),
        known.length,
        share,
      ),
    ),
    days: days.toReversed(),
  };
}

/** Pure. Days without use count as zeros once there are three with any: who calls once a week is usual so. */
export function compare(
  measure: Measure,
  now: number,
  before: readonly number[],
  daysKnown: number,
  share: number,
): Compared {
  const usualDay = daysKnown < 3 ? 0 : median(before);
  const usualByNow = Math.round(usualDay * share * 10) / 10;
  const ratio = usualByNow > 0 ? Math.round((now / usualByNow) * 10) / 10 : null;
  return {
    measure,
    now,
    usual_by_now: usualByNow,
    usual_day: usualDay,
    ratio,
    words: wordsOf(measure, now, usualByNow, ratio, daysKnown),
  };
}

const nouns: Record<Measure, string> = {
  calls: 'calls',
  refused: 'calls that a cap refused',
  delivered: 'deliveries taken',
  failed: 'attempts that failed',
};

function wordsOf(
  measure: Measure,
  now: number,
  usualByNow: number,
  ratio: number | null,
  daysKnown: number,
): string {
  const today = `${now.toLocaleString('en-US')} ${nouns[measure]} today so far`;
  if (daysKnown < 3) return `${today}. It has been in use for too few days to have a usual.`;
  // Less than one by this hour is none.
  if (now === 0 && usualByNow < 1) return `${today}, as usual.`;
  if (ratio === null) return `${today}, where there are usually none.`;
  const usual = `about ${Math.round(usualByNow).toLocaleString('en-US')} by this hour`;
  if (ratio >= 0.8 && ratio <= 1.25) return `${today}, as usual: ${usual}.`;
  return `${today}; usually ${usual}. That is ${ratio} times as many.`;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}

const measured = (use: ReturnType<typeof sumOf>): Record<Measure, number> => ({
  calls: use.reads + use.writes + use.creates,
  refused: use.refused,
  delivered: use.delivered,
  failed: use.failed,
});

/** A person is counted by what is theirs: their tokens, and the consents that they gave. */
async function holdersOf({ store }: StaffCtx, { level, id }: Subject): Promise<Holder[]> {
  if (level !== 'user') return [`${level}:${id}`];
  const { tokens, grants } = store.tables;
  const [own, given] = await Promise.all([
    store.db
      .select({ id: tokens.id })
      .from(tokens)
      .where(and(eq(tokens.userId, id), eq(tokens.kind, 'k')))
      .orderBy(desc(tokens.id))
      .limit(mostHolders),
    store.db
      .select({ id: grants.id })
      .from(grants)
      .where(and(eq(grants.userId, id), isNull(grants.endedAt)))
      .orderBy(desc(grants.id))
      .limit(mostHolders),
  ]);
  return [...own.map((row) => `token:${row.id}`), ...given.map((row) => `grant:${row.id}`)];
}
