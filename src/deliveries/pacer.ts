/**
 * One destination host's windows and rates, where many isolates send to it and none sees the others. Whoever wants to
 * send asks here first; whoever has sent says how it went. The rules are those of the lanes in one process (lane.ts,
 * aimd.ts, rate.ts), only that the attempts run elsewhere.
 *
 *   ask ─▶ room n: begin n attempts, then report        (held for a while: a holder that dies gives them back)
 *       ─▶ room 0, waitMs: nobody is on it; ask again then
 *       ─▶ room 0, no waitMs: somebody is, and is told at the report to ask again. Drop it.
 *
 * So a lane has at most as many askers as its window has room for, however many wakes were queued for it.
 */
import { afterOverload, afterSuccess, newWindow, roomIn, type Window } from './aimd.ts';
import { afterOne, type Rate, rateOf, readyAtMs } from './rate.ts';
import { createTypeLedger, type TypesSent, type TypesUsed } from './type-pace.ts';

export type PaceAsk = {
  lane: string;
  /** The address; what was learnt of another one does not count for it. */
  target: string;
  maxPerSecond: number;
  isProven: boolean;
  want: number;
  /** It was told to wait, and comes back. */
  hasWaited: boolean;
  /** Asked by the consumer for endpoints that time out. */
  takesSlow: boolean;
};
export type PaceGrant = {
  lane: string;
  room: number;
  waitMs: number | null;
  /** It times out: to be asked for by the slow consumer alone. */
  isSlow: boolean;
  /** Goes back with the report. */
  grantedAtMs: number;
};
export type PaceReport = {
  lane: string;
  target: string;
  grantedAtMs: number;
  room: number;
  /** How many requests were sent. */
  begun: number;
  /** What they tell of the endpoint. */
  attempts: { succeeded: boolean; isOverload: boolean; timedOut: boolean }[];
};
/** `sent`: of all that is reported, by tenant and type of event; `parties`: whose deliveries are asked for. */
export type PaceExchange = { reports: PaceReport[]; asks: PaceAsk[]; sent: TypesSent; parties: string[] };
/** `wanted`: lanes that others asked for in vain while the reporter was on them. `used`: what their buckets have left is less than all. */
export type PaceAnswer = { grants: PaceGrant[]; wanted: string[]; used: TypesUsed };
export type Pacer = { exchange(exchange: PaceExchange): PaceAnswer };

export type PacerSettings = {
  hostMaxPerSecond: number;
  hostMaxInFlight: number;
  tenantEventMaxPerSecond: number;
  holdMs: number;
};

type Hold = { grantedAtMs: number; room: number; untilMs: number };
type PacedLane = {
  target: string;
  window: Window;
  rate: Rate;
  arrivalMs: number;
  isProven: boolean;
  isSlow: boolean;
  holds: Hold[];
  isWanted: boolean;
  /** Until then somebody waits to ask again. */
  waiterUntilMs: number;
  lastUsedMs: number;
};

/** One a second until the first success (contract). */
const probation: Rate = { perSecond: 1, burst: 1 };
const hostFullMs = 100;
/** A waiter that does not come back this long after its time is gone. */
const waiterGraceMs = 5_000;
/** No rate makes a lane wait this long, so the clock was set back: begin afresh. */
const clockStepMs = 5_000;
const idleMs = 10 * 60_000;
const maxIdleLanes = 1_000;

