/**
 * The sender's lanes for deliveries that somebody else has leased and prepared: whose turn, window, rate and host are
 * the same (may-go.ts, turns.ts, aimd.ts, rate.ts); what a delivery is, and how it is sent, is the caller's affair.
 */
import type { Clock } from '#src/ports';
import { afterOverload, afterSuccess } from './aimd.ts';
import { createHosts } from './hosts.ts';
import { type Lane, newLane } from './lane.ts';
import { createPump } from './pump.ts';
import { rateOf } from './rate.ts';

/** What the store says of a lane at the moment of the lease. */
export type LaneFacts = {
  id: string;
  /** Whom it is served in turn with. */
  party: string;
  host: string;
  /** The version of the subscription that all this is from. */
  version: number;
  maxPerSecond: number;
  isProven: boolean;
};

/** What an attempt told of its endpoint; null where nothing was tried. */
export type Sign = { succeeded: boolean; isOverload: boolean; timedOut: boolean } | null;

export type Dispatched = { lane: string; target: string; isCritical: boolean };
type OwnLane<D> = Omit<Lane, 'urgent' | 'waiting'> & { urgent: D[]; waiting: D[]; maxPerSecond: number };

export type Dispatcher<D> = {
  /** `hasMore`: the store has more that is due for the lane; `onLow` is told when it is wanted. */
  take(facts: readonly (LaneFacts & { hasMore: boolean })[], deliveries: readonly D[]): void;
  /** Takes out of the lanes what waits and fits. */
  remove(isGone: (delivery: D) => boolean): D[];
  waiting(): D[];
  /** Lanes that have something here, and how many more each takes. */
  rooms(): { id: string; room: number }[];
  stats(): { inFlight: number; waiting: number; lanes: number };
  /** Forgets lanes that have had nothing to do for a while. */
  prune(): void;
  /** Nothing begins any more. */
  stop(): void;
};

export type DispatcherLimits = {
  maxInFlight: number;
  hostMaxInFlight: number;
  hostMaxPerSecond: number;
};

const idleMs = 10 * 60_000;

/** How many may wait for a lane in memory: about two seconds of what it may send. */
export const mostWaiting = ({
  isProven,
  maxPerSecond,
}: Pick<LaneFacts, 'isProven' | 'maxPerSecond'>): number =>
  isProven ? Math.min(512, Math.max(8, Math.ceil(maxPerSecond * 2))) : 1;

export function createDispatcher<D extends Dispatched>(
  clock: Clock,
  limits: DispatcherLimits,
  send: (delivery: D) => Promise<Sign>,
  onLow: (laneId: string) => void,
): Dispatcher<D> {
  const lanes = new Map<string, OwnLane<D>>();
  const hosts = createHosts(limits);
  const pump = createPump<D, OwnLane<D>>(clock, limits, start);

  return {
    take: (facts, deliveries) => {
      for (const one of facts) describe(laneOf(one.id), one).hasMore = one.hasMore;
      for (const delivery of deliveries) {
        const lane = laneOf(delivery.lane);
        meet(lane, delivery.target);
        (delivery.isCritical ? lane.urgent : lane.waiting).push(delivery);
        lane.lastUsedMs = clock.ms();
        pump.add(lane);
      }
      pump.run();
    },
    remove: (isGone) => [...lanes.values()].flatMap((lane) => removeFrom(lane, isGone)),
    waiting: () => [...lanes.values()].flatMap((lane) => [...lane.urgent, ...lane.waiting]),
    rooms: () =>
      [...lanes.values()]
        .filter((lane) => lane.inFlight + waitingIn(lane) > 0)
        .map((lane) => ({ id: lane.id, room: roomOf(lane) })),
    stats: () => ({
      inFlight: pump.inFlight(),
      waiting: [...lanes.values()].reduce((sum, lane) => sum + waitingIn(lane), 0),
      lanes: lanes.size,
    }),
    prune: () => {
      const nowMs = clock.ms();
      for (const [id, lane] of lanes)
        if (lane.inFlight + waitingIn(lane) === 0 && !lane.isAsleep && lane.lastUsedMs < nowMs - idleMs)
          lanes.delete(id);
      hosts.prune(nowMs);
    },
    stop: () => pump.stop(),
  };

  function laneOf(id: string): OwnLane<D> {
    const known = lanes.get(id);
    if (known) return known;
    const lane = {
      ...newLane(id, hosts.of(`?${id}`), clock.ms()),
      urgent: [],
      waiting: [],
      maxPerSecond: 1,
    };
    lanes.set(id, lane);
    return lane;
  }

  /** What was learnt here since outlives an older row. */
  function describe(lane: OwnLane<D>, facts: LaneFacts): OwnLane<D> {
    if (facts.version < lane.version) return lane;
    lane.version = facts.version;
    lane.party = facts.party;
    lane.host = hosts.of(facts.host);
    lane.maxPerSecond = facts.maxPerSecond;
    if (facts.isProven) prove(lane);
    if (lane.isProven && lane.rate.perSecond !== facts.maxPerSecond) lane.rate = rateOf(facts.maxPerSecond);
    return lane;
  }

  /** Nobody proves an endpoint of their own and then points it at a stranger at full speed. */
  function meet(lane: OwnLane<D>, target: string): void {
    if (lane.target !== target && lane.target !== '') {
      const { window, rate, isProven, isSlow } = newLane(lane.id, lane.host, lane.lastUsedMs);
      Object.assign(lane, { window, rate, isProven, isSlow });
    }
    lane.target = target;
  }

  async function start(lane: OwnLane<D>, delivery: D): Promise<() => void> {
    askForMore(lane);
    const startedAt = clock.ticks();
    const sign = await send(delivery);
    return () => {
      // What went to an address of before tells nothing of the one of now.
      if (sign && delivery.target === lane.target) learn(lane, sign, startedAt);
      askForMore(lane);
    };
  }

  function learn(lane: OwnLane<D>, sign: NonNullable<Sign>, startedAt: number): void {
    lane.isSlow = sign.timedOut;
    if (sign.succeeded) {
      prove(lane);
      lane.window = afterSuccess(lane.window, lane.inFlight + 1);
    } else if (sign.isOverload) lane.window = afterOverload(lane.window, startedAt, clock.ticks());
  }

  function askForMore(lane: OwnLane<D>): void {
    if (!lane.hasMore || waitingIn(lane) > roomOf(lane)) return;
    lane.hasMore = false;
    onLow(lane.id);
  }
}

const waitingIn = (lane: { urgent: readonly unknown[]; waiting: readonly unknown[] }): number =>
  lane.urgent.length + lane.waiting.length;

const roomOf = (lane: OwnLane<unknown>): number =>
  Math.max(0, mostWaiting({ isProven: lane.isProven, maxPerSecond: lane.rate.perSecond }) - waitingIn(lane));

/** What was reckoned at one a second is void, or an endpoint proven long ago stands still for a second. */
function prove(lane: OwnLane<unknown>): void {
  if (lane.isProven) return;
  Object.assign(lane, { isProven: true, arrivalMs: 0, rate: rateOf(lane.maxPerSecond) });
}

function removeFrom<D>(lane: OwnLane<D>, isGone: (delivery: D) => boolean): D[] {
  const gone = [...lane.urgent, ...lane.waiting].filter(isGone);
  if (gone.length === 0) return gone;
  const set = new Set(gone);
  lane.urgent = lane.urgent.filter((delivery) => !set.has(delivery));
  lane.waiting = lane.waiting.filter((delivery) => !set.has(delivery));
  return gone;
}
