import type { SQL } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Db } from '#src/ports';
import { insertIf } from '#src/store';

export type NewTask = {
  /** Where the same deed must not be put down twice; else a new one. */
  id?: string;
  kind: string;
  /** What it is about: an event, a subscription, a revocation. */
  subject: string;
  payload: Record<string, unknown>;
  delayMs?: number;
  leaseId?: string;
};

type Needs = Pick<Ports, 'store' | 'clock' | 'ids'>;

/** Durable work, put down in the write that decides on it. Wake the tasks after that write. */
export const addTask = (db: Db, ports: Needs, task: NewTask) =>
  db.insert(ports.store.tables.tasks).values(rowOf(ports, task));

/** Only where `isTrue` holds; answers the ids of what was put down. */
export const addTaskIf = (db: Db, ports: Needs, task: NewTask, isTrue: SQL) => {
  const { tasks } = ports.store.tables;
  return insertIf(db, tasks, rowOf(ports, task), isTrue).returning({ id: tasks.id });
};

function rowOf({ clock, ids }: Needs, { id, kind, subject, payload, delayMs = 0, leaseId }: NewTask) {
  const now = clock.now();
  return {
    id: id ?? ids.newId('tsk'),
    kind,
    subject,
    payload,
    state: 'open' as const,
    done: 0,
    dueAt: new Date(now.getTime() + delayMs),
    leaseId: leaseId ?? null,
    failures: 0,
    createdAt: now,
    updatedAt: now,
  };
}
