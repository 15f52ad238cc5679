import { and, eq, inArray, sql } from 'drizzle-orm';
import { recordAuditIf } from '#src/audit';
import { actorOf, type Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { DeliveryState } from '#src/store';
import { findOwnDelivery, type FullDelivery, showDelivery } from './show.ts';

const retriable: DeliveryState[] = ['dead', 'retrying', 'delivered'];

/**
 * Due now, with fresh tries and the same `webhook-id`, so that a receiver can tell it from a new one. What is held or
 * cancelled stays: sending it would go past what stopped it.
 */
export async function retryDelivery(ctx: Ctx, id: string): Promise<FullDelivery> {
  const { delivery } = await findOwnDelivery(ctx, id);
  if (!retriable.includes(delivery.state)) throw refused(delivery.state);
  const { store, clock, caller, queue } = ctx;
  const { deliveries } = store.tables;
  const now = clock.now();
  const [changed] = await store.write((db) => [
    db
      .update(deliveries)
      .set({
        state: 'pending',
        reason: 'retry_asked',
        dueAt: now,
        tries: 0,
        leaseId: null,
        mark: ctx.requestId,
        updatedAt: now,
      })
      .where(
        and(
          eq(deliveries.id, id),
          eq(deliveries.subscriptionId, delivery.subscriptionId),
          inArray(deliveries.state, retriable),
        ),
      )
      .returning({ id: deliveries.id }),
    recordAuditIf(
      db,
      ctx,
      {
        actor: actorOf(caller),
        action: 'delivery.retry',
        subject: id,
        accountId: delivery.accountId,
        requestId: ctx.requestId,
        detail: { from: delivery.state },
      },
      sql`exists (select 1 from ${deliveries} where ${deliveries.id} = ${id} and ${deliveries.mark} = ${ctx.requestId})`,
    ),
  ]);
  if (changed.length === 0) throw refused('leased');
  queue.wake('deliveries', [delivery.subscriptionId]);
  return showDelivery(ctx, id);
}

function refused(state: DeliveryState): PatchbayError {
  const why: Partial<Record<DeliveryState, string>> = {
    pending: 'it is due already',
    leased: 'an attempt is under way',
    held: 'end what holds it, and it is sent by itself',
    cancelled: 'it was cancelled for good; replay the subscription for what it may still receive',
  };
  return new PatchbayError('state_conflict', {
    public: `The delivery is ${state}: ${why[state] ?? 'wait'}.`,
  });
}
