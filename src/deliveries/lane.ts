import type { Candidate, LeasedDelivery } from '#src/ports';
import { newWindow, type Window } from './aimd.ts';
import { type Rate, rateOf } from './rate.ts';

/**
 * One endpoint's own queue, window and rate. An endpoint that hangs fills its own lane and nobody else's: with shared
 * slots, one hanging endpoint of eight took healthy traffic to zero (docs/performance.md).
 */
export type Lane = {
  id: string;
  /** Whom it is served in turn with: all lanes of one partner or account share one turn. */
  party: string;
  host: Host;
  urgent: LeasedDelivery[];
  waiting: LeasedDelivery[];
  inFlight: number;
  window: Window;
  rate: Rate;
  arrivalMs: number;
  isProven: boolean;
  /** Its last attempt timed out: it shares slots with the other slow ones. */
  isSlow: boolean;
  failingSinceMs: number | null;
  /** The store has more that is due. */
  hasMore: boolean;
  isQueued: boolean;
  isAsleep: boolean;
  lastUsedMs: number;
};

/** One destination, whoever aims at it: nobody points the hub at a stranger. */
export type Host = { name: string; inFlight: number; rate: Rate; arrivalMs: number };

/** A lane of which nothing is known yet; the first delivery's subscription tells the rest. */
export function newLane(id: string, host: Host, nowMs: number): Lane {
  return {
    id,
    host,
    party: id,
    urgent: [],
    waiting: [],
    inFlight: 0,
    window: newWindow(),
    rate: probation,
    arrivalMs: 0,
    isProven: false,
    isSlow: false,
    failingSinceMs: null,
    hasMore: false,
    isQueued: false,
    isAsleep: false,
    lastUsedMs: nowMs,
  };
}

/** One a second until the first success (contract). */
const probation: Rate = { perSecond: 1, burst: 1 };

/** Takes over what the subscription says now. What this process has learnt since outlives a stale row. */
export function describeLane(lane: Lane, { subscription, grant }: Candidate, host: Host): void {
  lane.party = subscription.partnerId ?? grant.accountId;
  lane.host = host;
  if (!lane.isProven && subscription.provenAt !== null) endProbation(lane);
  lane.failingSinceMs ??=
    lane.isProven && subscription.failingSince ? subscription.failingSince.getTime() : null;
  if (!lane.isProven) return;
  if (lane.rate.perSecond !== subscription.maxPerSecond) lane.rate = rateOf(subscription.maxPerSecond);
}

export function proveLane(lane: Lane, maxPerSecond: number): void {
  endProbation(lane);
  lane.rate = rateOf(maxPerSecond);
}

/** What was reckoned at one a second is void, or an endpoint proven long ago stands still for a second after a restart. */
function endProbation(lane: Lane): void {
  lane.isProven = true;
  lane.arrivalMs = 0;
}

/** How many more deliveries may wait here in memory: about two seconds of what it may send. */
export function roomOfLane(lane: Lane): number {
  const most = lane.isProven ? Math.min(512, Math.max(8, Math.ceil(lane.rate.perSecond * 2))) : 1;
  return Math.max(0, most - lane.waiting.length - lane.urgent.length);
}

export const waitingIn = (lane: Lane): number => lane.waiting.length + lane.urgent.length;
