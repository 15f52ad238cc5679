import type { Ports } from '#src/context';
import type { Candidate, EventRecord, LeasedDelivery } from '#src/ports';
import { createSigners } from '#src/signatures';
import { createViews, type EventViews } from '#src/view';
import { afterOverload, afterSuccess } from './aimd.ts';
import { createHealthBook } from './health.ts';
import { isOfLane, type Lane, proveLane, roomOfLane, waitingIn } from './lane.ts';
import { createLanes } from './lanes.ts';
import { createPump } from './pump.ts';
import { createReservations } from './reservations.ts';
import { giveBack } from './settle.ts';
import { createTypeCaps } from './type-caps.ts';
import { type Outcome, work } from './work.ts';

export type Sender = {
  reserve(candidate: Candidate): { leaseId: string; untilMs: number } | null;
  release(subscriptionId: string, count: number): void;
  /** Deliveries that were reserved, or that the sweep has leased. */
  hand(deliveries: LeasedDelivery[], wasReserved?: boolean): void;
  /** How many more this lane takes in memory; one where nothing is known of it yet. */
  roomOf(subscriptionId: string): number;
  /** Whether the store has more that is due for this lane. */
  noteMore(subscriptionId: string, hasMore: boolean): void;
  /** Told when a lane runs low that has more in the store. */
  onLow(tell: (subscriptionId: string) => void): void;
  /** Renews what still waits, drops what was lost. Every few seconds. */
  tend(): Promise<void>;
  stop(graceMs: number): Promise<void>;
  stats(): { inFlight: number; waiting: number; lanes: number };
};

type Needs = Omit<Ports, 'digest' | 'peppers'>;

