import type { EventTemplate } from '../load/plan.ts';
import type { Sink } from '../sink/client.ts';
import { load } from '../target.ts';
import type { Target } from '../target.ts';
import { deliverOne, subscribeAll } from './fan-out.ts';

export type LanesFigures = {
  /** Deliveries a second to the seven, all well · with the eighth hanging and fifty failing. */
  healthyBefore: number;
  healthyDuring: number;
  /** p95 in milliseconds at the seven, at a quarter of the full rate. */
  p95Before: number;
  p95During: number;
};

const HEALTHY = 7;
const FAILING = 50;
const ENDPOINTS = 'lane';
const HEALTHY_PREFIX = '/lane/';
// One event in fifty is for the account of the fifty that fail: as many failing deliveries as one more endpoint.
const FAILING_EVERY = 50;

/**
 * Eight endpoints of one account get every event; the eighth (`/stuck/0`) then hangs, while fifty of another
 * account answer 500. What the seven receive is compared, at full load and at a fixed rate.
 */
export async function measureLanes(
  target: Target,
  sink: Sink,
  wish: { template: (account: string) => EventTemplate; eventsPerSecond: number; seconds: number },
): Promise<LanesFigures> {
  const [account, otherAccount] = target.accounts;
  if (account === undefined || otherAccount === undefined) throw new Error('two accounts are needed');
  const [events, othersEvents] = [wish.template(account), wish.template(otherAccount)];
  await subscribeAll(target, sink, { group: ENDPOINTS, count: HEALTHY, account });
  await subscribeAll(target, sink, { group: 'stuck', count: 1, account, first: HEALTHY });
  await subscribeAll(target, sink, {
    group: 'failing',
    count: FAILING,
    account: otherAccount,
    first: HEALTHY + 1,
  });
  await deliverOne(target, sink, events, HEALTHY + 1);
  await deliverOne(target, sink, othersEvents, FAILING);

  const alternate = { events: othersEvents, every: FAILING_EVERY };
  const maxPosts = Math.ceil(wish.eventsPerSecond * wish.seconds);
  const atFullLoad = { events, alternate, maxPosts, seconds: wish.seconds * 3 };
  const atFixedRate = { events, alternate, postsPerSecond: wish.eventsPerSecond / 4, seconds: wish.seconds };

  await healthyRate(target, sink, { ...atFullLoad, maxPosts: Math.ceil(maxPosts / 3) });
  const healthyBefore = await healthyRate(target, sink, atFullLoad);
  const p95Before = await healthyP95(target, sink, atFixedRate);
  await sink.setMode('/stuck/', 'hang');
  await sink.setMode('/failing/', 'fail');
  const p95During = await healthyP95(target, sink, atFixedRate);
  const healthyDuring = await healthyRate(target, sink, atFullLoad);
  await sink.setMode('/stuck/', 'ok');
  await sink.setMode('/failing/', 'ok');
  return { healthyBefore, healthyDuring, p95Before, p95During };
}

type Wish = Parameters<typeof load>[1];

async function healthyRate(target: Target, sink: Sink, wish: Wish): Promise<number> {
  const { startedAtMicros, counts } = await run(target, sink, wish);
  return counts.taken / ((counts.lastAtMicros - startedAtMicros) / 1e6);
}

async function healthyP95(target: Target, sink: Sink, wish: Wish): Promise<number> {
  return (await run(target, sink, wish)).counts.latency.p95;
}

async function run(target: Target, sink: Sink, wish: Wish) {
  await sink.reset();
  const sent = await load(target, wish);
  const forHealthy = sent.events - Math.floor(sent.events / FAILING_EVERY);
  const limits = { quietMs: 3_000, wholeMs: wish.seconds * 5_000 };
  const counts = await sink.settle(forHealthy * HEALTHY, limits, HEALTHY_PREFIX);
  // Whatever is still on its way must not be counted in the next run.
  await sink.settle(Number.POSITIVE_INFINITY, { quietMs: 500, wholeMs: 5_000 });
  return { startedAtMicros: sent.startedAtMicros, counts };
}
