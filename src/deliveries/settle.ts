import type { Ports } from '#src/context';
import { deliveryHolders } from '#src/limits';
import type { AttemptResult, Candidate, Holder, LeasedDelivery, Settlement, UsageCounts } from '#src/ports';
import type { Stop } from './prepare.ts';
import { stageOf } from './reasons.ts';
import type { Verdict } from './schedule.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'log' | 'meter' | 'usage'>;

/** Attempt and state in one write, fenced by the lease. Logs one wide line, with no body and no secret. */
export async function settleAttempt(
  ports: Needs,
  delivery: LeasedDelivery,
  startedAtMs: number,
  result: AttemptResult,
  verdict: Verdict,
  grant: Candidate['grant'] | undefined,
): Promise<boolean> {
  const attempt = attemptOf(startedAtMs, result);
  const isHeld = await write(ports, delivery, {
    state: verdict.state,
    reason: verdict.reason,
    dueAtMs: verdict.dueAtMs,
    attempt,
  });
  ports.meter.count('delivery_attempts', { outcome: verdict.state });
  if (attempt.status === 429) ports.meter.count('rate_limit_hits', { whose: 'theirs' });
  if (isHeld) ports.usage.count(holdersOf(delivery, grant), countOf(verdict, attempt));
  ports.meter.observe('delivery_attempt_ms', attempt.durationMs);
  if (verdict.state === 'delivered')
    ports.meter.observe('delivery_latency_ms', ports.clock.ms() - delivery.event.acceptedAtMs);
  ports.log.info('attempt', {
    delivery: delivery.id,
    event: delivery.event.id,
    type: delivery.event.type,
    subscription: delivery.subscriptionId,
    account: delivery.accountId,
    number: delivery.attempts + 1,
    outcome: attempt.outcome,
    status: attempt.status,
    state: verdict.state,
    reason: verdict.reason,
    ms: attempt.durationMs,
    sinceAcceptedMs: ports.clock.ms() - delivery.event.acceptedAtMs,
    leaseLost: !isHeld,
  });
  return isHeld;
}

const holdersOfGrant = new WeakMap<Candidate['grant'], Holder[]>();

/** Kept with the grant as the directory knows it: the same for all that is sent under it. */
function holdersOf({ grantId, accountId }: LeasedDelivery, grant: Candidate['grant'] | undefined): Holder[] {
  const known = grant && holdersOfGrant.get(grant);
  if (known) return known;
  const holders = deliveryHolders({ grantId, accountId, epochs: grant?.epochs });
  if (grant) holdersOfGrant.set(grant, holders);
  return holders;
}

function countOf({ state }: Verdict, { status }: { status: number | null }): Partial<UsageCounts> {
  if (state === 'delivered') return { delivered: 1 };
  return status === 429 ? { failed: 1, theirs: 1 } : { failed: 1 };
}

/** Nothing was tried: it is held or cancelled as it is, and no retry is spent. */
export function settlePlan(ports: Needs, delivery: LeasedDelivery, plan: Stop): Promise<boolean> {
  ports.meter.count('deliveries_stopped', { reason: plan.reason });
  return write(ports, delivery, {
    state: plan.do === 'hold' ? 'held' : 'cancelled',
    reason: plan.reason,
    dueAtMs: null,
    attempt: null,
  });
}

/** Back to the store, due at `dueAtMs`: for a stop, a full lane, or a fault of the hub's own. */
export function giveBack(
  ports: Needs,
  delivery: LeasedDelivery,
  reason: string,
  dueAtMs: number,
): Promise<boolean> {
  const state = delivery.tries > 0 ? 'retrying' : 'pending';
  return write(ports, delivery, { state, reason, dueAtMs, attempt: null });
}

async function write(
  ports: Needs,
  delivery: LeasedDelivery,
  what: Pick<Settlement, 'state' | 'reason' | 'dueAtMs' | 'attempt'>,
): Promise<boolean> {
  const written = await ports.store.settle([
    {
      deliveryId: delivery.id,
      leaseId: delivery.leaseId,
      mark: ports.ids.newId('att'),
      nowMs: ports.clock.ms(),
      ...what,
    },
  ]);
  const isHeld = written.has(delivery.id);
  if (!isHeld) ports.log.warn('lease.lost', { delivery: delivery.id });
  return isHeld;
}

function attemptOf(startedAtMs: number, result: AttemptResult): NonNullable<Settlement['attempt']> {
  const common = { startedAtMs, durationMs: Math.round(result.durationMs) };
  switch (result.kind) {
    case 'answered':
      return {
        ...common,
        outcome: `answered_${result.status}`,
        status: result.status,
        stage: 'after',
        detail: result.answerEnd === 'complete' ? '' : `the answer's body was ${result.answerEnd}`,
        answer: result.body,
      };
    case 'refused':
      return {
        ...common,
        outcome: result.code,
        status: null,
        stage: 'before',
        detail: result.detail,
        answer: '',
      };
    case 'carried':
      return {
        ...common,
        outcome: result.outcome === 'applied' ? 'applied' : result.code,
        status: null,
        stage: stageOf(result),
        detail: result.detail,
        answer: '',
      };
    case 'withdrawn':
      return { ...common, outcome: 'withdrawn', status: null, stage: 'before', detail: '', answer: '' };
    case 'failed':
      return {
        ...common,
        outcome: result.code,
        status: null,
        stage: result.sent ? 'during' : 'before',
        detail: result.detail,
        answer: '',
      };
    default:
      return result satisfies never;
  }
}
