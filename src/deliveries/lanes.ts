import type { Ports } from '#src/context';
import type { Candidate, LeasedDelivery } from '#src/ports';
import { createHosts } from './hosts.ts';
import { describeLane, type Lane, newLane, waitingIn } from './lane.ts';

/** All lanes of this process. */
export type Lanes = {
  of(subscriptionId: string): Lane;
  known(subscriptionId: string): Lane | undefined;
  describe(lane: Lane, candidate: Candidate): void;
  /** What waits in memory with a lease that ends before `untilMs`. */
  ageing(untilMs: number): LeasedDelivery[];
  /** Takes these out of their lanes; answers how many were in one. */
  drop(lost: ReadonlySet<LeasedDelivery>): number;
  /** Takes everything that waits out of all lanes. */
  empty(): LeasedDelivery[];
  /** Forgets lanes and hosts that have had nothing to do for a while. */
  prune(nowMs: number): void;
  all(): Iterable<Lane>;
};

const idleMs = 10 * 60_000;

export function createLanes({ clock, settings }: Pick<Ports, 'clock' | 'settings'>): Lanes {
  const lanes = new Map<string, Lane>();
  const hosts = createHosts(settings);
  return {
    of: (id) => {
      const known = lanes.get(id);
      if (known) return known;
      const lane = newLane(id, hosts.of(`?${id}`), clock.ms());
      lanes.set(id, lane);
      return lane;
    },
    known: (id) => lanes.get(id),
    describe: (lane, candidate) => describeLane(lane, candidate, hosts.of(candidate.subscription.host)),
    ageing: (untilMs) =>
      [...lanes.values()].flatMap((lane) =>
        [...lane.urgent, ...lane.waiting].filter((delivery) => delivery.untilMs < untilMs),
      ),
    drop: (lost) => {
      let count = 0;
      for (const lane of lost.size > 0 ? lanes.values() : []) {
        const before = waitingIn(lane);
        lane.urgent = lane.urgent.filter((delivery) => !lost.has(delivery));
        lane.waiting = lane.waiting.filter((delivery) => !lost.has(delivery));
        count += before - waitingIn(lane);
      }
      return count;
    },
    empty: () => [...lanes.values()].flatMap((lane) => [...lane.urgent.splice(0), ...lane.waiting.splice(0)]),
    prune: (nowMs) => {
      for (const [id, lane] of lanes) {
        const isIdle = lane.inFlight === 0 && waitingIn(lane) === 0 && !lane.isAsleep && !lane.hasMore;
        if (isIdle && lane.lastUsedMs < nowMs - idleMs) lanes.delete(id);
      }
      hosts.prune(nowMs);
    },
    all: () => lanes.values(),
  };
}
