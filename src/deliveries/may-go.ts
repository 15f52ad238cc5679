import { roomIn } from './aimd.ts';
import type { Host, Lane } from './lane.ts';
import { readyAtMs } from './rate.ts';

/** Kept for critical events when all else is busy. */
const criticalReserve = 0.2;
/** Endpoints that time out may hold at most this share of the slots together. */
const slowShare = 0.5;
/** No rate makes a lane wait this long, so the clock was set back: begin afresh. */
const clockStepMs = 5_000;

export type Load = { inFlight: number; slowInFlight: number; maxInFlight: number; hostMaxInFlight: number };

/**
 * Whether a lane's next delivery may start. `window` and `slots` end when an attempt ends, `host` when the destination
 * has room; a number is how many milliseconds to wait. Waiting spends no retry.
 */
export function mayGo(
  lane: Omit<Lane, 'urgent' | 'waiting'> & { urgent: readonly unknown[] },
  load: Load,
  nowMs: number,
): 'go' | 'window' | 'slots' | 'host' | number {
  if (roomIn(lane.window, lane.inFlight) === 0 || (!lane.isProven && lane.inFlight > 0)) return 'window';
  const share = lane.urgent.length > 0 ? 1 : 1 - criticalReserve;
  if (load.inFlight >= load.maxInFlight * share) return 'slots';
  if (lane.isSlow && load.slowInFlight >= load.maxInFlight * slowShare) return 'slots';
  const waitMs = untilReady(lane, nowMs);
  if (waitMs > 0) return waitMs;
  return hostWaitMs(lane.host, load, nowMs) > 0 ? 'host' : 'go';
}

/** Milliseconds until the destination takes one more; endless where that is known only when an attempt there ends. */
export const hostWaitMs = (
  host: Host,
  { hostMaxInFlight }: Pick<Load, 'hostMaxInFlight'>,
  nowMs: number,
): number => (host.inFlight >= hostMaxInFlight ? Number.POSITIVE_INFINITY : untilReady(host, nowMs));

function untilReady({ rate, arrivalMs }: Pick<Host, 'rate' | 'arrivalMs'>, nowMs: number): number {
  const waitMs = readyAtMs(rate, arrivalMs) - nowMs;
  return waitMs <= 0 || waitMs > clockStepMs ? 0 : Math.max(1, Math.ceil(waitMs));
}
