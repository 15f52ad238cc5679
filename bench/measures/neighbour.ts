import type { Sink } from '../sink/client.ts';
import { load } from '../target.ts';
import type { Target } from '../target.ts';
import { bookingTemplate } from '../template.ts';
import { deliverOne, subscribeAll } from './fan-out.ts';

export type NeighbourFigures = { p95Alone: number; p95Beside: number; arrived: number };

const QUIET_PER_SECOND = 20;
const TIMES = 50;
const WARM_UP_MS = 500;

/** One account's deliveries at a steady rate: p95 alone, and beside an account that publishes fifty times as much. */
export async function measureNeighbour(
  target: Target,
  sink: Sink,
  seconds: number,
): Promise<NeighbourFigures> {
  const [quiet, noisy] = target.accounts;
  if (quiet === undefined || noisy === undefined) throw new Error('two accounts are needed');
  await subscribeAll(target, sink, { group: 'quiet', count: 1, account: quiet });
  await subscribeAll(target, sink, { group: 'noisy', count: 1, account: noisy, first: 1 });
  await deliverOne(target, sink, bookingTemplate([quiet]), 1);
  await deliverOne(target, sink, bookingTemplate([noisy]), 1);

  const quietly = { events: bookingTemplate([quiet]), seconds, postsPerSecond: QUIET_PER_SECOND };
  await sink.reset();
  const alone = await load(target, quietly);
  const { latency } = await settleQuiet(alone.events);

  await sink.reset();
  const flood = load(target, {
    events: bookingTemplate([noisy]),
    seconds: seconds + (2 * WARM_UP_MS) / 1_000,
    // Ten events a post: a publisher of so many sends batches.
    eventsPerPost: 10,
    postsPerSecond: (QUIET_PER_SECOND * TIMES) / 10,
  });
  await new Promise((resolve) => {
    setTimeout(resolve, WARM_UP_MS);
  });
  const beside = await load(target, quietly);
  const counts = await settleQuiet(beside.events);
  await flood;
  return {
    p95Alone: latency.p95,
    p95Beside: counts.latency.p95,
    arrived: counts.taken / beside.events,
  };

  function settleQuiet(count: number) {
    return sink.settle(count, { quietMs: 3_000, wholeMs: 20_000 }, '/quiet/');
  }
}
