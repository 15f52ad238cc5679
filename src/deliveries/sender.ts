import type { Ports } from '#src/context';
import type { Candidate, EventRecord, LeasedDelivery } from '#src/ports';
import { createViews, type EventViews } from '#src/view';
import { afterOverload, afterSuccess, roomIn } from './aimd.ts';
import { createHealthBook } from './health.ts';
import { createHosts } from './hosts.ts';
import { describeLane, type Lane, newLane, proveLane, roomOfLane, waitingIn } from './lane.ts';
import { afterOne, readyAtMs } from './rate.ts';
import { giveBack } from './settle.ts';
import { createSigners } from './signers.ts';
import { createTurns } from './turns.ts';
import { type Outcome, work } from './work.ts';

export type Sender = {
  reserve(candidate: Candidate): { leaseId: string; untilMs: number } | null;
  release(subscriptionId: string, count: number): void;
  hand(deliveries: LeasedDelivery[]): void;
  /** Room in memory of each lane that is known, and of one that is not. */
  roomOf(subscriptionId: string): number;
  noteMore(subscriptionId: string, hasMore: boolean): void;
  /** Called when a lane that has more in the store runs low. */
  onLow(tell: (subscriptionId: string) => void): void;
  tend(): Promise<void>;
  stop(graceMs: number): Promise<void>;
  stats(): { inFlight: number; waiting: number; lanes: number; asleep: number };
};

type Needs = Pick<Ports, 'store' | 'directory' | 'gate' | 'clock' | 'chance' | 'ids' | 'http' | 'log' | 'meter' | 'settings' | 'vault' | 'signing' | 'queue' | 'digest'>;

/** Kept for critical events when all else is busy. */
const criticalReserve = 0.2;
/** Endpoints that time out may hold at most this share of the slots together. */
const slowShare = 0.5;

