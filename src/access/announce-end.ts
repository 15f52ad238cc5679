import type { Ports } from '#src/context';
import type { Db } from '#src/ports';
import { addTask } from '#src/tasks';
import type { Revocation } from './revoke.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids'>;

/** The account, and the app that had it, hear of it as an event of its own. */
export const announceEnd = (db: Db, ports: Needs, type: string, rvk: string, input: Revocation) =>
  addTask(db, ports, {
    kind: 'announce',
    subject: input.id,
    payload: { type, reason: input.reason, revocation: rvk },
  });
