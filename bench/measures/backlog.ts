import { nowMicros } from '../clock.ts';
import type { EventTemplate } from '../load/plan.ts';
import type { Sink } from '../sink/client.ts';
import { load } from '../target.ts';
import type { Target } from '../target.ts';
import { checkComplete } from './fan-out.ts';

/**
 * Pauses the subscriptions, publishes until so many deliveries are held, resumes, and gives the deliveries a
 * second from the first resumption to the last arrival.
 */
export async function measureBacklog(
  target: Target,
  sink: Sink,
  wish: { events: EventTemplate; subscriptions: { id: string }[]; deliveries: number },
): Promise<number> {
  const { events, subscriptions } = wish;
  for (const { id } of subscriptions) await target.pause(id);
  await sink.reset();
  const maxPosts = Math.ceil(wish.deliveries / subscriptions.length / 50);
  const sent = await load(target, { events, seconds: 60, maxPosts, eventsPerPost: 50, connections: 16 });
  const startedAt = nowMicros();
  for (const { id } of subscriptions) await target.resume(id);
  const expected = sent.events * subscriptions.length;
  const counts = await sink.settle(expected, { quietMs: 5_000, wholeMs: 120_000 });
  checkComplete(target, counts, expected);
  return counts.taken / ((counts.lastAtMicros - startedAt) / 1e6);
}
