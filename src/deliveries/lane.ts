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
  /** The address that all below was learnt of, and the version of the subscription that named it. */
  target: string;
  version: number;
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
    target: '',
    version: 0,
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

/**
 * Takes over what the subscription says now. What this process has learnt since outlives a stale row, but not a new
 * address: nobody proves an endpoint of their own and then points it at a stranger at full speed.
 */
export function describeLane(lane: Lane, candidate: Candidate, host: Host): void {
  const { subscription, grant } = candidate;
  // What is on its way still carries the row from before a change.
  if (subscription.version < lane.version) return;
  // A resume clears the row, so a new version's word on failures counts more than what was seen under the old one.
  if (subscription.version > lane.version) lane.failingSinceMs = subscription.failingSince?.getTime() ?? null;
  lane.version = subscription.version;
  if (!isOfLane(lane, candidate)) beginAfresh(lane, targetOf(candidate));
  lane.party = subscription.partnerId ?? grant.accountId;
  lane.host = host;
  if (!lane.isProven && subscription.provenAt !== null) endProbation(lane);
  lane.failingSinceMs ??=
    lane.isProven && subscription.failingSince ? subscription.failingSince.getTime() : null;
  if (!lane.isProven) return;
  if (lane.rate.perSecond !== subscription.maxPerSecond) lane.rate = rateOf(subscription.maxPerSecond);
}

/** Whether an attempt made for this candidate tells anything of the lane's address. */
export const isOfLane = (lane: Lane, candidate: Candidate): boolean => lane.target === targetOf(candidate);

const targetOf = ({ subscription: { endpoint } }: Candidate): string =>
  endpoint.type === 'webhook' ? endpoint.url : JSON.stringify(endpoint);

function beginAfresh(lane: Lane, target: string): void {
  const { window, rate, isProven, isSlow, failingSinceMs } = newLane(lane.id, lane.host, lane.lastUsedMs);
  // The first address of all is not a change: what the lane has reckoned so far is of this one.
  if (lane.target !== '') Object.assign(lane, { window, rate, isProven, isSlow, failingSinceMs });
  lane.target = target;
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

/**
 * How many more deliveries may wait here in memory: about two seconds of what it may send, and never more than there
 * is room left for everybody's. So one busy lane has half of the memory, ten have nearly a tenth each, and there is
 * always some for another one ("dynamic thresholds", Choudhury and Hahne 1998).
 */
export function roomOfLane(lane: Lane, free: number): number {
  const wanted = lane.isProven ? Math.max(8, Math.ceil(lane.rate.perSecond * 2)) : 1;
  const waiting = waitingIn(lane);
  return Math.max(0, Math.min(wanted - waiting, free - waiting));
}

export const waitingIn = (lane: Lane): number => lane.waiting.length + lane.urgent.length;
