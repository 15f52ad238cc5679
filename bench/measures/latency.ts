import { createHistogram, recordMicros, summarise } from '../histogram.ts';
import type { Latency } from '../histogram.ts';
import type { EventTemplate } from '../load/plan.ts';
import type { Sink } from '../sink/client.ts';
import { load } from '../target.ts';
import type { Target } from '../target.ts';

export type LatencyFigures = {
  /** From the moment an event was due to be posted until its first delivery is whole in the sink's hands. */
  sent: Latency;
  /** From the publisher's 202 to the same; 0 where the delivery was there first. */
  accepted: Latency;
};

/** At a fixed rate, which does not wait for answers. The generator and the sink read one clock. */
export async function measureLatency(
  target: Target,
  sink: Sink,
  wish: { events: EventTemplate; fanOut: number; eventsPerSecond: number; seconds: number },
): Promise<LatencyFigures> {
  await sink.reset({ keepsArrivals: true });
  const { events, seconds, eventsPerSecond: postsPerSecond } = wish;
  const result = await load(target, { events, seconds, postsPerSecond, tellsAnswers: true });
  const counts = await sink.settle(result.events * wish.fanOut, { quietMs: 3_000, wholeMs: 20_000 });
  const arrivals = await sink.arrivals();
  const accepted = createHistogram();
  for (const [stamp, answeredAt] of Object.entries(result.answeredAtMicros ?? {})) {
    const arrivedAt = arrivals[stamp];
    if (arrivedAt !== undefined) recordMicros(accepted, arrivedAt - answeredAt);
  }
  return { sent: counts.latency, accepted: summarise(accepted) };
}
