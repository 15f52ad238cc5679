import { eq } from 'drizzle-orm';
import { createTasks } from '../../src/tasks/index.ts';
import { beginInactivity } from '../../src/inactivity/index.ts';
import { taskKinds } from '../../src/task-kinds.ts';
import { startStand } from '../oauth/stand.ts';

export type Stand = Awaited<ReturnType<typeof startInactivityStand>>;
export const dayMs = 86_400_000;

/** The hub of the OAuth tests, whose sweep is looked through a clock that the test owns: so many days from now. */
export async function startInactivityStand(environment: Record<string, string>) {
  const stand = await startStand(environment);
  const { ports } = stand;

  /** One day's sweep, and all that it puts down, to the end. */
  const sweepAt = async (days: number): Promise<void> => {
    const ms = () => Date.now() + days * dayMs;
    const later = { ...ports, clock: { ...ports.clock, ms, now: () => new Date(ms()) } };
    // The days of one test are not those of another.
    await ports.store.write((db) => [
      db.delete(ports.store.tables.tasks).where(eq(ports.store.tables.tasks.kind, 'inactivity')),
    ]);
    await beginInactivity(later);
    const tasks = createTasks(later, taskKinds(later));
    tasks.wake();
    await tasks.idle();
    await tasks.stop();
  };
  const { tokens, grants, events, revocations, usageDays } = ports.store.tables;
  const said = async (subject: string) =>
    (await ports.store.db.select().from(events))
      .filter((event) => event.subject === subject)
      .toSorted((a, b) => a.position - b.position)
      .map(({ type, data }) => ({ type, data }));

  return {
    ...stand,
    sweepAt,
    said,
    tokenRow: async (id: string) =>
      (await ports.store.db.select().from(tokens)).find((row) => row.id === id)!,
    grantRow: async (id: string) =>
      (await ports.store.db.select().from(grants)).find((row) => row.id === id)!,
    receiptsOf: async (id: string) =>
      (await ports.store.db.select().from(revocations)).filter((row) => row.subjectId === id),
    /** As the counts of a day come to be there, without the day. */
    deliveredOn: (grantId: string, days: number) =>
      ports.store.write((db) => {
        const day = new Date(Date.now() + days * dayMs).toISOString().slice(0, 10);
        const holder = `grant:${grantId}`;
        const zeros = { reads: 0, writes: 0, creates: 0, units: 0, refused: 0, theirs: 0, failed: 0 };
        return [
          db
            .insert(usageDays)
            .values({ id: `${day} ${holder}`, day, holder, ...zeros, delivered: 1 })
            .onConflictDoUpdate({ target: usageDays.id, set: { delivered: 1 } }),
        ];
      }),
  };
}