/** Holds leased deliveries in lanes and starts them as slots, windows, rates and hosts allow. */
export function createSender(ports: Needs): Sender {
  const { clock, settings, store } = ports;
  const lanes = createLanes(ports);
  const reservations = createReservations();
  const pump = createPump<LeasedDelivery, Lane>(
    clock,
    settings,
    start,
    createTypeCaps(clock, settings.tenantEventMaxPerSecond),
  );
  const signerOf = createSigners(ports);
  const health = createHealthBook(ports);
  const viewsOf = new WeakMap<EventRecord, EventViews>();
  const lease = { id: '', madeAtMs: Number.NEGATIVE_INFINITY, untilMs: 0 };
  const state = { waiting: 0, isStopping: false, tellLow: (_: string): void => {} };

  return {
    reserve: (candidate) => {
      if (state.isStopping || free() <= 0) return null;
      const { id } = candidate.subscription;
      const lane = lanes.of(id);
      lanes.describe(lane, candidate);
      // What waits in the store is older: a fresh delivery must not overtake it for ever. One that is refused joins it.
      lane.hasMore ||= roomOfLane(lane, free()) <= reservations.of(id);
      if (lane.hasMore) return null;
      reservations.take(id);
      return currentLease();
    },
    release: (id, count) => reservations.give(id, count),
    hand: (deliveries, wasReserved = true) => {
      for (const delivery of deliveries) {
        if (wasReserved) reservations.give(delivery.subscriptionId, 1);
        enqueue(delivery);
      }
      pump.run();
    },
    roomOf: (id) => {
      if (state.isStopping || free() <= 0) return 0;
      const lane = lanes.known(id);
      return lane ? Math.max(0, roomOfLane(lane, free()) - reservations.of(id)) : 1;
    },
    noteMore: (id, hasMore) => {
      lanes.of(id).hasMore = hasMore;
    },
    onLow: (tell) => {
      state.tellLow = tell;
    },
    tend,
    stop,
    stats: () => ({ inFlight: pump.inFlight(), waiting: state.waiting, lanes: [...lanes.all()].length }),
  };

  /** Places in memory that nobody has, nor was promised. */
  function free(): number {
    return settings.maxHandover - state.waiting - reservations.total();
  }

  /** One lease a second serves all that is handed over in it: a delivery and a lease together are unique. */
  function currentLease(): { leaseId: string; untilMs: number } {
    const nowMs = clock.ms();
    if (Math.abs(nowMs - lease.madeAtMs) > 1_000) {
      Object.assign(lease, {
        id: ports.ids.newId('wrk'),
        madeAtMs: nowMs,
        untilMs: nowMs + settings.leaseMs,
      });
    }
    return { leaseId: lease.id, untilMs: lease.untilMs };
  }

  function enqueue(delivery: LeasedDelivery): void {
    const lane = lanes.of(delivery.subscriptionId);
    (delivery.event.critical ? lane.urgent : lane.waiting).push(delivery);
    lane.lastUsedMs = clock.ms();
    state.waiting++;
    pump.add(lane);
  }

  async function start(lane: Lane, delivery: LeasedDelivery): Promise<() => void> {
    state.waiting--;
    if (lane.hasMore && waitingIn(lane) <= roomOfLane(lane, free())) state.tellLow(lane.id);
    const startedAt = clock.ticks();
    const outcome = await run(lane, delivery);
    return () => {
      if (outcome) learn(lane, outcome, startedAt);
      // The next of an ordered line can only be leased now that its head is settled.
      if (delivery.line !== null || (lane.hasMore && waitingIn(lane) === 0)) state.tellLow(lane.id);
    };
  }

  /** Null when the hub itself was at fault; the delivery is due again soon, and no retry is spent. */
  async function run(lane: Lane, delivery: LeasedDelivery): Promise<Outcome | null> {
    try {
      if (!(await isStillLeased(delivery))) return null;
      return await work(ports, signerOf, delivery, viewsFor(delivery.event), lane);
    } catch (error) {
      ports.log.error('delivery.fault', error, { delivery: delivery.id, subscription: lane.id });
      ports.meter.count('delivery_faults');
      await giveBack(ports, delivery, 'hub_fault', clock.ms() + 30_000).catch(() => false);
      return null;
    }
  }

  /** A lease must outlast the attempt, or another worker sends the same. */
  function isStillLeased(delivery: LeasedDelivery): boolean | Promise<boolean> {
    const nowMs = clock.ms();
    if (delivery.untilMs - nowMs > settings.attemptDeadlineMs + 5_000) return true;
    return renew([delivery], nowMs).then((lost) => lost.size === 0);
  }

  /** Answers what was lost. */
  async function renew(deliveries: LeasedDelivery[], nowMs: number): Promise<Set<LeasedDelivery>> {
    const untilMs = nowMs + settings.leaseMs;
    const held = await store.renew(deliveries, untilMs);
    for (const delivery of deliveries) if (held.has(delivery.id)) delivery.untilMs = untilMs;
    return new Set(deliveries.filter((delivery) => !held.has(delivery.id)));
  }

  function viewsFor(event: EventRecord): EventViews {
    const known = viewsOf.get(event);
    if (known) return known;
    const views = createViews(event);
    viewsOf.set(event, views);
    return views;
  }

  function learn(lane: Lane, { candidate, advice, succeeded, timedOut }: Outcome, startedAt: number): void {
    if (candidate) lanes.describe(lane, candidate);
    // What went to an address of before tells nothing of the one of now.
    if (advice === null || !candidate || !isOfLane(lane, candidate)) return;
    lane.isSlow = timedOut;
    if (succeeded) {
      if (!lane.isProven) proveLane(lane, candidate.subscription.maxPerSecond);
      lane.window = afterSuccess(lane.window, lane.inFlight + 1);
    } else if (advice === 'slow_down') lane.window = afterOverload(lane.window, startedAt, clock.ticks());
    void health.note(lane, candidate, advice, succeeded);
  }

  async function tend(): Promise<void> {
    const nowMs = clock.ms();
    const ageing = lanes.ageing(nowMs + settings.leaseMs / 2);
    if (ageing.length > 0) state.waiting -= lanes.drop(await renew(ageing, nowMs));
    lanes.prune(nowMs);
  }

  /** No new attempt; what is on its way may end; what waits goes back to the store, due now. */
  async function stop(graceMs: number): Promise<void> {
    state.isStopping = true;
    pump.stop();
    const nowMs = clock.ms();
    const waiting = lanes.empty();
    state.waiting = 0;
    await Promise.all(
      waiting.map((delivery) => giveBack(ports, delivery, 'handed_back', nowMs).catch(() => false)),
    );
    if (pump.inFlight() === 0) return;
    await Promise.race([pump.idle(), new Promise<void>((resolve) => void clock.after(graceMs, resolve))]);
  }
}
