import type { Ports } from '#src/context';
import { createDispatcher, type Dispatcher, type Sign, signOf } from '#src/deliveries';
import type { OutboundResult } from '#src/ports';
import type { Held } from './held.ts';
import type { HubCalls } from './hub-calls.ts';
import { createOutbox } from './outbox.ts';
import { createPermits } from './permits.ts';
import { type AskAnswer, maxRenewed } from './protocol.ts';
import type { Trouble } from './trouble.ts';
import { within } from './within.ts';

/** What a worker holds: in lanes, on its way, or done and not yet told. */
export type Carrier = {
  /** What an ask brought; `startedAt` is the tick at which it was made. */
  take(answer: AskAnswer, startedAt: number): void;
  rooms(): { id: string; room: number }[];
  stats(): { inFlight: number; waiting: number; lanes: number };
  /** Leases that grow old are renewed; those that were lost are dropped. */
  tend(): Promise<void>;
  /** Nothing new begins, and what waits goes back to the hub; what is on its way may end until `untilTicks`. */
  stop(untilTicks: number): Promise<void>;
};

type Needs = Pick<Ports, 'clock' | 'log' | 'http'> & {
  worker: string;
  calls: HubCalls;
  trouble: Trouble;
  maxInFlight: number;
};

/** What a lease must have beyond the attempt's deadline, or another worker sends the same. */
const marginMs = 5_000;
/** A lease is renewed at its half: one that has less than this left could not be, so the hub is away. */
const leastShare = 1 / 3;

/** `onMore`: the hub has more for this lane, and there is room for it. */
export function createCarrier(needs: Needs, onMore: (laneId: string) => void): Carrier {
  const { clock, log, calls, trouble } = needs;
  const sending = new Set<Held>();
  // The hub says what its hosts bear, so there are no lanes before its first answer.
  const held: { lanes: Dispatcher<Held> | null } = { lanes: null };
  const state = { isStopping: false, tellIdle: (): void => {} };
  const outbox = createOutbox(needs, (delivery) => {
    // The next of its line can only be leased now.
    if (delivery.isOrdered) onMore(delivery.lane);
  });
  const permits = createPermits(needs, (withdrawn) =>
    giveUp(({ permit }) => withdrawn.has(permit), { kind: 'withdrawn', durationMs: 0 }),
  );

  return {
    take: (answer, startedAt) => {
      const asOfTicks = startedAt + answer.asOfMs;
      const deliveries = answer.deliveries.map((delivery) => ({
        ...delivery,
        target: delivery.request.url,
        asOfTicks,
        untilTicks: asOfTicks + delivery.leaseMs,
        isLost: false,
      }));
      if (state.isStopping)
        return deliveries.forEach((delivery) => outbox.add(delivery, null, clock.ticks()));
      held.lanes ??= createDispatcher(
        clock,
        { ...answer.limits, maxInFlight: needs.maxInFlight },
        send,
        onMore,
      );
      for (const delivery of deliveries) permits.watch(delivery);
      held.lanes.take(answer.lanes, deliveries);
      const moved = new Set(answer.moved);
      if (moved.size > 0) giveUp(({ lane }) => moved.has(lane), null);
    },
    rooms: () => held.lanes?.rooms() ?? [],
    stats: () => held.lanes?.stats() ?? { inFlight: 0, waiting: 0, lanes: 0 },
    tend: async () => {
      held.lanes?.prune();
      const soon = [...sending, ...(held.lanes?.waiting() ?? [])].filter(
        ({ untilTicks, leaseMs }) => untilTicks - clock.ticks() < leaseMs / 2,
      );
      for (let at = 0; at < soon.length; at += maxRenewed) await renew(soon.slice(at, at + maxRenewed));
    },
    stop: async (untilTicks) => {
      state.isStopping = true;
      held.lanes?.stop();
      giveUp(() => true, null);
      if (sending.size > 0) {
        const idle = new Promise<void>((resolve) => {
          state.tellIdle = resolve;
        });
        await within(clock, untilTicks - clock.ticks(), idle);
      }
      await outbox.drain(untilTicks);
    },
  };

  async function send(delivery: Held): Promise<Sign> {
    const startedAt = clock.ticks();
    const { request } = delivery;
    // An answer that was long on its way is older than a yes may be.
    if (!permits.holds(delivery) && !permits.isWithdrawn(delivery)) await permits.news();
    if (!isLongEnough(delivery) || !permits.holds(delivery)) {
      settled(
        delivery,
        permits.isWithdrawn(delivery) ? { kind: 'withdrawn', durationMs: 0 } : null,
        startedAt,
      );
      return null;
    }
    sending.add(delivery);
    try {
      const result = await needs.http.send({ ...request, mayStillSend: () => mayLeave(delivery) });
      settled(delivery, result, startedAt);
      tell(delivery, result);
      return signOf(result);
    } catch (error) {
      // The way out itself is at fault: the lease ends, and no retry is spent.
      log.error('delivery.fault', error, { delivery: delivery.deliveryId, subscription: delivery.lane });
      permits.forget(delivery);
      return null;
    } finally {
      sending.delete(delivery);
      if (sending.size === 0) state.tellIdle();
    }
  }

  function isLongEnough({ untilTicks, leaseMs, request }: Held): boolean {
    return untilTicks - clock.ticks() >= Math.min(request.deadlineMs + marginMs, leaseMs * leastShare);
  }

  function mayLeave(delivery: Held): boolean {
    if (delivery.isLost || !permits.holds(delivery)) return false;
    permits.forget(delivery);
    return true;
  }

  function settled(delivery: Held, result: OutboundResult | null, startedAt: number): void {
    permits.forget(delivery);
    outbox.add(delivery, result, startedAt);
  }

  /** Of what waits. */
  function giveUp(isMeant: (delivery: Held) => boolean, result: OutboundResult | null): void {
    for (const delivery of held.lanes?.remove(isMeant) ?? []) settled(delivery, result, clock.ticks());
  }

  async function renew(deliveries: Held[]): Promise<void> {
    const startedAt = clock.ticks();
    try {
      const { leaseMs, lost } = await calls.renew(
        deliveries.map(({ deliveryId, leaseId }) => ({ deliveryId, leaseId })),
      );
      trouble.over();
      const isLost = new Set(lost);
      for (const delivery of deliveries) {
        if (isLost.has(delivery.deliveryId)) delivery.isLost = true;
        else delivery.untilTicks = startedAt + leaseMs;
      }
    } catch (error) {
      trouble.met(error);
    }
    for (const delivery of held.lanes?.remove(({ isLost }) => isLost) ?? []) permits.forget(delivery);
  }

  function tell({ deliveryId, lane, request }: Held, result: OutboundResult): void {
    log.info('attempt', {
      delivery: deliveryId,
      subscription: lane,
      host: URL.parse(request.url)?.host,
      outcome: result.kind === 'failed' || result.kind === 'refused' ? result.code : result.kind,
      status: result.kind === 'answered' ? result.status : null,
      ms: Math.round(result.durationMs),
    });
  }
}