/** `nowMs` is asked once an exchange. */
export function createPacer(settings: PacerSettings, nowMs: () => number): Pacer {
  const lanes = new Map<string, PacedLane>();
  const host = { rate: rateOf(settings.hostMaxPerSecond), arrivalMs: 0 };
  const types = createTypeLedger(settings.tenantEventMaxPerSecond);

  return {
    exchange: ({ reports, asks, sent, parties }) => {
      const now = nowMs();
      const wanted = reports.filter((report) => end(report, now)).map(({ lane }) => lane);
      types.note(sent, now);
      const grants = asks.map((ask) => take(ask, now));
      prune(now);
      return { grants, wanted, used: types.used(new Set(parties), now) };
    },
  };

  function take(ask: PaceAsk, now: number): PaceGrant {
    const lane = laneOf(ask, now);
    const grant = { lane: ask.lane, room: 0, waitMs: null, isSlow: lane.isSlow, grantedAtMs: now };
    if (lane.isSlow && !ask.takesSlow) return grant;
    const room = roomNow(lane, ask.want, now);
    if (room > 0) {
      lane.holds.push({ grantedAtMs: now, room, untilMs: now + settings.holdMs });
      Object.assign(lane, { isWanted: false, waiterUntilMs: 0 });
      return { ...grant, room };
    }
    if (lane.holds.length > 0) {
      lane.isWanted = true;
      return grant;
    }
    if (lane.waiterUntilMs > now && !ask.hasWaited) return grant;
    const waitMs = Math.max(1, Math.ceil(readyMs(lane) - now), isHostFull() ? hostFullMs : 0);
    lane.waiterUntilMs = now + waitMs + waiterGraceMs;
    return { ...grant, waitMs };
  }

  function laneOf(ask: PaceAsk, now: number): PacedLane {
    const known = lanes.get(ask.lane);
    const lane = known?.target === ask.target ? known : afresh(ask.target, known);
    lanes.set(ask.lane, lane);
    lane.lastUsedMs = now;
    lane.holds = lane.holds.filter(({ untilMs }) => untilMs > now);
    if (ask.isProven && !lane.isProven) Object.assign(lane, { isProven: true, arrivalMs: 0 });
    lane.rate = lane.isProven ? rateOf(ask.maxPerSecond) : probation;
    return lane;
  }

  /** How many may begin now; each is reckoned in the rates. */
  function roomNow(lane: PacedLane, want: number, now: number): number {
    const held = heldIn(lane);
    const open = lane.isProven ? roomIn(lane.window, held) : held > 0 ? 0 : 1;
    const most = Math.min(want, open, settings.hostMaxInFlight - heldInAll());
    let room = 0;
    while (room < most) {
      const waitMs = readyMs(lane) - now;
      if (waitMs > 0 && waitMs <= clockStepMs) break;
      lane.arrivalMs = afterOne(lane.rate, lane.arrivalMs, now);
      host.arrivalMs = afterOne(host.rate, host.arrivalMs, now);
      room++;
    }
    return room;
  }

  /** Whether the lane is wanted, and by the reporter now. */
  function end(report: PaceReport, now: number): boolean {
    const lane = lanes.get(report.lane);
    if (!lane || lane.target !== report.target) return false;
    const held = heldIn(lane);
    const place = lane.holds.findIndex(
      ({ grantedAtMs, room }) => grantedAtMs === report.grantedAtMs && room === report.room,
    );
    if (place !== -1) {
      lane.holds.splice(place, 1);
      giveBack(lane, report.room - report.begun);
    }
    for (const attempt of report.attempts) {
      lane.isSlow = attempt.timedOut;
      if (attempt.succeeded) {
        if (!lane.isProven) Object.assign(lane, { isProven: true, arrivalMs: 0 });
        lane.window = afterSuccess(lane.window, held);
      } else if (attempt.isOverload) lane.window = afterOverload(lane.window, report.grantedAtMs, now);
    }
    const isWanted = lane.isWanted;
    lane.isWanted = false;
    return isWanted;
  }

  /** What was granted and not used spends no rate. */
  function giveBack(lane: PacedLane, unused: number): void {
    lane.arrivalMs -= (unused * 1_000) / lane.rate.perSecond;
    host.arrivalMs -= (unused * 1_000) / host.rate.perSecond;
  }

  function readyMs(lane: PacedLane): number {
    return Math.max(readyAtMs(lane.rate, lane.arrivalMs), readyAtMs(host.rate, host.arrivalMs));
  }

  function heldInAll(): number {
    return [...lanes.values()].reduce((sum, lane) => sum + heldIn(lane), 0);
  }

  function isHostFull(): boolean {
    return heldInAll() >= settings.hostMaxInFlight;
  }

  function prune(now: number): void {
    if (lanes.size <= maxIdleLanes) return;
    for (const [id, lane] of lanes)
      if (lane.lastUsedMs < now - idleMs && lane.holds.every(({ untilMs }) => untilMs <= now))
        lanes.delete(id);
  }
}

const heldIn = ({ holds }: PacedLane): number => holds.reduce((sum, { room }) => sum + room, 0);

/** What is on its way to an address of before still counts as in flight. */
function afresh(target: string, before: PacedLane | undefined): PacedLane {
  return {
    target,
    window: newWindow(),
    rate: probation,
    arrivalMs: before?.arrivalMs ?? 0,
    isProven: false,
    isSlow: false,
    holds: before?.holds ?? [],
    isWanted: before?.isWanted ?? false,
    waiterUntilMs: 0,
    lastUsedMs: 0,
  };
}
