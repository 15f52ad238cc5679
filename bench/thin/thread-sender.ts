import { Worker } from 'node:worker_threads';
import type { Outcome, Sender } from './sender.ts';
import type { ToThread } from './thread.ts';

/** Same as `createSender`, with the signing and sending in a worker thread. */
export function createThreadSender(finished: (outcome: Outcome) => void): Sender {
  const worker = new Worker(new URL('./thread.ts', import.meta.url));
  worker.on('message', (outcomes: Outcome[]) => {
    for (const outcome of outcomes) finished(outcome);
  });
  const tell = (message: ToThread): void => {
    worker.postMessage(message);
  };
  return {
    add: (endpoint) => {
      tell({ kind: 'add', endpoint });
    },
    send: (handed) => {
      if (handed.length > 0) tell({ kind: 'send', handed });
    },
  };
}