/** Holds leased deliveries in lanes and starts them as slots, windows, rates and hosts allow. */
export function createSender(ports: Needs): Sender {
  const { clock, settings } = ports;
  const lanes = new Map<string, Lane>();
  const hosts = createHosts(settings);
  const turns = createTurns();
  const signerOf = createSigners(ports);
  const health = createHealthBook(ports);
  const viewsOf = new WeakMap<EventRecord, EventViews>();
  const reserved = new Map<string, number>();
  const lease = { id: ports.ids.newId('wrk'), madeAtMs: 0, untilMs: 0 };
  const state = { inFlight: 0, slowInFlight: 0, waiting: 0, reserved: 0, isStopping: false, isPumping: false, onLow: (_: string) => {} };
  const idle: (() => void)[] = [];

  return {
    reserve: (candidate) => {
      if (state.isStopping || state.waiting + state.reserved >= settings.maxHandover) return null;
      const id = candidate.subscription.id;
      const lane = laneOf(id);
      describeLane(lane, candidate, hosts.of(candidate.subscription.host));
      const held = reserved.get(id) ?? 0;
      // What waits in the store is older: a fresh delivery must not overtake it for ever.
      if (lane.hasMore || roomOfLane(lane) <= held) return null;
      reserved.set(id, held + 1);
      state.reserved++;
      return currentLease();
    },
    release,
    hand: (deliveries) => {
      for (const delivery of deliveries) {
        release(delivery.subscriptionId, 1);
        enqueue(delivery);
      }
      pump();
    },
    roomOf: (subscriptionId) => {
      const lane = lanes.get(subscriptionId);
      if (state.isStopping || state.waiting >= settings.maxHandover) return 0;
      return lane ? Math.max(0, roomOfLane(lane) - (reserved.get(subscriptionId) ?? 0)) : 1;
    },
    noteMore: (subscriptionId, hasMore) => {
      laneOf(subscriptionId).hasMore = hasMore;
    },
    onLow: (tell) => {
      state.onLow = tell;
    },
    tend,
    stop,
    stats: () => ({
      inFlight: state.inFlight,
      waiting: state.waiting,
      lanes: lanes.size,
      asleep: [...lanes.values()].filter((lane) => lane.isAsleep).length,
    }),
  };

  function laneOf(id: string): Lane {
    const known = lanes.get(id);
    if (known) return known;
    const lane = newLane(id, hosts.of(`?${id}`), clock.ms());
    lanes.set(id, lane);
    return lane;
  }

  /** One lease a second serves all that is handed over in it: a delivery and a lease together are unique. */
  function currentLease(): { leaseId: string; untilMs: number } {
    const now = clock.ms();
    if (Math.abs(now - lease.madeAtMs) > 1_000) {
      lease.madeAtMs = now;
      lease.untilMs = now + settings.leaseMs;
      lease.id = ports.ids.newId('wrk');
    }
    return { leaseId: lease.id, untilMs: lease.untilMs };
  }

  function release(subscriptionId: string, count: number): void {
    const held = reserved.get(subscriptionId);
    if (held === undefined) return;
    const taken = Math.min(held, count);
    state.reserved -= taken;
    if (held > taken) reserved.set(subscriptionId, held - taken);
    else reserved.delete(subscriptionId);
  }

  function enqueue(delivery: LeasedDelivery): void {
    const lane = laneOf(delivery.subscriptionId);
    (delivery.event.critical ? lane.urgent : lane.waiting).push(delivery);
    lane.lastUsedMs = clock.ms();
    state.waiting++;
    turns.add(lane);
  }

  function pump(): void {
    if (state.isPumping || state.isStopping) return;
    state.isPumping = true;
    // Lanes that cannot go now are put back only after the round: within it they would be asked for ever.
    const blocked: Lane[] = [];
    for (let lane = turns.next(); lane; lane = turns.next()) {
      const wait = waitOf(lane);
      if (wait === 'go') {
        start(lane);
        turns.add(lane);
      } else if (wait === 'slots') blocked.push(lane);
      else if (wait !== 'window') sleep(lane, wait);
      if (state.inFlight >= settings.maxInFlight) break;
    }
    for (const lane of blocked) turns.add(lane);
    state.isPumping = false;
  }

  /** `window` and `slots` end with an attempt that ends; a number is how many milliseconds to sleep. */
  function waitOf(lane: Lane): 'go' | 'window' | 'slots' | number {
    if (roomIn(lane.window, lane.inFlight) === 0 || (!lane.isProven && lane.inFlight > 0)) return 'window';
    const isCritical = lane.urgent.length > 0;
    if (state.inFlight >= settings.maxInFlight * (isCritical ? 1 : 1 - criticalReserve)) return 'slots';
    if (lane.isSlow && state.slowInFlight >= settings.maxInFlight * slowShare) return 'slots';
    if (lane.host.inFlight >= settings.hostMaxInFlight) return 25;
    const now = clock.ms();
    // A clock that was set back must not hold a lane for the length of the step.
    const ready = Math.max(readyAtMs(lane.rate, lane.arrivalMs), readyAtMs(lane.host.rate, lane.host.arrivalMs));
    const wait = ready - now;
    if (wait > 5_000) lane.arrivalMs = lane.host.arrivalMs = 0;
    return wait <= 0 || wait > 5_000 ? 'go' : Math.max(1, Math.ceil(wait));
  }

  function sleep(lane: Lane, delayMs: number): void {
    lane.isAsleep = true;
    clock.after(delayMs, () => {
      lane.isAsleep = false;
      turns.add(lane);
      pump();
    });
  }

  function start(lane: Lane): void {
    const delivery = (lane.urgent.shift() ?? lane.waiting.shift())!;
    const now = clock.ms();
    const host = lane.host;
    const startedSlow = lane.isSlow;
    lane.arrivalMs = afterOne(lane.rate, lane.arrivalMs, now);
    host.arrivalMs = afterOne(host.rate, host.arrivalMs, now);
    lane.inFlight++;
    host.inFlight++;
    state.inFlight++;
    state.waiting--;
    if (startedSlow) state.slowInFlight++;
    if (lane.hasMore && waitingIn(lane) * 2 <= roomOfLane(lane)) state.onLow(lane.id);
    const startedAt = clock.ticks();
    void run(lane, delivery).then((outcome) => {
      lane.inFlight--;
      host.inFlight--;
      state.inFlight--;
      if (startedSlow) state.slowInFlight--;
      if (outcome) learn(lane, outcome, startedAt);
      if (delivery.line !== null || (lane.hasMore && waitingIn(lane) === 0)) state.onLow(lane.id);
      turns.add(lane);
      pump();
      if (state.inFlight === 0) for (const tell of idle.splice(0)) tell();
    });
  }

  /** Null when the hub itself was at fault; the delivery is due again soon, and no retry is spent. */
  async function run(lane: Lane, delivery: LeasedDelivery): Promise<Outcome | null> {
    try {
      if (!(await stillLeased(delivery))) return null;
      return await work(ports, signerOf, delivery, viewsFor(delivery.event), lane);
    } catch (error) {
      ports.log.error('delivery.fault', error, { delivery: delivery.id, subscription: lane.id });
      ports.meter.count('delivery_faults');
      await giveBack(ports, delivery, 'hub_fault', clock.ms() + 30_000).catch(() => false);
      return null;
    }
  }

  /** A lease must outlast the attempt, or another worker sends the same. */
  async function stillLeased(delivery: LeasedDelivery): Promise<boolean> {
    const now = clock.ms();
    if (delivery.untilMs - now > settings.attemptDeadlineMs + 5_000) return true;
    const held = await ports.store.renew([delivery], now + settings.leaseMs);
    delivery.untilMs = now + settings.leaseMs;
    return held.has(delivery.id);
  }

  function viewsFor(event: EventRecord): EventViews {
    const known = viewsOf.get(event);
    if (known) return known;
    const views = createViews(event);
    viewsOf.set(event, views);
    return views;
  }

  function learn(lane: Lane, { candidate, advice, succeeded, timedOut }: Outcome, startedAt: number): void {
    if (candidate) describeLane(lane, candidate, hosts.of(candidate.subscription.host));
    if (advice === null || !candidate) return;
    lane.isSlow = timedOut;
    if (succeeded) {
      if (!lane.isProven) proveLane(lane, candidate.subscription.maxPerSecond);
      lane.window = afterSuccess(lane.window, lane.inFlight + 1);
    } else if (advice === 'slow_down') lane.window = afterOverload(lane.window, startedAt, clock.ticks());
    health.note(lane, candidate, advice, succeeded);
  }

  /** Renews what still waits, drops what was lost, forgets lanes that have nothing to do. */
  async function tend(): Promise<void> {
    const now = clock.ms();
    const ageing = [...lanes.values()].flatMap((lane) => [...lane.urgent, ...lane.waiting]).filter((delivery) => delivery.untilMs < now + settings.leaseMs / 2);
    if (ageing.length > 0) {
      const untilMs = now + settings.leaseMs;
      const held = await ports.store.renew(ageing, untilMs);
      for (const delivery of ageing) if (held.has(delivery.id)) delivery.untilMs = untilMs;
      const lost = new Set(ageing.filter((delivery) => !held.has(delivery.id)));
      if (lost.size > 0) for (const lane of lanes.values()) dropLost(lane, lost);
    }
    for (const [id, lane] of lanes) {
      if (lane.inFlight === 0 && waitingIn(lane) === 0 && !lane.isAsleep && !lane.hasMore && lane.lastUsedMs < now - 600_000) lanes.delete(id);
    }
    hosts.prune(now);
  }

  function dropLost(lane: Lane, lost: Set<LeasedDelivery>): void {
    const before = waitingIn(lane);
    lane.urgent = lane.urgent.filter((delivery) => !lost.has(delivery));
    lane.waiting = lane.waiting.filter((delivery) => !lost.has(delivery));
    state.waiting -= before - waitingIn(lane);
  }

  /** No new attempt; what is on its way may end; what waits goes back to the store, due now. */
  async function stop(graceMs: number): Promise<void> {
    state.isStopping = true;
    const waiting = [...lanes.values()].flatMap((lane) => [...lane.urgent.splice(0), ...lane.waiting.splice(0)]);
    state.waiting = 0;
    const now = clock.ms();
    await Promise.all(waiting.map((delivery) => giveBack(ports, delivery, 'handed_back', now).catch(() => false)));
    if (state.inFlight === 0) return;
    await new Promise<void>((resolve) => {
      idle.push(resolve);
      clock.after(graceMs, resolve);
    });
  }
}
