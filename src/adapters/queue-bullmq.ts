import { Queue, Worker } from 'bullmq';
import type { Log } from '#src/ports';
import type { Carrier, Wake } from './cluster/carrier.ts';
import type { RedisPlace } from './host-node/redis-place.ts';
import { createRedisClient, isReady, type RedisClient } from './redis-client.ts';

export type BullmqOptions = {
  /** For adding: connected, and one whose commands fail at once while Redis is away, for a caller waits. */
  client: RedisClient;
  /** Where the connections that take jobs lead. */
  place: RedisPlace;
  log: Log;
};

/** One hash tag for all keys: BullMQ's scripts take several at once, which on a Redis Cluster must lie in one slot. */
const prefix = '{patchbay}';
const sweeps = 'sweeps';
/** One look over everything for the whole cluster; each worker's own, slower one goes on when Redis is gone. */
const sweepEveryMs = 2_000;
const kept = { removeOnComplete: true, removeOnFail: true };

/** Wakes as jobs, one queue a worker slot. A job only says where to look, so none is worth keeping or trying again. */
export function openBullmqCarrier({ client, place, log }: BullmqOptions): Carrier {
  const queues = new Map<string, Queue<Wake>>();
  const state = { taking: null as Taking | null, leave: (): void => {} };

  const queueOf = (name: string): Queue<Wake> => {
    const known = queues.get(name);
    if (known) return known;
    const queue = new Queue<Wake>(name, { connection: client, prefix, streams: { events: { maxLen: 100 } } });
    queue.on('error', () => undefined); // The client tells of each outage once.
    queues.set(name, queue);
    return queue;
  };
  const add = async (slot: number, wake: Wake, delayMs: number): Promise<void> => {
    const name = nameOf(slot);
    try {
      await queueOf(name).add(wake.topic, wake, { ...kept, ...onceOf(wake, delayMs) });
    } catch (error) {
      // A queue whose first connection failed stays failed.
      if (!isReady(client)) queues.delete(name);
      throw error;
    }
  };
  const scheduleSweeps = async (): Promise<void> => {
    const template = { name: 'sweep', data: { topic: 'sweep' as const }, opts: kept };
    try {
      await queueOf(sweeps).upsertJobScheduler('sweep', { every: sweepEveryMs }, template);
    } catch (error) {
      log.warn('sweeps.schedule', { why: error instanceof Error ? error.message : String(error) });
    }
  };

  return {
    send: (slot, wake) => add(slot, wake, 0),
    sendLater: (slot, wake, atMs) => add(slot, wake, Math.max(0, atMs - Date.now())),
    take: async (slot, tell) => {
      await letGo();
      const names = [nameOf(slot), sweeps];
      state.taking = openTaking(names, place, tell, log);
      const back = () => {
        // Workers whose first connection failed stay failed; and a Redis that was restarted empty has no schedule.
        if (state.taking?.hasFailed()) state.taking = openTaking(names, place, tell, log);
        void scheduleSweeps();
      };
      client.on('ready', back);
      state.leave = () => client.off('ready', back);
      await scheduleSweeps();
    },
    isUp: () => isReady(client),
    depth: async (slots) => {
      if (!isReady(client)) return {};
      const counts = await Promise.all(
        slots.map((slot) => queueOf(nameOf(slot)).getJobCounts('waiting', 'active', 'delayed')),
      ).catch(() => []);
      const sum: Record<string, number> = { waiting: 0, active: 0, delayed: 0 };
      for (const count of counts)
        for (const [name, n] of Object.entries(count)) sum[name] = (sum[name] ?? 0) + n;
      return sum;
    },
    close: async () => {
      await letGo();
      await Promise.all([...queues.values()].map((queue) => queue.close().catch(() => undefined)));
    },
  };

  async function letGo(): Promise<void> {
    state.leave();
    const { taking } = state;
    state.taking = null;
    await taking?.close();
  }
}

type Taking = { hasFailed(): boolean; close(): Promise<void> };

/** Takes the jobs of these queues, on connections of its own: one that waits for a job can do nothing else. */
function openTaking(names: string[], place: RedisPlace, tell: (wake: Wake) => void, log: Log): Taking {
  const connection = createRedisClient(place, { isBounded: false }, log);
  const state = { hasFailed: false };
  const workers = names.map((name) => {
    const take = async ({ data }: { data: Wake }): Promise<void> => tell(data);
    const worker = new Worker<Wake>(name, take, { connection, prefix, runRetryDelay: 1_000 });
    worker.on('error', () => undefined); // The client tells of each outage once.
    worker.waitUntilReady().catch(() => {
      state.hasFailed = true;
    });
    return worker;
  });
  return {
    hasFailed: () => state.hasFailed,
    close: async () => {
      // A job under way only says where to look: nothing is lost with it.
      await Promise.all(workers.map((worker) => worker.close(true).catch(() => undefined)));
      connection.disconnect();
    },
  };
}

const nameOf = (slot: number): string => `wakes-${slot}`;

/**
 * A lane that waits to be woken need not be woken twice. `keepLastIfActive`: without it a wake is lost that comes while
 * the job of the one before is being done.
 */
function onceOf(wake: Wake, delayMs: number) {
  if (delayMs > 0) return { delay: delayMs };
  const id = wake.topic === 'deliveries' ? onlyOf(wake.lanes) : wake.topic;
  return id === undefined ? {} : { deduplication: { id, keepLastIfActive: true } };
}

const onlyOf = (lanes: string[]): string | undefined => (lanes.length === 1 ? lanes[0] : undefined);
