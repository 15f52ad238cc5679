/** The sender in a thread of its own: deliveries come in batches, outcomes go back a turn at a time. */
import { parentPort } from 'node:worker_threads';
import { createSender } from './sender.ts';
import type { Endpoint, Handed, Outcome } from './sender.ts';

export type ToThread = { kind: 'add'; endpoint: Endpoint } | { kind: 'send'; handed: Handed[] };

const pending: { outcomes: Outcome[] } = { outcomes: [] };
const sender = createSender((outcome) => {
  pending.outcomes.push(outcome);
  if (pending.outcomes.length === 1) setImmediate(report);
});

parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'add') sender.add(message.endpoint);
  else sender.send(message.handed);
});

function report(): void {
  parentPort?.postMessage(pending.outcomes);
  pending.outcomes = [];
}
