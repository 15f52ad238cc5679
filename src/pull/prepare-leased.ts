import type { Ports } from '#src/context';
import { findCandidate, giveBack, joinSettles, prepare, settlePlan, stopOfGone, work } from '#src/deliveries';
import type { EventRecord, LeasedDelivery } from '#src/ports';
import { createSigners } from '#src/signatures';
import { createViews, type EventViews } from '#src/view';
import { permitFor } from './permit.ts';
import type { PulledDelivery } from './protocol.ts';

/** Body and signature of each, or it is held, cancelled or given back at once. Never throws for one of them. */
export type PrepareLeased = (leased: readonly LeasedDelivery[]) => Promise<PulledDelivery[]>;

/** Of bodies in one answer: what goes beyond is due again at once. */
const maxAnswerChars = 4 * 1024 * 1024;

export function createPrepareLeased(ports: Ports): PrepareLeased {
  const signerOf = createSigners(ports);

  return async (leased) => {
    const own = { ...ports, store: joinSettles(ports.store, ports.clock).store };
    const viewsOf = new Map<number, EventViews>();
    const state = { chars: 0 };
    const viewsFor = (event: EventRecord): EventViews => {
      const views = viewsOf.get(event.position) ?? createViews(event);
      viewsOf.set(event.position, views);
      return views;
    };

    const prepared = await Promise.all(leased.map(one));
    return prepared.filter((delivery) => delivery !== null);

    async function one(delivery: LeasedDelivery): Promise<PulledDelivery | null> {
      try {
        return await pulled(delivery);
      } catch (error) {
        ports.log.error('delivery.fault', error, {
          delivery: delivery.id,
          subscription: delivery.subscriptionId,
        });
        ports.meter.count('delivery_faults');
        await giveBack(own, delivery, 'hub_fault', ports.clock.ms() + 30_000).catch(() => false);
        return null;
      }
    }

    async function pulled(delivery: LeasedDelivery): Promise<PulledDelivery | null> {
      const candidate = await findCandidate(ports, delivery);
      const plan = candidate
        ? await prepare(ports, signerOf, delivery, viewsFor(delivery.event), candidate)
        : await stopOfGone(ports, delivery);
      // No worker elsewhere sees a vendor's credential: what goes through a connection is carried here.
      if (plan.do === 'carry') {
        await work(own, signerOf, delivery, viewsFor(delivery.event), { failingSinceMs: null });
        return null;
      }
      if (!candidate || plan.do !== 'send') {
        if (plan.do !== 'send') await settlePlan(own, delivery, plan);
        return null;
      }
      const { mayStillSend: _, ...request } = plan.request;
      state.chars += request.body?.length ?? 0;
      if (state.chars > maxAnswerChars) {
        await giveBack(own, delivery, 'handed_back', ports.clock.ms());
        return null;
      }
      return {
        deliveryId: delivery.id,
        leaseId: delivery.leaseId,
        leaseMs: delivery.untilMs - ports.clock.ms(),
        lane: delivery.subscriptionId,
        isCritical: delivery.event.critical,
        isOrdered: delivery.line !== null,
        request,
        permit: permitFor(ports, delivery.event, candidate),
      };
    }
  };
}
