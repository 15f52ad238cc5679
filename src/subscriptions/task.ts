import type { Ports } from '#src/context';
import type { Db } from '#src/ports';

/** Durable work, put down in the write that decides on it. Wake the tasks after that write. */
export const addTask = (
  db: Db,
  { store, clock, ids }: Pick<Ports, 'store' | 'clock' | 'ids'>,
  task: { id?: string; kind: string; subject: string; payload: Record<string, unknown> },
) => {
  const now = clock.now();
  return db.insert(store.tables.tasks).values({
    id: task.id ?? ids.newId('tsk'),
    kind: task.kind,
    subject: task.subject,
    payload: task.payload,
    state: 'open',
    done: 0,
    dueAt: now,
    failures: 0,
    createdAt: now,
    updatedAt: now,
  });
};
