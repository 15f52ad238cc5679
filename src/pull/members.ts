/**
 * Which workers are alive, so that each destination host is served by one of them: windows, rates and the host's cap
 * then hold in that one's memory, however many there are. Kept as marks in the store, since two calls of a worker may
 * reach two processes of the hub that know nothing of each other.
 */
import { and, eq, like, lt } from 'drizzle-orm';
import type { Ports } from '#src/context';

export type Members = {
  /** Notes that this one is alive; answers all that are, itself too. */
  alive(worker: string): Promise<string[]>;
  leave(worker: string): Promise<void>;
};

const prefix = 'pull:';
const noteEveryMs = 4_000;
/** A worker that was not heard of for so long has died: three notes missed. */
export const deadAfterMs = 15_000;
const forgetAfterMs = 3_600_000;

export function createMembers({ store, clock }: Pick<Ports, 'store' | 'clock'>): Members {
  const { marks } = store.tables;
  // Few marks are there; a range of names would end elsewhere in each database's collation.
  const isMember = like(marks.name, `${prefix}%`);
  return {
    alive: async (worker) => {
      const nowMs = clock.ms();
      const rows = await store.db.select().from(marks).where(isMember);
      const own = rows.find(({ name }) => name === prefix + worker);
      // Far in the future is a clock that was set back.
      if (!own || Math.abs(nowMs - own.value) > noteEveryMs) await note(worker, nowMs);
      const others = rows.filter(
        ({ name, value }) => name !== prefix + worker && value > nowMs - deadAfterMs,
      );
      return [worker, ...others.map(({ name }) => name.slice(prefix.length))];
    },
    leave: async (worker) => {
      await store.write((db) => [db.delete(marks).where(eq(marks.name, prefix + worker))]);
    },
  };

  async function note(worker: string, nowMs: number): Promise<void> {
    await store.write((db) => [
      db
        .insert(marks)
        .values({ name: prefix + worker, value: nowMs })
        .onConflictDoUpdate({ target: marks.name, set: { value: nowMs } }),
      db.delete(marks).where(and(isMember, lt(marks.value, nowMs - forgetAfterMs))),
    ]);
  }
}

/**
 * Rendezvous hashing: each worker draws a number for the host, the highest has it. One that comes or goes moves only
 * its own share.
 */
export function ownerOf(host: string, workers: readonly string[]): string | undefined {
  let owner: string | undefined;
  let highest = -1;
  for (const worker of workers) {
    const drawn = draw(`${worker} ${host}`);
    if (drawn < highest || (drawn === highest && owner !== undefined && worker < owner)) continue;
    highest = drawn;
    owner = worker;
  }
  return owner;
}

/** FNV-1a, then the finish of MurmurHash3: FNV alone spreads what differs in its last letters badly. */
function draw(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
