import { and, asc, desc, eq, inArray, isNull, lt, type SQL } from 'drizzle-orm';
import * as z from 'zod';
import { readScopes } from '#src/catalog';
import type { Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { DeliveryState } from '#src/store';
import { explainDelivery, type Explanation, whoseFault } from './words.ts';

type Tables = Ctx['store']['tables'];
type Row = {
  delivery: Tables['deliveries']['$inferSelect'];
  event: { id: string; type: string };
};

export const deliveryStates = [
  'pending',
  'leased',
  'retrying',
  'held',
  'delivered',
  'dead',
  'cancelled',
] as const satisfies DeliveryState[];

export const shownDelivery = z.strictObject({
  id: z.string().describe('What an endpoint gets as `webhook-id`, the same through retries and replays.'),
  event: z.string(),
  type: z.string(),
  sequence: z.int(),
  subscription: z.string(),
  account: z.string(),
  grant: z.string(),
  state: z.enum(deliveryStates),
  reason: z.string().describe('Why it is in this state, as a word for programs.'),
  words: z.string().describe('The same for people.'),
  attempt_count: z.int(),
  next_attempt_at: z.string().nullable().describe('Null where nothing will happen by itself.'),
  created_at: z.string(),
  updated_at: z.string(),
});
export const fullDelivery = z.strictObject({
  ...shownDelivery.shape,
  explanation: z.strictObject({
    whose: z.enum(whoseFault).describe('At whom to look.'),
    lines: z.array(z.string()).describe('The first line answers: is it me or them?'),
  }),
  waits_behind: z.string().nullable().describe('In an ordered subscription: the delivery that goes first.'),
  attempts: z.array(
    z.strictObject({
      id: z.string(),
      number: z.int(),
      started_at: z.string(),
      duration_ms: z.int(),
      outcome: z.string(),
      status: z.int().nullable(),
      stage: z.enum(['before', 'during', 'after']).describe('Whether a byte had left when it ended.'),
      detail: z.string(),
      answer: z
        .string()
        .describe(
          'The first KiB of what the endpoint answered. Empty for a token that may read less than was sent: endpoints may say back what they get.',
        ),
    }),
  ),
});
export type ShownDelivery = z.output<typeof shownDelivery>;
export type FullDelivery = z.output<typeof fullDelivery>;

/** With its attempts, newest hundred, oldest first. 404 for what is not the caller's. */
export async function showDelivery(ctx: Ctx, id: string): Promise<FullDelivery> {
  const row = await findOwnDelivery(ctx, id);
  const head = await headBefore(ctx, row.delivery);
  const mayRead = mayReadAnswer(ctx, row.scopes);
  const { attempts } = ctx.store.tables;
  const tries = await ctx.store.db
    .select()
    .from(attempts)
    .where(eq(attempts.deliveryId, id))
    .orderBy(desc(attempts.position))
    .limit(100);
  return {
    ...shown(ctx, row),
    explanation: explained(ctx, row, head),
    waits_behind: head?.id ?? null,
    attempts: tries.reverse().map((attempt) => ({
      id: attempt.id,
      number: attempt.number,
      started_at: attempt.startedAt.toISOString(),
      duration_ms: attempt.durationMs,
      outcome: attempt.outcome,
      status: attempt.status,
      stage: attempt.stage as 'before' | 'during' | 'after', // The settlement knows no other.
      detail: attempt.detail,
      answer: mayRead ? attempt.answer : '',
    })),
  };
}

/**
 * An endpoint that says back what it gets would show a token what its scopes hide. An app that acts for itself runs the
 * endpoint, and has seen it all there.
 */
const mayReadAnswer = ({ caller }: Pick<Ctx, 'caller'>, sentUnder: readonly string[]): boolean =>
  caller.grantId === null ||
  readScopes.every((scope) => !sentUnder.includes(scope) || caller.scopes.has(scope));

export async function findOwnDelivery(ctx: Ctx, id: string): Promise<Row & { scopes: string[] }> {
  const { deliveries, subscriptions, events } = ctx.store.tables;
  const [row] = await ctx.store.db
    .select({
      delivery: deliveries,
      event: { id: events.id, type: events.type },
      scopes: subscriptions.scopes,
    })
    .from(deliveries)
    .innerJoin(subscriptions, eq(subscriptions.id, deliveries.subscriptionId))
    .innerJoin(events, eq(events.position, deliveries.eventPosition))
    .where(and(eq(deliveries.id, id), isOwnDelivery(ctx)))
    .limit(1);
  if (!row)
    throw new PatchbayError('not_found', { public: 'There is no such delivery, or it is not yours.' });
  return row;
}

/**
 * An app acting for an account sees what went out under that grant; an app acting for itself what its own
 * subscriptions sent; an account what its own automation did. Needs deliveries joined with subscriptions.
 */
export function isOwnDelivery({ store, caller }: Pick<Ctx, 'store' | 'caller'>): SQL | undefined {
  const { deliveries, subscriptions } = store.tables;
  const isHere = eq(deliveries.env, caller.env);
  if (caller.grantId && caller.appId) return and(isHere, eq(deliveries.grantId, caller.grantId));
  if (caller.grantId && caller.accountId) {
    return and(isHere, eq(deliveries.accountId, caller.accountId), isNull(subscriptions.appId));
  }
  if (caller.appId) return and(isHere, eq(subscriptions.appId, caller.appId), eq(subscriptions.owner, 'app'));
  throw new PatchbayError('forbidden', {
    public: 'This is for a token that acts for an account or for an app.',
  });
}

export function shown(ctx: Pick<Ctx, 'clock' | 'settings'>, { delivery, event }: Row): ShownDelivery {
  const isDue = delivery.state === 'pending' || delivery.state === 'retrying';
  return {
    id: delivery.id,
    event: event.id,
    type: event.type,
    sequence: delivery.sequence,
    subscription: delivery.subscriptionId,
    account: delivery.accountId,
    grant: delivery.grantId,
    state: delivery.state,
    reason: delivery.reason,
    words: explained(ctx, { delivery }, null).lines[0] ?? '',
    attempt_count: delivery.attempts,
    next_attempt_at: isDue ? (delivery.dueAt?.toISOString() ?? null) : null,
    created_at: delivery.createdAt.toISOString(),
    updated_at: delivery.updatedAt.toISOString(),
  };
}

type Head = { id: string; state: DeliveryState };

export const explained = (
  { clock, settings }: Pick<Ctx, 'clock' | 'settings'>,
  { delivery }: Pick<Row, 'delivery'>,
  head: Head | null,
): Explanation =>
  explainDelivery({
    id: delivery.id,
    state: delivery.state,
    reason: delivery.reason,
    tries: delivery.tries,
    dueAtMs: delivery.dueAt?.getTime() ?? null,
    nowMs: clock.ms(),
    keepEventsMs: settings.keepEventsMs,
    head,
  });

/** The first unfinished one of its line: the one that the lease would take. */
export async function headBefore(
  { store }: Pick<Ctx, 'store'>,
  delivery: Row['delivery'],
): Promise<Head | null> {
  if (delivery.line === null || !['pending', 'retrying'].includes(delivery.state)) return null;
  const { deliveries } = store.tables;
  const [head] = await store.db
    .select({ id: deliveries.id, state: deliveries.state })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.subscriptionId, delivery.subscriptionId),
        eq(deliveries.line, delivery.line),
        lt(deliveries.sequence, delivery.sequence),
        inArray(deliveries.state, ['pending', 'leased', 'retrying', 'held']),
      ),
    )
    .orderBy(asc(deliveries.sequence))
    .limit(1);
  return head ?? null;
}
