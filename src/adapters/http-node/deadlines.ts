/**
 * One timer for all deadlines of the process: a wheel of 50 ms slots, that stands still when nothing waits.
 * A timer or an AbortSignal for each send would cost a quarter of the sends (docs/performance.md).
 * A deadline fires up to one slot late, never early.
 */
export type Expiring = { expire(): void; slot: number };

export type Deadlines = {
  /** `now` and `deadlineMs` in milliseconds of `performance.now()`. */
  add(entry: Expiring, now: number, deadlineMs: number): void;
  remove(entry: Expiring): void;
  close(): void;
};

const slotMs = 50;

export function createDeadlines(): Deadlines {
  const slots = new Map<number, Set<Expiring>>();
  let timer: NodeJS.Timeout | null = null;
  let turned = 0;

  function arm(): void {
    timer = setTimeout(turn, slotMs);
  }

  function turn(): void {
    const due = Math.floor(performance.now() / slotMs);
    // Every slot in between, since a busy event loop skips some.
    for (; turned <= due; turned++) {
      const entries = slots.get(turned);
      if (entries === undefined) continue;
      slots.delete(turned);
      for (const entry of entries) entry.expire();
    }
    timer = null;
    if (slots.size > 0) arm();
  }

  return {
    add(entry, now, deadlineMs) {
      if (timer === null) {
        turned = Math.floor(now / slotMs);
        arm();
      }
      entry.slot = Math.max(Math.ceil((now + deadlineMs) / slotMs), turned);
      const entries = slots.get(entry.slot);
      if (entries === undefined) slots.set(entry.slot, new Set([entry]));
      else entries.add(entry);
    },
    remove(entry) {
      slots.get(entry.slot)?.delete(entry);
    },
    close() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      slots.clear();
    },
  };
}
