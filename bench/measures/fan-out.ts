import type { EventTemplate } from '../load/plan.ts';
import type { Sink } from '../sink/client.ts';
import type { SinkCounts } from '../sink/plan.ts';
import { load } from '../target.ts';
import type { Target } from '../target.ts';
import { readCpuMs, readMemory } from '../usage.ts';

export type FanOutFigures = {
  eventsPerSecond: number;
  deliveriesPerSecond: number;
  /** Of all its runs, for what is counted over all of them. */
  deliveriesInAll: number;
  /** The target's CPU for a delivery, its share of the publishing included. */
  micros: number;
  /** Highest resident memory so far, MiB. */
  memory: number;
};

// A run begins with so few events and grows until it lasts: that is the warm-up too. A first run may last
// because something stood still once (an endpoint that is new, code not compiled yet), so two never count.
const FIRST_EVENTS = 100;
const LONG_ENOUGH = 0.7;
const [LEAST_RUNS, MOST_RUNS] = [3, 8];
// A process that sends takes three times the CPU for its first thousand deliveries and is steady after some twenty
// thousand; of several each has to come so far, or a second worker seems to cost what its compiler does.
const WARM = 20_000;

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
  const counts = await sink.settle(count, { quietMs: 10_000, wholeMs: 30_000 }, prefix);
  if (counts.taken !== count)
    throw new Error(`${target.name}: the first event reached ${counts.taken} of ${count} endpoints`);
}

/**
 * From the first post to the last delivery, for as many events as the target delivers in about `seconds`: a
 * target that accepts faster than it delivers is not thereby faster. The last of the growing runs counts.
 */
export async function measureFanOut(
  target: Target,
  sink: Sink,
  wish: { events: EventTemplate; fanOut: number; seconds: number; firstEvents?: number; senders?: number },
): Promise<FanOutFigures> {
  let posts = wish.firstEvents ?? FIRST_EVENTS;
  let deliveriesInAll = 0;
  for (let run = 1; ; run += 1) {
    const cpuBefore = await readCpuMs(target.pids, target.metricsUrl);
    const found = await deliverMany(target, sink, wish, posts);
    const cpuMs = (await readCpuMs(target.pids, target.metricsUrl)) - cpuBefore;
    const isWarm = deliveriesInAll >= WARM * (wish.senders ?? 1);
    deliveriesInAll += found.events * wish.fanOut;
    const isLong = found.seconds >= wish.seconds * LONG_ENOUGH;
    if (run < LEAST_RUNS || (!(isLong && isWarm) && run < MOST_RUNS)) {
      posts = Math.ceil(posts * Math.min(8, Math.max(isLong ? 1 : 1.5, wish.seconds / found.seconds)));
      continue;
    }
    const eventsPerSecond = found.events / found.seconds;
    return {
      eventsPerSecond,
      deliveriesPerSecond: eventsPerSecond * wish.fanOut,
      deliveriesInAll,
      micros: (cpuMs * 1000) / (found.events * wish.fanOut),
      memory: readMemory(target.pids[0]).peak,
    };
  }
}

async function deliverMany(
  target: Target,
  sink: Sink,
  wish: { events: EventTemplate; fanOut: number },
  maxPosts: number,
): Promise<{ events: number; seconds: number }> {
  await sink.reset();
  const sent = await load(target, { events: wish.events, seconds: 30, maxPosts });
  const expected = sent.events * wish.fanOut;
  const counts = await sink.settle(expected, { quietMs: 4_000, wholeMs: 60_000 });
  checkComplete(target, counts, expected);
  return { events: sent.events, seconds: (counts.lastAtMicros - sent.startedAtMicros) / 1e6 };
}

/** A rate is only worth reporting when everything arrived, once, and signed. */
export function checkComplete(target: Target, counts: SinkCounts, expected: number): void {
  if (counts.distinct !== expected)
    throw new Error(`${target.name}: ${counts.distinct} of ${expected} deliveries arrived`);
  if (counts.signatures.wrong > 0)
    throw new Error(`${target.name}: ${counts.signatures.wrong} signatures were wrong`);
}
