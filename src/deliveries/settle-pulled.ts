import type { Ports } from '#src/context';
import type { Candidate, LeasedDelivery, OutboundResult } from '#src/ports';
import type { HealthBook } from './health.ts';
import { newLane } from './lane.ts';
import { stopOfGone, stopReason } from './prepare.ts';
import { rateOf } from './rate.ts';
import { afterAttempt } from './schedule.ts';
import { giveBack, settleAttempt, settlePlan } from './settle.ts';

type Needs = Pick<
  Ports,
  'store' | 'gate' | 'clock' | 'chance' | 'ids' | 'log' | 'meter' | 'usage' | 'settings'
>;

export type PulledAttempt = {
  startedAtMs: number;
  /** Null: nothing was tried. */
  result: OutboundResult | null;
  /** Undefined where the subscription is gone by now. */
  candidate: Candidate | undefined;
  /** Whether it went to the endpoint that the candidate has now; else it tells nothing of that one. */
  isOfCandidate: boolean;
  failingSinceMs: number | null;
};

/**
 * The second half of work.ts, for an attempt that another machine made: what becomes of it is decided here. False where
 * the lease is lost; then nothing is written, and nothing learnt.
 */
export async function settlePulled(
  ports: Needs,
  health: HealthBook,
  delivery: LeasedDelivery,
  { startedAtMs, result, candidate, isOfCandidate, failingSinceMs }: PulledAttempt,
): Promise<boolean> {
  if (!result) return giveBack(ports, delivery, 'handed_back', ports.clock.ms());
  if (result.kind === 'withdrawn') {
    const stop = candidate ? stopReason(ports, candidate) : await stopOfGone(ports, delivery);
    // Changed, or the worker could not ask: prepared anew, it may go.
    return stop
      ? settlePlan(ports, delivery, stop)
      : giveBack(ports, delivery, 'handed_back', ports.clock.ms());
  }
  const verdict = afterAttempt({
    result,
    tries: delivery.tries + 1,
    nowMs: ports.clock.ms(),
    jitter: ports.chance.fraction(),
    firstFailureAtMs: failingSinceMs,
    disableAfterMs: ports.settings.disableAfterMs,
  });
  const isWritten = await settleAttempt(ports, delivery, startedAtMs, result, verdict, candidate?.grant);
  if (!isWritten || !candidate || !isOfCandidate) return isWritten;
  const { id, host, endpoint } = candidate.subscription;
  const target = endpoint.type === 'webhook' ? endpoint.url : JSON.stringify(endpoint);
  const there = { name: host, inFlight: 0, rate: rateOf(ports.settings.hostMaxPerSecond), arrivalMs: 0 };
  const lane = Object.assign(newLane(id, there, ports.clock.ms()), { target, failingSinceMs });
  await health.note(lane, candidate, verdict.endpoint, verdict.state === 'delivered');
  return true;
}
