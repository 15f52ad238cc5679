import type { Ports } from '#src/context';
import type { Db } from '#src/ports';

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

/** Durable work, put down in the write that decides on it. Wake the tasks after that write. */
export const addTask = (
  db: Db,
  { store, clock, ids }: Pick<Ports, 'store' | 'clock' | 'ids'>,
  { id, kind, subject, payload, delayMs = 0, leaseId }: NewTask,
) => {
  const now = clock.now();
  return db.insert(store.tables.tasks).values({
    id: id ?? ids.newId('tsk'),
    kind,
    subject,
    payload,
    state: 'open',
    done: 0,
    dueAt: new Date(now.getTime() + delayMs),
    leaseId: leaseId ?? null,
    failures: 0,
    createdAt: now,
    updatedAt: now,
  });
};
