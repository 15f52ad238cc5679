import type { Ports } from '#src/context';
import type { AttemptResult, Candidate, LeasedDelivery } from '#src/ports';
import type { EventViews } from '#src/view';
import { findCandidate, prepare, type Stop, stopOfGone, stopReason } from './prepare.ts';
import { afterAttempt, type EndpointAdvice } from './schedule.ts';
import { giveBack, settleAttempt, settlePlan } from './settle.ts';
import type { SignerOf } from '#src/signatures';

/** What one delivery told about its endpoint; null where nothing was tried. */
export type Outcome = {
  candidate: Candidate | undefined;
  advice: EndpointAdvice | null;
  succeeded: boolean;
  timedOut: boolean;
};

type Needs = Pick<
  Ports,
  | 'store'
  | 'directory'
  | 'gate'
  | 'clock'
  | 'chance'
  | 'ids'
  | 'http'
  | 'carrier'
  | 'log'
  | 'meter'
  | 'usage'
  | 'settings'
>;
export type Health = { failingSinceMs: number | null };

/**
 * The conductor: one leased delivery from here to settled. Never throws: what goes wrong before the attempt gives the
 * delivery back, what goes wrong after it leaves the lease to end, and the same `webhook-id` is sent again.
 */
export async function work(
  ports: Needs,
  signerOf: SignerOf,
  delivery: LeasedDelivery,
  views: EventViews,
  health: Health,
): Promise<Outcome> {
  const candidate = await findCandidate(ports, delivery);
  if (!candidate) return stopped(ports, delivery, candidate, await stopOfGone(ports, delivery));
  const plan = await prepare(ports, signerOf, delivery, views, candidate);
  if (plan.do !== 'send' && plan.do !== 'carry') return stopped(ports, delivery, candidate, plan);

  const startedAtMs = ports.clock.ms();
  const result =
    plan.do === 'send'
      ? await ports.http.send(plan.request)
      : await ports.carrier.carry(delivery, candidate, plan.body);
  if (result.kind === 'later') {
    await giveBack(ports, delivery, result.reason, ports.clock.ms() + result.afterMs);
    return { candidate, advice: null, succeeded: false, timedOut: false };
  }
  const stop = result.kind === 'withdrawn' ? stopReason(ports, candidate) : null;
  if (stop) return stopped(ports, delivery, candidate, stop);

  const verdict = afterAttempt({
    result,
    tries: delivery.tries + 1,
    nowMs: ports.clock.ms(),
    jitter: ports.chance.fraction(),
    firstFailureAtMs: health.failingSinceMs,
    disableAfterMs: ports.settings.disableAfterMs,
  });
  await settleAttempt(ports, delivery, startedAtMs, result, verdict, candidate.grant);
  return {
    candidate,
    advice: verdict.endpoint,
    succeeded: verdict.state === 'delivered',
    timedOut: isTimeout(result),
  };
}

async function stopped(
  ports: Needs,
  delivery: LeasedDelivery,
  candidate: Candidate | undefined,
  plan: Stop,
): Promise<Outcome> {
  await settlePlan(ports, delivery, plan);
  return { candidate, advice: null, succeeded: false, timedOut: false };
}

const isTimeout = (result: AttemptResult): boolean => result.kind === 'failed' && result.code === 'timeout';
