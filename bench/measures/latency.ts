import type { Latency } from '../histogram.ts';
import type { EventTemplate } from '../load/plan.ts';
import type { Sink } from '../sink/client.ts';
import { load } from '../target.ts';
import type { Target } from '../target.ts';

/**
 * From the moment an event was due to be posted until its delivery is whole in the sink's hands, at a fixed rate.
 * It holds the way of the post as well, and so is never better than "accepted to received".
 */
export async function measureLatency(
  target: Target,
  sink: Sink,
  wish: { events: EventTemplate; fanOut: number; eventsPerSecond: number; seconds: number },
): Promise<Latency> {
  await sink.reset();
  const { events, seconds } = wish;
  const sent = await load(target, { events, seconds, postsPerSecond: wish.eventsPerSecond });
  const counts = await sink.settle(sent.events * wish.fanOut, { quietMs: 3_000, wholeMs: 20_000 });
  return counts.latency;
}
