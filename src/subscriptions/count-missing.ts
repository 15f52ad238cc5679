import { expandTypes } from '#src/catalog';
import type { Ctx } from '#src/context';
import { withLease } from '#src/limits';
import { createViews } from '#src/view';
import { acceptedWithin, eventsWithDelivery, type FeedPlace } from './feed-page.ts';
import { findSubscription, type SubscriptionRow } from './find.ts';
import { judge } from './match.ts';
import { candidateUnder, nextGrant } from './replay-grants.ts';

/** What a replay of `missing` would bring of a span. */
export type MissingCount = {
  events: number;
  /** How many bookings, RFPs, deliverables they are about. */
  subjects: number;
  /** Events of the span that have their delivery. */
  there: number;
  /** Counting stopped within it: there is more. */
  isMore: boolean;
};

type Examined = { atMs: number; subject: string; is: 'missing' | 'there' | 'other' };

const pageSize = 200;
const mostExamined = 4_000;
/** An app may have any number of them, and each is a few queries of this one answer. */
const mostGrants = 100;

/** For each beginning (ms) up to now. Throws 429 where four such counts are under way. */
export async function countMissing(
  ctx: Ctx,
  id: string,
  beginnings: readonly number[],
): Promise<MissingCount[]> {
  const row = await findSubscription(ctx, id);
  const { examined, cutAtMs } = await withLease(ctx, 'dry-run', `subscription:${id}`, () =>
    examine(ctx, row, Math.min(...beginnings)),
  );
  return beginnings.map((sinceMs) => {
    const within = examined.filter(({ atMs }) => atMs >= sinceMs);
    const missing = within.filter((one) => one.is === 'missing');
    return {
      events: missing.length,
      subjects: new Set(missing.map(({ subject }) => subject)).size,
      there: within.filter((one) => one.is === 'there').length,
      isMore: sinceMs <= cutAtMs,
    };
  });
}

/**
 * Newest first under each grant, so that a short span is counted whole where a long one is not. What is of `cutAtMs` or
 * before was not all looked at: nothing at all, under a grant that its turn did not come to.
 */
async function examine(
  ctx: Ctx,
  row: SubscriptionRow,
  sinceMs: number,
): Promise<{ examined: Examined[]; cutAtMs: number }> {
  await ctx.gate.freshen();
  const { env, id: subscriptionId } = row;
  const span = acceptedWithin(ctx, sinceMs, ctx.clock.ms());
  const types = expandTypes(row.eventTypes);
  const examined: Examined[] = [];
  let grant = await nextGrant(ctx, row, '');
  for (let walked = 1; grant; walked++) {
    const { id: grantId, accountId } = grant;
    const candidate = await candidateUnder(ctx, row, accountId, grantId);
    for (let before: FeedPlace | null = null; candidate;) {
      const limit = Math.min(pageSize, mostExamined - examined.length);
      if (limit === 0) break;
      const wanted = { env, accountId, subscriptionId, grantId, span, types, before, limit };
      const page = await eventsWithDelivery(ctx, wanted);
      for (const { event, delivery } of page) {
        const isFor = () => judge(createViews(event), candidate, ctx.gate, 'consent').send !== 'no';
        const is = delivery ? 'there' : isFor() ? 'missing' : 'other';
        examined.push({ atMs: event.acceptedAtMs, subject: event.subject, is });
      }
      before = page.at(-1) ?? null;
      if (page.length < limit) break;
    }
    grant = await nextGrant(ctx, row, grantId);
    const isFull = examined.length >= mostExamined;
    if (grant && (isFull || walked === mostGrants)) return { examined, cutAtMs: Infinity };
    if (isFull) return { examined, cutAtMs: examined.at(-1)?.atMs ?? -Infinity };
  }
  return { examined, cutAtMs: -Infinity };
}
