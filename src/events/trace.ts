import { and, eq } from 'drizzle-orm';
import * as z from 'zod';
import type { Reader } from '#src/access';
import { eventTypes } from '#src/catalog';
import type { Ctx } from '#src/context';
import { explained, headBefore, isOwnDelivery } from '#src/deliveries';
import type { Candidate, EventRecord } from '#src/ports';
import type { DeliveryState } from '#src/store';
import { judge, type Mismatch } from '#src/subscriptions';
import { createViews, type EventViews } from '#src/view';
import { whyNotBroadcast } from './broadcast.ts';
import { findEvent } from './show.ts';
import { mismatchWords } from './trace-words.ts';

const verdicts = ['sent', 'queued', 'held', 'not_sent'] as const;
export type Verdict = (typeof verdicts)[number];

const line = z.strictObject({
  subscription: z.string(),
  verdict: z.enum(verdicts),
  code: z.string().describe('Why, as a word for programs: a reason of a delivery, or what did not fit.'),
  words: z.string().describe('Why, for people.'),
  delivery: z.string().nullable(),
});
export const shownTrace = z.strictObject({
  event: z.strictObject({
    id: z.string(),
    type: z.string(),
    timestamp: z.string().optional(),
    city: z.string().nullable().optional(),
    subject: z.string().optional(),
    sequence: z.int().optional(),
  }),
  subscriptions: z.array(line),
});
export type Trace = z.output<typeof shownTrace>;
type Line = z.output<typeof line>;
type DeliveryRow = Ctx['store']['tables']['deliveries']['$inferSelect'];

/**
 * For each of the caller's subscriptions, why this event was or was not sent. Of an event whose type the scopes do not
 * reveal it tells id and type, and nothing else: without those, "your grant lacks deliverables:read" could not be said.
 */
export async function traceEvent(ctx: Ctx, reader: Reader, id: string): Promise<Trace> {
  const event = await findEvent(ctx, reader, id);
  const views = createViews(event);
  const rows = await deliveriesOf(ctx, event);
  const byPair = new Map(rows.map((row) => [`${row.subscriptionId}|${row.grantId}`, row]));
  const lookup = await ctx.directory.load(event.env, [reader.accountId]);
  const candidates = lookup.of(reader.accountId).filter(({ grant }) => grant.id === reader.grantId);
  const isExpanding = await hasExpansion(ctx, event);
  const unsent = isExpanding ? null : await whyNotBroadcast(ctx, event, reader.accountId);
  const lines: Line[] = [];
  for (const candidate of candidates) {
    const key = `${candidate.subscription.id}|${candidate.grant.id}`;
    const row = byPair.get(key);
    byPair.delete(key);
    lines.push(
      row ? await writtenLine(ctx, row) : judgedLine(ctx, reader, views, candidate, isExpanding, unsent),
    );
  }
  // What is left went to subscriptions that have ended since.
  for (const row of byPair.values()) lines.push(await writtenLine(ctx, row));
  lines.sort((a, b) => (a.subscription < b.subscription ? 1 : -1));
  return { event: shownHead(event, reader), subscriptions: lines };
}

function shownHead(event: EventRecord, { scopes }: Reader): Trace['event'] {
  const { id, type, city, subject, sequence } = event;
  if (!scopes.has(eventTypes.get(type)?.scope ?? '')) return { id, type };
  return { id, type, timestamp: new Date(event.occurredAtMs).toISOString(), city, subject, sequence };
}

async function deliveriesOf(ctx: Ctx, event: EventRecord): Promise<DeliveryRow[]> {
  const { deliveries, subscriptions } = ctx.store.tables;
  const rows = await ctx.store.db
    .select({ delivery: deliveries })
    .from(deliveries)
    .innerJoin(subscriptions, eq(subscriptions.id, deliveries.subscriptionId))
    .where(and(eq(deliveries.eventPosition, event.position), isOwnDelivery(ctx)))
    .limit(1_000);
  return rows.map((row) => row.delivery);
}

export async function hasExpansion({ store }: Pick<Ctx, 'store'>, event: EventRecord): Promise<boolean> {
  const { tasks } = store.tables;
  const isOpen = and(eq(tasks.subject, event.id), eq(tasks.kind, 'expand'), eq(tasks.state, 'open'));
  const rows = await store.db.select({ id: tasks.id }).from(tasks).where(isOpen).limit(1);
  return rows.length > 0;
}

/** What was written is told as it was. */
async function writtenLine(ctx: Ctx, row: DeliveryRow): Promise<Line> {
  const { lines } = explained(ctx, { delivery: row }, await headBefore(ctx, row));
  const verdict = verdictOf(row.state);
  return {
    subscription: row.subscriptionId,
    verdict,
    code: row.reason,
    words: `${verdict.replace('_', ' ')}: ${lines[0] ?? ''}`,
    delivery: row.id,
  };
}

export function verdictOf(state: DeliveryState): Verdict {
  switch (state) {
    case 'delivered':
      return 'sent';
    case 'pending':
    case 'leased':
    case 'retrying':
      return 'queued';
    case 'held':
      return 'held';
    case 'dead':
    case 'cancelled':
      return 'not_sent';
    default:
      return state satisfies never;
  }
}

/** What was not written is judged by the settings of this moment, by the judge that publish asks. */
function judgedLine(
  ctx: Ctx,
  reader: Reader,
  views: EventViews,
  candidate: Candidate,
  isExpanding: boolean,
  unsent: { code: string; words: string } | null,
): Line {
  const why = whyNotFor(ctx, views, candidate);
  const subscription = candidate.subscription.id;
  if (why) {
    const words = `not sent: ${mismatchWords(why, views, candidate, reader)}`;
    return { subscription, verdict: 'not_sent', code: why.code, words, delivery: null };
  }
  if (isExpanding) {
    const words = 'queued: it matches; so many do that its deliveries are still being made.';
    return { subscription, verdict: 'queued', code: 'expanding', words, delivery: null };
  }
  if (unsent) return { subscription, verdict: 'not_sent', ...unsent, delivery: null };
  const words =
    'not sent: the subscription or the grant was another when the event came; as they are now it would be sent. ' +
    `POST /v1/subscriptions/${subscription}/replay sends what is missing.`;
  return { subscription, verdict: 'not_sent', code: 'changed_since', words, delivery: null };
}

/** "Too early" last: it says that a replay can bring the event, which is so only where nothing else is in its way. */
export function whyNotFor(
  { gate }: Pick<Ctx, 'gate'>,
  views: EventViews,
  candidate: Candidate,
): Mismatch | null {
  for (const reach of ['consent', 'subscription'] as const) {
    const verdict = judge(views, candidate, gate, reach);
    if (verdict.send === 'no') return verdict.why;
  }
  return null;
}
