import { createEmbeddedQueue } from '../../src/adapters/queue-embedded.ts';
import type { Candidate } from '#src/ports';
import { queueContract } from './queue.ts';

queueContract('one process', async () => {
  const { queue, bind, unbind } = createEmbeddedQueue();
  const made = { count: 0 };
  return {
    sending: queue,
    publishing: queue,
    bind: async (consumer) => bind(consumer),
    unbind: async () => unbind(),
    lanes: async (count) =>
      Array.from({ length: count }, () => {
        made.count += 1;
        return { subscription: { id: `sub_${made.count}`, host: 'example.com' } } as Candidate;
      }),
    close: async () => undefined,
  };
});
