import { sleep } from '../clock.ts';
import { withHub } from '../hub.ts';
import { measureBacklog } from '../measures/backlog.ts';
import { deliverOne, measureFanOut, subscribeAll } from '../measures/fan-out.ts';
import { measureLanes } from '../measures/lanes.ts';
import { measureLatency } from '../measures/latency.ts';
import { measurePublish } from '../measures/publish.ts';
import type { Target } from '../target.ts';
import { bookingTemplate } from '../template.ts';
import { readMemory } from '../usage.ts';
import type { Bench } from './bench.ts';

/** Long enough for a hub that has just started to finish what it does at a start. */
const IDLE_MS = 1_000;

export async function measureHubPublish(bench: Bench): Promise<void> {
  await withFreshHub(bench, async (hub) => {
    await sleep(IDLE_MS);
    bench.figures.note({ 'hub.start': hub.startMs, 'hub.memory.idle': readMemory(hub.pids[0]).now });
    const found = await measurePublish(hub, eventsOf(hub), bench.options.seconds);
    bench.figures.note({
      'hub.single': found.single,
      'hub.fifty': found.fifty,
      'hub.publish.micros': found.micros,
    });
  });
}

/** Fan-out 1 and, in the same hub, the latencies at shares of the rate that it has just shown. */
export async function measureHubFanOut1(bench: Bench): Promise<void> {
  const { figures, options, sink } = bench;
  await withFreshHub(bench, async (hub) => {
    const events = eventsOf(hub);
    await subscribeOwn(hub, bench, 1);
    const found = await measureFanOut(hub, sink, { events, fanOut: 1, seconds: options.seconds });
    figures.note({ 'hub.fan1': found.eventsPerSecond, 'hub.fan1.micros': found.micros });
    if (!options.sections.includes('latency')) return;
    const at = async (name: string, eventsPerSecond: number): Promise<void> => {
      const { sent, accepted } = await measureLatency(hub, sink, {
        events,
        fanOut: 1,
        eventsPerSecond,
        seconds: options.seconds * 1.3,
      });
      figures.note({
        [`hub.${name}.p50`]: accepted.p50,
        [`hub.${name}.p99`]: accepted.p99,
        [`hub.${name}.sent.p50`]: sent.p50,
        [`hub.${name}.sent.p99`]: sent.p99,
      });
    };
    await at('at200', 200);
    await at('third', found.eventsPerSecond / 3);
    await at('forty', found.eventsPerSecond * 0.4);
  });
}

export async function measureHubFanOut10(bench: Bench): Promise<void> {
  const { figures, options, sink } = bench;
  await withFreshHub(bench, async (hub) => {
    const events = eventsOf(hub);
    const subscriptions = await subscribeOwn(hub, bench, 10);
    const found = await measureFanOut(hub, sink, { events, fanOut: 10, seconds: options.seconds });
    figures.note({
      'hub.fan10': found.deliveriesPerSecond,
      'hub.fan10.micros': found.micros,
      'hub.memory.full': found.memory,
    });
    if (!options.sections.includes('backlog')) return;
    figures.note({
      'hub.backlog': await measureBacklog(hub, sink, { events, subscriptions, deliveries: options.backlog }),
    });
  });
}

export async function measureHubLanes(bench: Bench): Promise<void> {
  const { figures, options, sink } = bench;
  // Eight deliveries an event: the rate that fan-out 10 has shown tells how many events that is.
  const deliveriesPerSecond = figures.median('hub.fan10') ?? 8_000;
  await withFreshHub(bench, async (hub) => {
    const found = await measureLanes(hub, sink, {
      template: (account) => bookingTemplate([account]),
      eventsPerSecond: deliveriesPerSecond / 8,
      seconds: options.seconds,
    });
    figures.note({
      'lanes.healthyBefore': found.healthyBefore,
      'lanes.healthyDuring': found.healthyDuring,
      'lanes.p95Before': found.p95Before,
      'lanes.p95During': found.p95During,
    });
  });
}

async function subscribeOwn(hub: Target, { sink }: Bench, count: number): Promise<{ id: string }[]> {
  const made = await subscribeAll(hub, sink, { group: 'e', count });
  await deliverOne(hub, sink, eventsOf(hub), count);
  return made;
}

function eventsOf(hub: Target): string[] {
  return bookingTemplate(hub.accounts.slice(0, 1));
}

async function withFreshHub(bench: Bench, use: (hub: Target) => Promise<void>): Promise<void> {
  if (bench.home === undefined) throw new Error('there is no hub');
  await withHub(bench.home, bench.directory(), use);
}
