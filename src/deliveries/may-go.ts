import { roomIn } from './aimd.ts';
import type { Lane } from './lane.ts';
import { readyAtMs } from './rate.ts';

/** Kept for critical events when all else is busy. */
const criticalReserve = 0.2;
/** Endpoints that time out may hold at most this share of the slots together. */
const slowShare = 0.5;
/** A host that is full is asked again after this; no attempt there tells when it ends for others. */
const hostFullMs = 25;
/** No rate makes a lane wait this long, so the clock was set back: begin afresh. */
const clockStepMs = 5_000;

export type Load = { inFlight: number; slowInFlight: number; maxInFlight: number; hostMaxInFlight: number };

/**
 * Whether a lane's next delivery may start. `window` and `slots` end when an attempt ends; a number is how many
 * milliseconds to wait. Waiting spends no retry.
 */
export function mayGo(
  lane: Omit<Lane, 'urgent' | 'waiting'> & { urgent: readonly unknown[] },
  load: Load,
  nowMs: number,
): 'go' | 'window' | 'slots' | number {
  if (roomIn(lane.window, lane.inFlight) === 0 || (!lane.isProven && lane.inFlight > 0)) return 'window';
  const share = lane.urgent.length > 0 ? 1 : 1 - criticalReserve;
  if (load.inFlight >= load.maxInFlight * share) return 'slots';
  if (lane.isSlow && load.slowInFlight >= load.maxInFlight * slowShare) return 'slots';
  if (lane.host.inFlight >= load.hostMaxInFlight) return hostFullMs;
  const readyMs = Math.max(
    readyAtMs(lane.rate, lane.arrivalMs),
    readyAtMs(lane.host.rate, lane.host.arrivalMs),
  );
  const waitMs = readyMs - nowMs;
  return waitMs <= 0 || waitMs > clockStepMs ? 'go' : Math.max(1, Math.ceil(waitMs));
}
