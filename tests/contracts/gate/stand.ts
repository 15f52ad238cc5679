import { suspend, revoke, unsuspend } from '#src/access';
import { createIds } from '#src/columns';
import type { Ask, Cap, Clock, Gate, Store } from '#src/ports';
import type { EpochLevel } from '#src/store';

/** One installation: a store, and gates of as many processes as a case opens. */
export type Stand = { store: Store; open(): Promise<Gate>; propertyRuns?: number };
export type GateCase = {
  title: string;
  /** It speaks of what a process misses that another did: nothing to a gate of one process. */
  isOfSeveral?: boolean;
  /** It waits for news that nobody asked for. */
  isPushed?: boolean;
  run(stand: Stand): Promise<void>;
};

export const clock: Clock = {
  now: () => new Date(),
  ms: () => Date.now(),
  ticks: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
const ids = createIds(clock, {
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  fraction: () => Math.random(),
});

export const newId = (kind: 'grt' | 'acc' | 'tok' | 'app'): string => ids.newId(kind);

/** What the hub writes when staff acts on one process. */
export const staff = (stand: Stand, gate: Gate) => {
  const ports = {
    store: stand.store,
    gate,
    clock,
    ids,
    queue: { wake: () => undefined, reserve: () => null, release: () => undefined, hand: () => undefined },
  };
  const about = { reason: 'test', actor: 'test' };
  return {
    revoke: (level: EpochLevel | 'token', id: string, reason = 'test') =>
      revoke(ports, { level, id, ...about, reason }),
    suspend: (level: EpochLevel, id: string) => suspend(ports, { level, id, ...about }),
    unsuspend: (level: EpochLevel, id: string) => unsuspend(ports, { level, id, actor: 'test' }),
  };
};

export function askOf(over: Partial<Ask> = {}): Ask {
  return { epochs: [], token: { id: newId('tok'), locator: 'locator0' }, caps: [], ...over };
}

/** `burst` units, one of which comes back in an hour: time plays no part. */
export function capOf(burst: number, over: Partial<Cap> = {}): Cap {
  return { level: 'token', key: `token:${newId('tok')}`, periodMs: 3_600_000, burst, cost: 1, ...over };
}

/** A token of which the store has a row. */
export async function storedToken({ store }: Stand): Promise<{ id: string; locator: string }> {
  const id = newId('tok');
  const locator = id.slice(-8);
  await store.write((db) => [
    db.insert(store.tables.tokens).values({
      id,
      kind: 'k',
      env: 'live',
      hash: id,
      pepperVersion: 1,
      locator,
      label: 'test',
      accountId: null,
      scopes: [],
      epochs: {},
      createdAt: clock.now(),
    }),
  ]);
  return { id, locator };
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks until it is so; throws after five seconds. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 5_000;
  while (!(await isSo())) {
    if (Date.now() > endMs) throw new Error(`within 5 s it was not so that ${what}`);
    await pause(5);
  }
}
