/**
 * Sending where no process stays (Workers): one invocation takes the lanes that it was woken for, goes round with them
 * until nothing is due or its time is used, and says which want attention later. What one process keeps in memory, its
 * lanes' windows and rates, is kept for all by a pacer a destination host (pacer.ts). Losing an invocation at any
 * moment loses nothing: leases end, and the sweep finds what is due.
 *
 *   exchange with the host's pacer ─▶ lease ─▶ send, a few at once ─▶ settle, joined ─▶ exchange …
 */
import type { Ports } from '#src/context';
import type { EventRecord, LeasedDelivery } from '#src/ports';
import type { SignerOf } from '#src/signatures';
import { createViews, type EventViews } from '#src/view';
import { createHealthBook } from './health.ts';
import { joinSettles } from './join-settles.ts';
import { type Lane, newLane } from './lane.ts';
import type { PaceAnswer, PaceExchange, PaceGrant, PaceReport } from './pacer.ts';
import {
  type Attempted,
  groupByHost,
  type LaneRow,
  partyOf,
  readLanes,
  reportOf,
  sentOf,
  targetOf,
} from './round-lanes.ts';
import { rateOf } from './rate.ts';
import { giveBack } from './settle.ts';
import { createSlots } from './slots.ts';
import { createTypeTab, type TypesSent, type TypeTab } from './type-pace.ts';
import { work } from './work.ts';

/** The pacer of a destination host, wherever it lives. */
export type Pace = (host: string, exchange: PaceExchange) => Promise<PaceAnswer>;

export type RoundsOptions = {
  /** Requests at once: a Worker may have six that await their headers (Cloudflare's limits, 2026-11). */
  slots: number;
  /** After this no new round begins. */
  budgetMs: number;
  /** Past this no new round begins: an invocation has a thousand (D1's limits, 2026-11). Reckoned, not counted. */
  maxQueries: number;
  /** Whether this is the consumer for endpoints that time out. */
  takesSlow: boolean;
};

/** A lane that wants attention at a moment, or at once. */
export type Later = { lane: string; atMs: number; isSlow: boolean };

/** What the pacer hears with the next question. */
type Told = { reports: PaceReport[]; sent: TypesSent };

type Needs = Omit<Ports, 'digest' | 'peppers'>;

/** Leased and not begun, beside what is on its way: a lease must outlast its turn. */
const mostPerGrant = 16;
/** At most: reading and leasing; secret, candidates and health; a settlement by itself. */
const queriesOf = { round: 3, lane: 3, attempt: 2 };
const mostLanes = 64;
/** A wait this short is waited here; a longer one costs a queue message and no invocation. */
const longestRestMs = 3_000;
/** Rounds of many hosts share one look at what has changed. */
const freshMs = 100;

