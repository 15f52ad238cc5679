import { and, asc, eq, gt, lte, sql } from 'drizzle-orm';
import { PatchbayError } from '#src/errors';
import type { Log, Store } from '#src/ports';

/** Who sends in this cluster, by heartbeats in the store. */
export type Members = {
  /** The slots that live, as last read. */
  live(): readonly number[];
  /** This process's own; null where it does not send. */
  slot(): number | null;
  /** Told when the set has changed. */
  onChange(tell: () => void): void;
  /** Reads the set at once. */
  look(): Promise<void>;
  /** Takes a slot. */
  join(): Promise<number>;
  /** Gives the slot up, so that others take its lanes at once. */
  leave(): Promise<void>;
  close(): Promise<void>;
};

export type MemberOptions = {
  store: Store;
  log: Log;
  id: string;
  version: string;
  beatMs: number;
  /** Without a heartbeat for so long a worker counts as dead. */
  deadMs: number;
};

/** By the database's clock, since those of many machines differ. */
const nowMs = sql<Date>`(extract(epoch FROM clock_timestamp()) * 1000)::bigint`;

export async function createMembers(options: MemberOptions): Promise<Members> {
  const { store, log, id, version } = options;
  const { workers } = store.tables;
  const deadline = sql<Date>`(extract(epoch FROM clock_timestamp()) * 1000)::bigint - ${options.deadMs}::bigint`;
  const state = {
    live: [] as readonly number[],
    slot: null as number | null,
    isJoined: false,
    isClosed: false,
    timer: undefined as NodeJS.Timeout | undefined,
    beating: Promise.resolve(),
    tell: () => {},
  };
  await look();
  schedule();

  return {
    live: () => state.live,
    slot: () => state.slot,
    onChange: (tell) => {
      state.tell = tell;
    },
    look,
    join: async () => {
      const slot = await takeSlot();
      // Only now: a heartbeat meanwhile would miss its slot and take one too, and the row of this id is there once.
      state.isJoined = true;
      await look();
      return slot;
    },
    leave,
    close: async () => {
      state.isClosed = true;
      clearTimeout(state.timer);
      await state.beating;
    },
  };

  function schedule(): void {
    state.timer = setTimeout(() => {
      state.beating = beat().then(() => {
        if (!state.isClosed) schedule();
      });
    }, options.beatMs);
    state.timer.unref();
  }

  /** A heartbeat that cannot be written changes nothing here: whoever can still read the store decides. */
  async function beat(): Promise<void> {
    try {
      if (state.isJoined && !(await renew())) {
        log.warn('worker.replaced', { slot: state.slot });
        await takeSlot();
      }
      await look();
    } catch (error) {
      log.warn('worker.heartbeat', { why: error instanceof Error ? error.message : String(error) });
    }
  }

  async function renew(): Promise<boolean> {
    const slot = state.slot ?? -1;
    const [rows] = await store.write((db) => [
      db
        .update(workers)
        .set({ seenAt: nowMs })
        .where(and(eq(workers.slot, slot), eq(workers.id, id)))
        .returning({ slot: workers.slot }),
    ]);
    return rows.length > 0;
  }

  /** Two that start at once aim at the same slot; the loser aims at the next. */
  async function takeSlot(): Promise<number> {
    for (let tries = 0; tries < 100; tries++) {
      await look();
      const taken = new Set(state.live);
      const slot = Array.from({ length: taken.size + 1 }, (_, n) => n).find((n) => !taken.has(n)) ?? 0;
      const mine = { id, version, startedAt: nowMs, seenAt: nowMs };
      const [rows] = await store.write((db) => [
        db
          .insert(workers)
          .values({ slot, ...mine })
          .onConflictDoUpdate({ target: workers.slot, set: mine, setWhere: lte(workers.seenAt, deadline) })
          .returning({ slot: workers.slot }),
      ]);
      if (rows.length > 0) {
        state.slot = slot;
        return slot;
      }
    }
    throw new PatchbayError('internal', { internal: 'no slot could be taken among the workers' });
  }

  async function look(): Promise<void> {
    const rows = await store.db
      .select({ slot: workers.slot })
      .from(workers)
      .where(gt(workers.seenAt, deadline))
      .orderBy(asc(workers.slot));
    const live = rows.map((row) => row.slot);
    const isChanged = live.join() !== state.live.join();
    state.live = live;
    if (isChanged) state.tell();
  }

  async function leave(): Promise<void> {
    state.isJoined = false;
    const slot = state.slot;
    state.slot = null;
    state.live = state.live.filter((one) => one !== slot);
    // One under way may find its row gone, and would take a slot for somebody who has left.
    await state.beating;
    await store.write((db) => [db.delete(workers).where(eq(workers.id, id))]);
  }
}
