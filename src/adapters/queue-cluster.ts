import type { Clock, Log, Meter, Queue, Store } from '#src/ports';
import type { Carrier, Wake } from './cluster/carrier.ts';
import type { Members } from './cluster/members.ts';
import { createOutbox } from './cluster/outbox.ts';
import type { Owners } from './cluster/owners.ts';
import type { Consumer } from './queue-embedded.ts';

export type ClusterQueue = {
  queue: Queue;
  /** A delivery of this lane is due again at this time. */
  noteDue(lane: string, atMs: number): void;
  bind(consumer: Consumer): Promise<void>;
  unbind(): Promise<void>;
  /** Wakes that have not left yet. */
  waiting(): number;
  close(): Promise<void>;
};

type Needs = {
  members: Members;
  owners: Owners;
  carrier: Carrier;
  store: Store;
  clock: Clock;
  meter: Meter;
  log: Log;
};

const lanesPerLook = 500;
/** Two heartbeats: each process reads the members at every one. */
const seenByAllMs = 2_000;
/** How often a worker looks for itself while nobody can wake it. */
const lookEveryMs = 1_000;

/**
 * The queue of a cluster. Lanes that this process owns are handed over in memory, as in one process; deliveries of all
 * others are written as pending, and their owner is woken.
 */
export function createClusterQueue({
  members,
  owners,
  carrier,
  store,
  clock,
  meter,
  log,
}: Needs): ClusterQueue {
  const state = {
    consumer: null as Consumer | null,
    slot: null as number | null,
    again: undefined as NodeJS.Timeout | undefined,
  };
  const outbox = createOutbox({
    owners,
    carrier,
    meter,
    log,
    tellSelf: (slot, wake) => {
      if (!state.consumer || slot !== members.slot()) return false;
      tell(wake);
      return true;
    },
  });
  const take = (wake: Wake): void => {
    meter.count('wakes_taken', { topic: wake.topic });
    tell(wake);
  };
  members.onChange(() => {
    meter.gauge('workers', members.live().length);
    if (!state.consumer) return;
    lookTwice();
    void takeOwn();
  });
  meter.gauge('workers', members.live().length);
  const looking = setInterval(() => {
    if (carrier.isUp()) return;
    state.consumer?.wakeDeliveries();
    state.consumer?.wakeTasks();
  }, lookEveryMs).unref();

  return {
    queue: {
      reserve: (candidate) => {
        const { id, host } = candidate.subscription;
        owners.learn(id, host);
        return state.consumer && owners.isMine(host) ? state.consumer.reserve(candidate) : null;
      },
      release: (lane, count) => state.consumer?.release(lane, count),
      hand: (deliveries) => state.consumer?.hand(deliveries),
      wake: (topic, ids) => {
        if (topic === 'tasks') return wakeTasks();
        if (!ids) return state.consumer?.wakeDeliveries();
        const mine = state.consumer ? ids.filter((id) => owners.isMyLane(id) === true) : [];
        if (mine.length > 0) state.consumer?.wakeDeliveries(mine);
        outbox.add(mine.length > 0 ? ids.filter((id) => owners.isMyLane(id) !== true) : ids);
      },
    },
    noteDue: (lane, atMs) => outbox.addLater(lane, atMs),
    bind: async (consumer) => {
      state.consumer = consumer;
      await members.join();
      await takeOwn();
      lookTwice();
    },
    unbind: async () => {
      state.consumer = null;
      clearTimeout(state.again);
      // Where the store does not take it, others see it when the heartbeats end.
      await members.leave().catch((error: unknown) => log.error('worker.leave', error));
    },
    waiting: () => outbox.size(),
    close: async () => {
      clearInterval(looking);
      await outbox.close();
      await carrier.close();
      await members.close();
    },
  };

  function tell(wake: Wake): void {
    if (wake.topic === 'tasks') state.consumer?.wakeTasks();
    else if (wake.topic === 'deliveries') state.consumer?.wakeDeliveries(wake.lanes);
    else void wakeDue().catch((error: unknown) => log.error('sweep.fault', error));
  }

  /** One look over everything, for all workers: each lane's owner is woken. */
  async function wakeDue(): Promise<void> {
    for (let after: string | undefined = ''; after !== undefined;) {
      const lanes = await store.dueLanes(clock.ms(), after, lanesPerLook);
      outbox.add(lanes);
      after = lanes.length === lanesPerLook ? lanes.at(-1) : undefined;
    }
  }

  /** Whoever is free takes a task: all are told, since one may be busy with a long one. */
  function wakeTasks(): void {
    state.consumer?.wakeTasks();
    outbox.addTasks(members.live().filter((slot) => slot !== members.slot()));
  }

  /**
   * What a dead worker had is ours now, or somebody's. Once more when everybody has seen the change: who had not has
   * woken the owner of before, or nobody.
   */
  function lookTwice(): void {
    state.consumer?.wakeDeliveries();
    clearTimeout(state.again);
    state.again = setTimeout(() => state.consumer?.wakeDeliveries(), seenByAllMs);
  }

  async function takeOwn(): Promise<void> {
    const slot = members.slot();
    if (slot === null || slot === state.slot) return;
    state.slot = slot;
    await carrier.take(slot, take).catch((error: unknown) => log.error('queue.take', error, { slot }));
  }
}
