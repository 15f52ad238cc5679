import { and, asc, eq, inArray, lte } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Db, Statement } from '#src/ports';

export type Task = Ports['store']['tables']['tasks']['$inferSelect'];

/** What one chunk does: its statements are written together with the cursor, so a crash repeats a chunk, never skips. */
export type Chunk = {
  statements: (db: Db) => readonly Statement[];
  /** Given to the next call; what it means is the kind's own affair. */
  cursor: unknown;
  /** How many were done, for progress. */
  count: number;
  isLast: boolean;
  /** After the write. */
  after?: () => void | Promise<void>;
};

export type TaskKinds = Readonly<Record<string, (task: Task) => Promise<Chunk>>>;
export type Tasks = { wake(): void; stop(): Promise<void>; idle(): Promise<void> };

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'log' | 'meter' | 'settings'>;
const maxFailures = 20;

/**
 * Durable work in chunks. A chunk's effects must bear repetition (inserts that ignore what is there, updates that name
 * the state they expect), since the lease guards against double work, not against a crash between two writes.
 */
export function createTasks(ports: Needs, kinds: TaskKinds): Tasks {
  const { store, clock, log, settings } = ports;
  const { tasks } = store.tables;
  const state = {
    isRunning: false,
    isStopped: false,
    isWanted: false,
    cancel: () => {},
    done: Promise.resolve(),
  };

  const wake = () => {
    state.isWanted = true;
    if (!state.isRunning && !state.isStopped) state.done = run();
  };
  const schedule = () => {
    state.cancel = clock.after(settings.sweepMs * 2, () => {
      wake();
      if (!state.isStopped) schedule();
    });
  };
  schedule();
  return {
    wake,
    stop: async () => {
      state.isStopped = true;
      state.cancel();
      await state.done;
    },
    idle: () => state.done,
  };

  async function run(): Promise<void> {
    state.isRunning = true;
    try {
      while (state.isWanted && !state.isStopped) {
        state.isWanted = false;
        for (let task = await claim(); task && !state.isStopped; task = await claim()) await runTask(task);
      }
    } catch (error) {
      log.error('tasks.fault', error);
    } finally {
      state.isRunning = false;
    }
  }

  async function claim(): Promise<Task | undefined> {
    for (;;) {
      const now = clock.now();
      const due = store.db
        .select({ id: tasks.id })
        .from(tasks)
        .where(lte(tasks.dueAt, now))
        .orderBy(asc(tasks.dueAt))
        .limit(1);
      const [ready] = await due;
      if (!ready) return undefined;
      const [[claimed]] = await store.write((db) => [
        db
          .update(tasks)
          .set({ leaseId: ports.ids.newId('wrk'), dueAt: new Date(clock.ms() + settings.leaseMs) })
          .where(and(inArray(tasks.id, [ready.id]), lte(tasks.dueAt, now)))
          .returning(),
      ]);
      // Where another worker was faster there may still be more.
      if (claimed) return claimed;
    }
  }

  async function runTask(task: Task): Promise<void> {
    const kind = kinds[task.kind];
    let current: Task | undefined = task;
    try {
      if (!kind) throw new Error(`no task of the kind ${task.kind} is known`);
      while (current && !state.isStopped) current = await runChunk(current, await kind(current));
      if (current) await rest(current);
    } catch (error) {
      log.error('task.fault', error, { task: task.id, kind: task.kind });
      await postpone(current ?? task, error);
    }
  }

  /** Undefined when the task is done, or when another worker has taken it over. */
  async function runChunk(task: Task, chunk: Chunk): Promise<Task | undefined> {
    const answers = await store.write((db) => [
      db
        .update(tasks)
        .set({
          cursor: chunk.cursor,
          done: task.done + chunk.count,
          failures: 0,
          updatedAt: clock.now(),
          ...(chunk.isLast
            ? { state: 'done' as const, dueAt: null, leaseId: null }
            : { dueAt: new Date(clock.ms() + settings.leaseMs) }),
        })
        .where(and(eq(tasks.id, task.id), eq(tasks.leaseId, task.leaseId ?? '')))
        .returning(),
      ...chunk.statements(db),
    ]);
    const [updated] = answers[0];
    await chunk.after?.();
    ports.meter.count('task_chunks', { kind: task.kind });
    return chunk.isLast ? undefined : updated;
  }

  async function rest(task: Task): Promise<void> {
    await store.write((db) => [
      db
        .update(tasks)
        .set({ leaseId: null, dueAt: clock.now() })
        .where(and(eq(tasks.id, task.id), eq(tasks.leaseId, task.leaseId ?? ''))),
    ]);
  }

  /** Doubling from a second to an hour; after twenty failures in a row somebody has to look. */
  async function postpone(task: Task, error: unknown): Promise<void> {
    const failures = task.failures + 1;
    const isOver = failures >= maxFailures;
    const waitMs = Math.min(3_600_000, 1_000 * 2 ** failures);
    const text = error instanceof Error ? error.message : 'unknown';
    await store.write((db) => [
      db
        .update(tasks)
        .set({
          failures,
          error: text.slice(0, 500),
          leaseId: null,
          dueAt: isOver ? null : new Date(clock.ms() + waitMs),
          state: isOver ? 'failed' : 'open',
          updatedAt: clock.now(),
        })
        // Whoever has taken it over meanwhile knows better.
        .where(and(eq(tasks.id, task.id), eq(tasks.leaseId, task.leaseId ?? ''))),
    ]);
    if (isOver) ports.meter.count('tasks_failed', { kind: task.kind });
  }
}
