import { setImmediate } from 'node:timers';
import type { Log, Meter } from '#src/ports';
import { type Carrier, lanesPerWake, type Wake } from './carrier.ts';
import type { Owners } from './owners.ts';

/** Wakes for other processes, gathered: under load one carries many lanes, and alone it leaves at once. */
export type Outbox = {
  add(lanes: readonly string[]): void;
  addTasks(slots: readonly number[]): void;
  addLater(lane: string, atMs: number): void;
  size(): number;
  /** Sends what is left. */
  close(): Promise<void>;
};

type Needs = {
  owners: Owners;
  carrier: Carrier;
  meter: Meter;
  log: Log;
  /** Tells this process itself, where the slot is its own; false where it is not. */
  tellSelf: (slot: number, wake: Wake) => boolean;
};

/** Between two flushes; with each the lanes of all that was published meanwhile. */
const paceMs = 10;
/** Retries are told in one wake where they are due in the same half second. */
const laterGrainMs = 500;
const gatherLaterMs = 250;
/** What is due after this is found by a sweep, a little late beside so long a wait. */
const laterHorizonMs = 60_000;
/** Past this the sweep has to find them. */
const maxWaiting = 100_000;

export function createOutbox({ owners, carrier, meter, log, tellSelf }: Needs): Outbox {
  const lanes = new Set<string>();
  const taskSlots = new Set<number>();
  const later = new Map<number, Set<string>>();
  const state = {
    isScheduled: false,
    flushing: Promise.resolve(),
    startedAt: Number.NEGATIVE_INFINITY,
    laterTimer: undefined as NodeJS.Timeout | undefined,
  };

  return {
    add: (more) => {
      for (const lane of more) {
        if (lanes.size < maxWaiting) lanes.add(lane);
        else meter.count('wakes_failed', { why: 'full' });
      }
      schedule();
    },
    addTasks: (slots) => {
      for (const slot of slots) taskSlots.add(slot);
      schedule();
    },
    addLater: (lane, atMs) => {
      if (!carrier.sendLater || atMs > Date.now() + laterHorizonMs) return;
      const dueMs = Math.ceil(atMs / laterGrainMs) * laterGrainMs;
      const known = later.get(dueMs);
      if (known) known.add(lane);
      else if (later.size < maxWaiting) later.set(dueMs, new Set([lane]));
      state.laterTimer ??= setTimeout(() => {
        state.laterTimer = undefined;
        void flushLater();
      }, gatherLaterMs);
    },
    size: () => lanes.size + taskSlots.size,
    close: async () => {
      clearTimeout(state.laterTimer);
      await state.flushing;
      await Promise.all([flush(), flushLater()]);
    },
  };

  function schedule(): void {
    if (state.isScheduled || (lanes.size === 0 && taskSlots.size === 0)) return;
    state.isScheduled = true;
    const start = () => {
      state.startedAt = performance.now();
      state.flushing = flush().finally(() => {
        state.isScheduled = false;
        schedule();
      });
    };
    const waitMs = paceMs - (performance.now() - state.startedAt);
    // Alone it leaves with the turn that woke it.
    if (waitMs <= 0) setImmediate(start);
    else setTimeout(start, waitMs);
  }

  async function flush(): Promise<void> {
    const tasks = take(taskSlots).map((slot) => send(slot, { topic: 'tasks' }));
    await Promise.all([...tasks, route(take(lanes), send)]);
  }

  async function flushLater(): Promise<void> {
    const { sendLater } = carrier;
    if (!sendLater) return;
    const due = [...later];
    later.clear();
    for (const [dueMs, waiting] of due)
      await route([...waiting], (slot, wake) => counted(wake, () => sendLater(slot, wake, dueMs)));
  }

  async function route(some: string[], tell: (slot: number, wake: Wake) => Promise<void>): Promise<void> {
    if (some.length === 0) return;
    try {
      const told: Promise<void>[] = [];
      for (const [slot, owned] of await owners.bySlot(some))
        for (let at = 0; at < owned.length; at += lanesPerWake)
          told.push(tell(slot, { topic: 'deliveries', lanes: owned.slice(at, at + lanesPerWake) }));
      await Promise.all(told);
    } catch (error) {
      // The store could not say whose they are.
      log.error('wakes.route', error, { lanes: some.length });
      meter.count('wakes_failed', { why: 'store' });
    }
  }

  async function send(slot: number, wake: Wake): Promise<void> {
    if (!tellSelf(slot, wake)) await counted(wake, () => carrier.send(slot, wake));
  }

  async function counted(wake: Wake, send: () => Promise<void>): Promise<void> {
    if (!carrier.isUp()) return meter.count('wakes_failed', { why: 'away' });
    try {
      await send();
      meter.count('wakes_sent', { topic: wake.topic });
    } catch {
      // The carrier has told its log of the outage; the sweep finds what these would have woken.
      meter.count('wakes_failed', { why: 'away' });
    }
  }
}

function take<T>(set: Set<T>): T[] {
  const all = [...set];
  set.clear();
  return all;
}
