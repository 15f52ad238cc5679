import type { Sink } from '../sink/client.ts';
import { load } from '../target.ts';
import type { Target } from '../target.ts';
import { bookingTemplate } from '../template.ts';
import { deliverOne, subscribeAll } from './fan-out.ts';

export type HangingFigures = { before: number; during: number; isHanging: number };

const HEALTHY = 10;
const EVENTS_FOR_THE_HANGING = 5;

/** Ten healthy endpoints of one account at full load: alone, and while so many of another account never answer. */
export async function measureHanging(
  target: Target,
  sink: Sink,
  wish: { count: number; eventsPerSecond: number; seconds: number },
): Promise<HangingFigures> {
  const [account, other] = target.accounts;
  if (account === undefined || other === undefined) throw new Error('two accounts are needed');
  await subscribeAll(target, sink, { group: 'well', count: HEALTHY, account });
  await deliverOne(target, sink, bookingTemplate([account]), HEALTHY);
  await subscribeAll(target, sink, { group: 'hang', count: wish.count, account: other, first: HEALTHY });

  const events = bookingTemplate([account]);
  const before = await rate();
  await sink.setMode('/hang/', 'hang');
  await sink.reset();
  const otherEvents = bookingTemplate([other]);
  await load(target, { events: otherEvents, seconds: 20, maxPosts: EVENTS_FOR_THE_HANGING, connections: 1 });
  const held = await sink.settle(Number.POSITIVE_INFINITY, { quietMs: 2_000, wholeMs: 4_000 }, '/hang/');
  const during = await rate();
  await sink.setMode('/hang/', 'ok');
  return { before, during, isHanging: held.received };

  async function rate(): Promise<number> {
    await sink.reset();
    const maxPosts = Math.ceil(wish.eventsPerSecond * wish.seconds);
    const sent = await load(target, { events, maxPosts, seconds: wish.seconds * 3 });
    const limits = { quietMs: 3_000, wholeMs: wish.seconds * 6_000 };
    const counts = await sink.settle(sent.events * HEALTHY, limits, '/well/');
    return counts.taken / ((counts.lastAtMicros - sent.startedAtMicros) / 1e6);
  }
}
