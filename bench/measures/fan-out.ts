import type { EventTemplate } from '../load/plan.ts';
import type { Sink } from '../sink/client.ts';
import type { SinkCounts } from '../sink/plan.ts';
import { load } from '../target.ts';
import type { Target } from '../target.ts';
import { readCpuMs, readMemory } from '../usage.ts';

export type FanOutFigures = {
  eventsPerSecond: number;
  deliveriesPerSecond: number;
  /** The target's CPU for a delivery, its share of the publishing included. */
  micros: number;
  /** Highest resident memory so far, MiB. */
  memory: number;
};

const FIRST_WARM_UP = 60;

/** Subscribes so many endpoints, and delivers one event to each: an endpoint is slow until its first success. */
export async function subscribeAll(
  target: Target,
  sink: Sink,
  wish: { group: string; count: number; account?: string; first?: number },
): Promise<{ id: string; url: string }[]> {
  const made: { id: string; url: string }[] = [];
  for (let at = 0; at < wish.count; at += 1) {
    const url = sink.url(wish.group, (wish.first ?? 0) + at);
    const { id, secret } = await target.subscribe(url, wish.account);
    await sink.expectSecret(url, secret);
    made.push({ id, url });
  }
  return made;
}

export async function deliverOne(
  target: Target,
  sink: Sink,
  events: EventTemplate,
  count: number,
  prefix = '/',
): Promise<void> {
  await sink.reset();
  await load(target, { events, seconds: 5, maxPosts: 1, connections: 1 });
  const counts = await sink.settle(count, { quietMs: 5_000, wholeMs: 10_000 }, prefix);
  if (counts.taken !== count)
    throw new Error(`${target.name}: the first event reached ${counts.taken} of ${count} endpoints`);
}

/**
 * From the first post to the last delivery, for as many events as the target delivers in about `seconds`: a
 * target that accepts faster than it delivers is not thereby faster. Two growing warm-ups find that number.
 */
export async function measureFanOut(
  target: Target,
  sink: Sink,
  wish: { events: EventTemplate; fanOut: number; seconds: number },
): Promise<FanOutFigures> {
  let rate = (await deliverMany(target, sink, wish, FIRST_WARM_UP)).eventsPerSecond;
  rate = (await deliverMany(target, sink, wish, Math.ceil((rate * wish.seconds) / 3))).eventsPerSecond;
  const cpuBefore = await readCpuMs(target.pid, target.metricsUrl);
  const run = await deliverMany(target, sink, wish, Math.ceil(rate * wish.seconds));
  const cpuMs = (await readCpuMs(target.pid, target.metricsUrl)) - cpuBefore;
  return {
    eventsPerSecond: run.eventsPerSecond,
    deliveriesPerSecond: run.eventsPerSecond * wish.fanOut,
    micros: (cpuMs * 1000) / (run.events * wish.fanOut),
    memory: readMemory(target.pid).peak,
  };
}

async function deliverMany(
  target: Target,
  sink: Sink,
  wish: { events: EventTemplate; fanOut: number },
  maxPosts: number,
): Promise<{ events: number; eventsPerSecond: number }> {
  await sink.reset();
  const sent = await load(target, { events: wish.events, seconds: 30, maxPosts });
  const expected = sent.events * wish.fanOut;
  const counts = await sink.settle(expected, { quietMs: 4_000, wholeMs: 60_000 });
  checkComplete(target, counts, expected);
  const seconds = (counts.lastAtMicros - sent.startedAtMicros) / 1e6;
  return { events: sent.events, eventsPerSecond: sent.events / seconds };
}

/** A rate is only worth reporting when everything arrived, once, and signed. */
export function checkComplete(target: Target, counts: SinkCounts, expected: number): void {
  if (counts.distinct !== expected)
    throw new Error(`${target.name}: ${counts.distinct} of ${expected} deliveries arrived`);
  if (counts.signatures.wrong > 0)
    throw new Error(`${target.name}: ${counts.signatures.wrong} signatures were wrong`);
}