export async function sendRounds(
  ports: Needs,
  pace: Pace,
  signerOf: SignerOf,
  { slots, budgetMs, maxQueries, takesSlow }: RoundsOptions,
  laneIds: readonly string[],
): Promise<Later[]> {
  const { clock, settings } = ports;
  const settles = joinSettles(ports.store, clock);
  const withSlot = createSlots(slots);
  const fresh = { atMs: Number.NEGATIVE_INFINITY };
  const http = {
    ...ports.http,
    send: (request: Parameters<typeof ports.http.send>[0]) =>
      withSlot(async () => {
        // It may have waited for its slot; the gate itself knows how long its copy may be believed.
        await ports.gate.freshen();
        return ports.http.send(request);
      }),
  };
  const own = { ...ports, store: settles.store, http };
  const health = createHealthBook(own);
  const viewsOf = new WeakMap<EventRecord, EventViews>();
  const endsAtMs = clock.ms() + budgetMs;
  const spent = { queries: 0 };
  const later = new Map<string, Later>();

  const now = laneIds.slice(0, mostLanes);
  for (const lane of laneIds.slice(mostLanes)) postpone(lane, clock.ms());
  spent.queries += now.length * queriesOf.lane;
  const byHost = groupByHost(await readLanes(ports, now));
  await Promise.all([...byHost].map(([host, rows]) => serveHost(host, rows)));
  return [...later.values()];

  /** Every host goes round by itself: one that hangs does not stop the others. */
  async function serveHost(host: string, rows: LaneRow[]): Promise<void> {
    let ready = new Set(rows.map(({ id }) => id));
    let first: LaneRow[] | null = rows;
    let told: Told = { reports: [], sent: [] };
    const tab = createTypeTab(settings.tenantEventMaxPerSecond, () => clock.ms());
    const resting = new Map<string, number>();
    let waited: ReadonlySet<string> = new Set();
    while (ready.size + resting.size + told.reports.length > 0) {
      if (isOver()) {
        for (const lane of new Set([...ready, ...resting.keys()]))
          postpone(lane, resting.get(lane) ?? clock.ms());
        ready = new Set();
        resting.clear();
        if (told.reports.length === 0) return;
      }
      if (ready.size === 0 && told.reports.length === 0) {
        waited = ready = await restUntilReady(resting);
        continue;
      }
      const known = new Map((first ?? (await readLanes(ports, [...ready]))).map((row) => [row.id, row]));
      first = null;
      const done = await roundOf(host, known, { ...told, waited, tab }, resting);
      waited = new Set();
      told = done.told;
      ready = done.again;
    }
  }

  async function roundOf(
    host: string,
    rows: ReadonlyMap<string, LaneRow>,
    { reports, sent, waited, tab }: Told & { waited: ReadonlySet<string>; tab: TypeTab },
    resting: Map<string, number>,
  ): Promise<{ told: Told; again: Set<string> }> {
    spent.queries += queriesOf.round;
    const asks = [...rows.values()].map((row) => ({
      lane: row.id,
      target: targetOf(row),
      maxPerSecond: row.maxPerSecond,
      isProven: row.provenAt !== null,
      want: mostPerGrant,
      hasWaited: waited.has(row.id),
      takesSlow,
    }));
    const parties = [...new Set([...rows.values()].map(partyOf))];
    const { grants, wanted, used } = await pace(host, { reports, asks, sent, parties });
    tab.learn(used);
    const again = new Set(wanted);
    for (const grant of grants) {
      if (grant.isSlow && !takesSlow) postpone(grant.lane, clock.ms(), true);
      else if (grant.waitMs !== null) resting.set(grant.lane, clock.ms() + grant.waitMs);
    }
    const granted = grants.filter(({ room }) => room > 0);
    if (granted.length === 0) return { told: { reports: [], sent: [] }, again };

    await freshen();
    const leased = await lease(granted);
    spent.queries += leased.length * queriesOf.attempt;
    const attempted = await Promise.all(
      leased.map((delivery) => attemptInTurn(rows.get(delivery.subscriptionId), delivery, tab)),
    );
    for (const { lane, room } of granted) {
      const here = attempted.filter(({ delivery }) => delivery.subscriptionId === lane);
      const lateMs = here.map((one) => one.lateMs ?? 0);
      // Nothing of it may go yet: looking further would only put off more.
      if (here.length > 0 && lateMs.every((ms) => ms > 0))
        resting.set(lane, clock.ms() + Math.min(...lateMs));
      // The next of an ordered line can only be leased now that its head is settled.
      else if (here.length === room || here.some(({ delivery }) => delivery.line !== null)) again.add(lane);
      for (const { delivery } of here) noteRetry(delivery);
    }
    const reported = granted.map((grant) => reportOf(grant, rows, attempted));
    return { told: { reports: reported, sent: sentOf(rows, attempted) }, again };
  }

  async function lease(granted: PaceGrant[]): Promise<LeasedDelivery[]> {
    const nowMs = clock.ms();
    return settles.store.lease({
      leaseId: ports.ids.newId('wrk'),
      nowMs,
      untilMs: nowMs + settings.leaseMs,
      lanes: granted.map(({ lane, room }) => ({ subscriptionId: lane, room })),
    });
  }

  /** What its tenant has had enough of goes back to the store, with a time of its own. */
  async function attemptInTurn(
    row: LaneRow | undefined,
    delivery: LeasedDelivery,
    tab: TypeTab,
  ): Promise<Attempted> {
    const lateMs = row ? tab.take({ party: partyOf(row), event: delivery.event }) : 0;
    if (lateMs === 0) return attempt(row, delivery);
    await giveBack(own, delivery, 'type_cap', clock.ms() + lateMs).catch(() => false);
    return { delivery, outcome: null, lateMs };
  }

  /** Never throws: a fault of the hub's own gives the delivery back, and no retry is spent. */
  async function attempt(row: LaneRow | undefined, delivery: LeasedDelivery): Promise<Attempted> {
    const lane = laneOf(row, delivery);
    try {
      if (!(await isStillLeased(delivery))) return { delivery, outcome: null };
      const outcome = await work(own, signerOf, delivery, viewsFor(delivery.event), lane);
      const { candidate, advice, succeeded } = outcome;
      if (candidate && advice !== null && targetOf(candidate.subscription) === lane.target)
        await health.note(lane, candidate, advice, succeeded);
      return { delivery, outcome };
    } catch (error) {
      ports.log.error('delivery.fault', error, { delivery: delivery.id, subscription: lane.id });
      await giveBack(own, delivery, 'hub_fault', clock.ms() + 30_000).catch(() => false);
      return { delivery, outcome: null };
    }
  }

  /** A lease must outlast the attempt, or another invocation sends the same. */
  async function isStillLeased(delivery: LeasedDelivery): Promise<boolean> {
    const nowMs = clock.ms();
    if (delivery.untilMs - nowMs > settings.attemptDeadlineMs + 5_000) return true;
    const held = await settles.store.renew([delivery], nowMs + settings.leaseMs);
    return held.has(delivery.id);
  }

  function noteRetry(delivery: LeasedDelivery): void {
    const dueAtMs = settles.dueAtMs(delivery.id);
    if (dueAtMs !== null) postpone(delivery.subscriptionId, dueAtMs);
  }

  /** One wake serves all that is due in a lane at about the same time. */
  function postpone(lane: string, atMs: number, isSlow = takesSlow): void {
    const bucketMs = atMs - clock.ms() > 300_000 ? 60_000 : 1_000;
    const at = Math.ceil(atMs / bucketMs) * bucketMs;
    later.set(`${lane}@${at}`, { lane, atMs: at, isSlow });
  }

  async function restUntilReady(resting: Map<string, number>): Promise<Set<string>> {
    for (const [lane, atMs] of resting) {
      if (atMs - clock.ms() <= longestRestMs) continue;
      resting.delete(lane);
      postpone(lane, atMs);
    }
    if (resting.size === 0) return new Set();
    const nextMs = Math.min(...resting.values());
    await new Promise<void>((resolve) => void clock.after(Math.max(1, nextMs - clock.ms()), resolve));
    const ready = [...resting].filter(([, atMs]) => atMs <= clock.ms()).map(([lane]) => lane);
    for (const lane of ready) resting.delete(lane);
    return new Set(ready);
  }

  function isOver(): boolean {
    return clock.ms() >= endsAtMs || spent.queries >= maxQueries;
  }

  async function freshen(): Promise<void> {
    await ports.gate.freshen();
    if (clock.ms() - fresh.atMs < freshMs) return;
    await ports.directory.freshen();
    fresh.atMs = clock.ms();
  }

  function laneOf(row: LaneRow | undefined, delivery: LeasedDelivery): Lane {
    const host = {
      name: row?.host ?? '',
      inFlight: 0,
      rate: rateOf(settings.hostMaxPerSecond),
      arrivalMs: 0,
    };
    const lane = newLane(delivery.subscriptionId, host, clock.ms());
    if (!row) return lane;
    return Object.assign(lane, {
      target: targetOf(row),
      isProven: row.provenAt !== null,
      failingSinceMs: row.failingSince?.getTime() ?? null,
    });
  }

  function viewsFor(event: EventRecord): EventViews {
    const views = viewsOf.get(event) ?? createViews(event);
    viewsOf.set(event, views);
    return views;
  }
}
