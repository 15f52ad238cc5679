import type { Ports } from '#src/context';
import type { Sender } from './sender.ts';

/** Finds in the store what is due (retries, spill, dead workers' leases) and hands it to the sender. */
export type Sweep = { wake(ids?: readonly string[]): void; stop(): Promise<void> };

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'log' | 'meter' | 'settings' | 'directory' | 'gate'>;
const lanesPerLook = 500;
/** A lane with so much room joins a lease that another one asked for. */
const roomToJoin = 64;

/** `owned`: which of these lanes this process sends in, where there are several. */
export function createSweep(
  ports: Needs,
  sender: Sender,
  owned: (lanes: string[]) => string[] | Promise<string[]> = (lanes) => lanes,
): Sweep {
  const { store, clock, log, settings } = ports;
  const asked = new Set<string>();
  /** Lanes of which the store had more when they were last leased. */
  const wanting = new Set<string>();
  const state = {
    isRunning: false,
    isStopped: false,
    wantsAll: false,
    after: '',
    cancel: () => {},
    done: Promise.resolve(),
  };

  const wake = (ids?: readonly string[]) => {
    if (ids) for (const id of ids) asked.add(id);
    else state.wantsAll = true;
    if (!state.isRunning && !state.isStopped) state.done = run();
  };
  sender.onLow((id) => wake([id]));
  schedule();
  return {
    wake,
    stop: async () => {
      state.isStopped = true;
      state.cancel();
      await state.done;
    },
  };

  function schedule(): void {
    state.cancel = clock.after(settings.sweepMs, () => {
      wake();
      if (!state.isStopped) schedule();
    });
  }

  async function run(): Promise<void> {
    state.isRunning = true;
    try {
      while (!state.isStopped && (asked.size > 0 || state.wantsAll)) {
        // Lanes that run low in one round of the pump are leased together.
        await Promise.resolve();
        await lease(await owned(await nextLanes()));
      }
    } catch (error) {
      log.error('sweep.fault', error);
    } finally {
      state.isRunning = false;
    }
  }

  /** Lanes that were asked for come first; a look over all goes on where the last one ended. */
  async function nextLanes(): Promise<string[]> {
    if (asked.size > 0) {
      const ids = [...asked].slice(0, lanesPerLook);
      for (const id of ids) asked.delete(id);
      return [...ids, ...joining(ids)];
    }
    const ids = await store.dueLanes(clock.ms(), state.after, lanesPerLook);
    state.wantsAll = ids.length === lanesPerLook;
    state.after = state.wantsAll ? (ids.at(-1) ?? '') : '';
    return ids;
  }

  /** Deliveries of one event that are leased together share its record, its projection and its body. */
  function joining(ids: readonly string[]): string[] {
    for (const id of ids) wanting.delete(id);
    const others = [...wanting]
      .filter((id) => sender.roomOf(id) >= roomToJoin)
      .slice(0, lanesPerLook - ids.length);
    // Whether they want more is told by this lease, or by nobody where another process has come to own them.
    for (const id of others) wanting.delete(id);
    return others;
  }

  async function lease(ids: string[]): Promise<void> {
    const rooms = ids.map((subscriptionId) => ({ subscriptionId, room: sender.roomOf(subscriptionId) }));
    // A lane that is full asks by itself when it runs low.
    for (const { subscriptionId, room } of rooms) if (room === 0) sender.noteMore(subscriptionId, true);
    const lanes = rooms.filter(({ room }) => room > 0);
    if (lanes.length === 0) return;
    const nowMs = clock.ms();
    const leased = await store.lease({
      leaseId: ports.ids.newId('wrk'),
      nowMs,
      untilMs: nowMs + settings.leaseMs,
      lanes,
    });
    // After the lease: what made a row due was written before it. A copy from before a resume would hold it anew.
    await ports.gate.freshen();
    await ports.directory.freshen();
    const counts = new Map<string, number>();
    for (const { subscriptionId } of leased)
      counts.set(subscriptionId, (counts.get(subscriptionId) ?? 0) + 1);
    for (const { subscriptionId, room } of lanes)
      note(subscriptionId, (counts.get(subscriptionId) ?? 0) === room);
    sender.hand(leased, false);
    ports.meter.count('deliveries_swept', {}, leased.length);
  }

  function note(id: string, hasMore: boolean): void {
    sender.noteMore(id, hasMore);
    if (!hasMore) wanting.delete(id);
    else if (wanting.size < lanesPerLook) wanting.add(id);
  }
}
