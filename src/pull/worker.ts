/**
 * A worker that delivers for a hub elsewhere:
 *
 *   ask ─▶ lanes (deliveries/dispatcher.ts) ─▶ guarded send ─▶ outbox ─▶ settled, or lost
 *            ▲ renewed while they wait         ▲ permits: still allowed, a second ago at most
 *
 * It keeps nothing: killed at any moment, its leases end and the same `webhook-id` is sent again.
 */
import type { Ports } from '#src/context';
import { createBell } from './bell.ts';
import { createCarrier } from './carrier.ts';
import { type CallHub, createHubCalls } from './hub-calls.ts';
import type { WorkerKeys } from './keys.ts';
import { deadAfterMs } from './members.ts';
import { maxLanes } from './protocol.ts';
import { createTrouble } from './trouble.ts';
import { within } from './within.ts';

export type PullWorker = {
  id: string;
  stats(): { inFlight: number; waiting: number; lanes: number };
  /** Nothing new begins, what is on its way may end, the rest is given back. */
  stop(graceMs: number): Promise<void>;
};
export type PullWorkerOptions = { hubUrl: string; keys: WorkerKeys; call: CallHub; maxInFlight: number };
type Needs = Pick<Ports, 'clock' | 'chance' | 'ids' | 'digest' | 'log' | 'http'>;

const maxWaiting = 5_000;
const roomPerAsk = 256;
const waitMs = 2_000;
const tendMs = 1_000;

export function createPullWorker(
  ports: Needs,
  { hubUrl, keys, call, maxInFlight }: PullWorkerOptions,
): PullWorker {
  const { clock, log } = ports;
  const id = ports.ids.newId('wrk');
  const calls = createHubCalls(ports, { url: hubUrl, keys, call });
  const trouble = createTrouble(ports);
  const bell = createBell(clock);
  const hungry = new Set<string>();
  const feeding = { done: Promise.resolve(), isOn: false };
  const state = { isStopping: false, next: '', sinceTicks: 0, answeredTicks: Number.NEGATIVE_INFINITY };
  const carrier = createCarrier(
    { clock, log, http: ports.http, worker: id, calls, trouble, maxInFlight },
    feed,
  );
  const asking = askOn();
  tendOn();

  return {
    id,
    stats: () => carrier.stats(),
    stop: async (graceMs) => {
      const untilTicks = clock.ticks() + graceMs;
      state.isStopping = true;
      bell.ring();
      await carrier.stop(untilTicks);
      await within(clock, untilTicks - clock.ticks(), Promise.all([asking, feeding.done]));
      // What the last ask brought went straight back.
      await carrier.stop(untilTicks);
      await calls
        .settle({ worker: id, outcomes: [], isLeaving: true })
        .catch((error: unknown) => trouble.met(error));
    },
  };

  /** Anything that is due, one lane after the other. */
  async function askOn(): Promise<void> {
    while (!state.isStopping) {
      const room = Math.min(roomPerAsk, maxWaiting - carrier.stats().waiting);
      if (room <= 0) {
        await bell.wait(100);
        continue;
      }
      try {
        state.next = await ask({ room, lanes: carrier.rooms(), isOnlyThese: false, waitMs });
        trouble.over();
      } catch (error) {
        await bell.wait(trouble.met(error));
      }
    }
  }

  /** These lanes have more, and room for it. What fails here is found by the other ask. */
  function feed(laneId: string): void {
    hungry.add(laneId);
    if (!feeding.isOn && !state.isStopping) feeding.done = feedOn();
  }

  async function feedOn(): Promise<void> {
    feeding.isOn = true;
    // What gets hungry in this turn is fed together.
    await pause(1);
    while (hungry.size > 0 && !state.isStopping) {
      const wanted = [...hungry].slice(0, 90);
      for (const lane of wanted) hungry.delete(lane);
      const known = new Map(carrier.rooms().map((lane) => [lane.id, lane.room]));
      const lanes = wanted.map((lane) => ({ id: lane, room: known.get(lane) ?? null }));
      try {
        await ask({ room: roomPerAsk, lanes, isOnlyThese: true, waitMs: 0 });
      } catch (error) {
        await bell.wait(trouble.met(error));
      }
    }
    feeding.isOn = false;
  }

  async function ask(about: {
    room: number;
    lanes: { id: string; room: number | null }[];
    isOnlyThese: boolean;
    waitMs: number;
  }): Promise<string> {
    const startedAt = clock.ticks();
    // After so long others serve its hosts: it joins anew.
    if (startedAt - state.answeredTicks > deadAfterMs) state.sinceTicks = startedAt;
    const answer = await calls.ask({
      ...about,
      worker: id,
      upMs: Math.floor(startedAt - state.sinceTicks),
      lanes: about.lanes.slice(0, maxLanes),
      after: about.isOnlyThese ? '' : state.next,
    });
    state.answeredTicks = clock.ticks();
    carrier.take(answer, startedAt);
    return answer.next;
  }

  function tendOn(): void {
    clock.after(tendMs, () => {
      void carrier.tend().then(() => {
        if (!state.isStopping) tendOn();
      });
    });
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => void clock.after(Math.max(1, ms), resolve));
  }
}
