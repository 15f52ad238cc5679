import type { Queue } from '#src/ports';

/** Who is woken. In one process the sender stands right behind the queue. */
export type Consumer = Omit<Queue, 'wake'> & {
  wakeDeliveries(ids?: readonly string[]): void;
  wakeTasks(): void;
};

/** Nothing to send with until a consumer is bound (a process of the role `api` alone): then all is left to the store. */
export function createEmbeddedQueue(): { queue: Queue; bind(consumer: Consumer): void; unbind(): void } {
  const bound: { consumer: Consumer | null } = { consumer: null };
  return {
    queue: {
      reserve: (candidate) => bound.consumer?.reserve(candidate) ?? null,
      release: (subscriptionId, count) => bound.consumer?.release(subscriptionId, count),
      hand: (deliveries) => bound.consumer?.hand(deliveries),
      wake: (topic, ids) =>
        topic === 'tasks' ? bound.consumer?.wakeTasks() : bound.consumer?.wakeDeliveries(ids),
    },
    bind: (consumer) => {
      bound.consumer = consumer;
    },
    unbind: () => {
      bound.consumer = null;
    },
  };
}
