import { eq, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Db, Holder, Usage, UsageCounts } from '#src/ports';
import { dayOf, rowId } from './days.ts';

type Needs = Pick<Ports, 'store' | 'clock'>;
type Row = UsageCounts & { day: string; holder: Holder };

const nothing: UsageCounts = {
  reads: 0,
  writes: 0,
  creates: 0,
  units: 0,
  refused: 0,
  theirs: 0,
  delivered: 0,
  failed: 0,
};
const dayMs = 86_400_000;
const rowsPerWrite = 100;

/**
 * One process's counts. Every `flush` adds what came since to the rows of the day and reads their totals in the same
 * write, so each process knows what all have written. A flush whose answer is lost is counted again: rather twice than
 * never.
 */
export function createUsage({ store, clock }: Needs): Usage {
  /** By day, then by holder: a call that comes after midnight opens rows of its own. */
  const pending = new Map<string, Map<Holder, Row>>();
  /** Units of the current day that are in the store. */
  const written = new Map<Holder, number>();
  /** Units of the current day on their way there: they count too, until the answer of their write has them. */
  const leaving = new Map<Holder, number>();
  const state = { dayNumber: -1, day: '', rows: new Map<Holder, Row>() };

  return {
    count: (holders, counts) => {
      turnDay();
      for (const holder of holders) add(rowOf(holder), counts);
    },
    meet: async (holder) => {
      turnDay();
      if (written.has(holder)) return;
      const { day } = state;
      const { usageDays } = store.tables;
      const [row] = await store.db
        .select({ units: usageDays.units })
        .from(usageDays)
        .where(eq(usageDays.id, rowId(day, holder)))
        .limit(1);
      // A flush may have told of it meanwhile, and a day may have gone by.
      if (day === state.day && !written.has(holder)) written.set(holder, row?.units ?? 0);
    },
    unitsToday: (holder) => {
      turnDay();
      return (written.get(holder) ?? 0) + (leaving.get(holder) ?? 0) + (state.rows.get(holder)?.units ?? 0);
    },
    flush: async () => {
      // In one order everywhere, so that two processes never wait for each other in a circle.
      const rows = [...pending.values()].flatMap((ofDay) => [...ofDay.values()]).toSorted(byId);
      pending.clear();
      state.rows = rowsOf(state.day);
      leave(rows, 1);
      for (let i = 0; i < rows.length; i += rowsPerWrite) {
        try {
          await write(rows.slice(i, i + rowsPerWrite));
        } catch (error) {
          leave(rows.slice(i), -1);
          for (const { day, holder, ...counts } of rows.slice(i)) add(rowOf(holder, day), counts);
          throw error;
        }
      }
    },
  };

  async function write(rows: readonly Row[]): Promise<void> {
    const totals = await store.write((db) => rows.map((row) => addTo(db, row)));
    turnDay();
    leave(rows, -1);
    for (const [total] of totals)
      // Of two that were under way at once the earlier may answer later.
      if (total?.day === state.day)
        written.set(total.holder, Math.max(total.units, written.get(total.holder) ?? 0));
  }

  function leave(rows: readonly Row[], sign: 1 | -1): void {
    for (const { day, holder, units } of rows) {
      if (day !== state.day || units === 0) continue;
      const left = (leaving.get(holder) ?? 0) + sign * units;
      if (left === 0) leaving.delete(holder);
      else leaving.set(holder, left);
    }
  }

  function addTo(db: Db, row: Row) {
    const { usageDays: t } = store.tables;
    // Null: a row from before this was counted.
    const plus = (column: (typeof t)[keyof UsageCounts]) =>
      sql`coalesce(${column}, 0) + excluded.${sql.identifier(column.name)}`;
    return db
      .insert(t)
      .values({ id: rowId(row.day, row.holder), ...row })
      .onConflictDoUpdate({
        target: t.id,
        set: {
          reads: plus(t.reads),
          writes: plus(t.writes),
          creates: plus(t.creates),
          units: plus(t.units),
          refused: plus(t.refused),
          theirs: plus(t.theirs),
          delivered: plus(t.delivered),
          failed: plus(t.failed),
        },
      })
      .returning({ day: t.day, holder: t.holder, units: t.units });
  }

  /** A number first: a date in words for every call would cost more than the counting. */
  function turnDay(): void {
    const ms = clock.ms();
    const dayNumber = Math.floor(ms / dayMs);
    if (dayNumber === state.dayNumber) return;
    state.dayNumber = dayNumber;
    state.day = dayOf(ms);
    state.rows = rowsOf(state.day);
    written.clear();
    leaving.clear();
  }

  function rowsOf(day: string): Map<Holder, Row> {
    const rows = pending.get(day) ?? new Map<Holder, Row>();
    pending.set(day, rows);
    return rows;
  }

  function rowOf(holder: Holder, day = state.day): Row {
    const rows = day === state.day ? state.rows : rowsOf(day);
    const known = rows.get(holder);
    if (known) return known;
    const row = { day, holder, ...nothing };
    rows.set(holder, row);
    return row;
  }
}

const byId = (a: Row, b: Row): number => (rowId(a.day, a.holder) < rowId(b.day, b.holder) ? -1 : 1);

function add(row: Row, counts: Partial<UsageCounts>): void {
  row.reads += counts.reads ?? 0;
  row.writes += counts.writes ?? 0;
  row.creates += counts.creates ?? 0;
  row.units += counts.units ?? 0;
  row.refused += counts.refused ?? 0;
  row.theirs += counts.theirs ?? 0;
  row.delivered += counts.delivered ?? 0;
  row.failed += counts.failed ?? 0;
}
