import { nowMicros } from '../clock.ts';
import { createStamps } from '../stamps.ts';
import type { AttemptRow, DeliveryRow, EventRow, LeaseWish, ThinStore } from './store.ts';
import type { Handed, Outcome, Sender } from './sender.ts';

/**
 * One transaction a turn of the event loop: events, their deliveries (already leased while there is room in
 * memory, `pending` beyond it), finished attempts, and leases for lanes that have spilled. Publishers are
 * answered, and deliveries handed over, after the commit.
 */
export type Published = { type: string; subject: string; audience: string[]; body: string };
export type Pipeline = {
  publish(events: Published[], answer: (ids: string[]) => void): void;
  subscribe(account: string, endpoint: { url: string; secret: string }): number;
  pause(subscriptionId: number): void;
  resume(subscriptionId: number): void;
};

// Deliveries of one endpoint in memory; more of them wait in the store.
const ROOM = 2_000;
const LEASE_AT_ONCE = 256;
const SWEEP_MS = 250;
// Contract, "What an endpoint receives": then the delivery is dead.
const RETRY_SECONDS = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000];

type Lane = { id: number; outstanding: number; hasSpilled: boolean; isPaused: boolean };

export function createPipeline(
  store: ThinStore,
  openSender: (finished: (outcome: Outcome) => void) => Sender,
): Pipeline {
  const lanes = new Map<number, Lane>();
  const lanesOf = new Map<string, Lane[]>();
  const stamp = createStamps();
  const turn = emptyTurn();
  const state = { isScheduled: false };
  const sender = openSender(record);
  setInterval(sweep, SWEEP_MS);

  return {
    publish: (events, answer) => {
      const ids = events.map(accept);
      turn.answers.push(() => {
        answer(ids);
      });
      schedule();
    },
    subscribe: (account, { url, secret }) => {
      const id = lanes.size + 1;
      const lane = { id, outstanding: 0, hasSpilled: false, isPaused: false };
      lanes.set(id, lane);
      lanesOf.set(account, [...(lanesOf.get(account) ?? []), lane]);
      sender.add({ id, url, secret });
      return id;
    },
    pause: (id) => {
      const lane = lanes.get(id);
      if (lane !== undefined) lane.isPaused = true;
    },
    resume: (id) => {
      const lane = lanes.get(id);
      if (lane === undefined) return;
      lane.isPaused = false;
      store.release(id);
      lane.hasSpilled = true;
      schedule();
    },
  };

  function accept(event: Published): string {
    const now = nowMicros();
    const id = `evt_${stamp(now)}`;
    const { type, subject, audience, body } = event;
    turn.events.push({ id, type, subject, body, acceptedAt: Math.floor(now / 1000) });
    // The match is a look in a map: an account's subscriptions want all its events here.
    for (const account of audience)
      for (const lane of lanesOf.get(account) ?? []) fanOut(lane, id, body, now);
    return id;
  }

  function fanOut(lane: Lane, eventId: string, body: string, now: number): void {
    const id = `dlv_${stamp(now)}`;
    const hasRoom = !lane.isPaused && lane.outstanding < ROOM;
    turn.deliveries.push({
      id,
      eventId,
      subscriptionId: lane.id,
      state: lane.isPaused ? 'held' : hasRoom ? 'leased' : 'pending',
    });
    if (hasRoom) {
      lane.outstanding += 1;
      turn.handed.push({ deliveryId: id, subscriptionId: lane.id, attempts: 0, body });
      return;
    }
    if (!lane.isPaused) lane.hasSpilled = true;
  }

  function record(outcome: Outcome): void {
    const lane = lanes.get(outcome.subscriptionId);
    if (lane !== undefined) lane.outstanding -= 1;
    const isTaken = outcome.status >= 200 && outcome.status < 300;
    const retrySeconds = isTaken ? undefined : RETRY_SECONDS[outcome.attempts - 1];
    if (retrySeconds !== undefined && lane !== undefined) lane.hasSpilled = true;
    const at = Date.now();
    turn.attempts.push({
      deliveryId: outcome.deliveryId,
      subscriptionId: outcome.subscriptionId,
      number: outcome.attempts,
      status: outcome.status,
      at,
      retryAt: retrySeconds === undefined ? null : at + retrySeconds * 1000,
    });
    schedule();
  }

  function schedule(): void {
    if (state.isScheduled) return;
    state.isScheduled = true;
    setImmediate(flush);
  }

  function flush(): void {
    state.isScheduled = false;
    const { events, deliveries, attempts, handed, answers } = turn;
    Object.assign(turn, emptyTurn());
    const leases = wishes(lanes);
    const leased = store.commit({ events, deliveries, attempts, leases });
    for (const answer of answers) answer();
    for (const row of leased) {
      const lane = lanes.get(row.subscriptionId);
      if (lane !== undefined) lane.outstanding += 1;
      handed.push({
        deliveryId: row.id,
        subscriptionId: row.subscriptionId,
        attempts: row.attempts,
        body: row.body,
      });
    }
    for (const wish of leases) {
      const lane = lanes.get(wish.subscriptionId);
      // A short answer means that nothing more is due now; the sweep looks again.
      if (lane !== undefined && countOf(leased, wish.subscriptionId) < wish.limit) lane.hasSpilled = false;
    }
    sender.send(handed);
  }

  function sweep(): void {
    for (const lane of lanes.values()) if (!lane.isPaused) lane.hasSpilled = true;
    schedule();
  }
}

function emptyTurn(): {
  events: EventRow[];
  deliveries: DeliveryRow[];
  attempts: AttemptRow[];
  handed: Handed[];
  answers: (() => void)[];
} {
  return { events: [], deliveries: [], attempts: [], handed: [], answers: [] };
}

function wishes(lanes: Map<number, Lane>): LeaseWish[] {
  const wanted: LeaseWish[] = [];
  for (const lane of lanes.values()) {
    // Only when half of the room is free: sets, not rows.
    if (!lane.hasSpilled || lane.isPaused || lane.outstanding > ROOM / 2) continue;
    wanted.push({ subscriptionId: lane.id, limit: LEASE_AT_ONCE });
  }
  return wanted;
}

function countOf(rows: { subscriptionId: number }[], id: number): number {
  return rows.reduce((count, row) => (row.subscriptionId === id ? count + 1 : count), 0);
}
