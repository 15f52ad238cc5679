/**
 * The row of a revocation, from the write that revokes until all that follows has been counted. Tasks follow it:
 * `cancel` empties the queue, `end` writes down what has ended, `disconnect` takes vendors' credentials back; whichever
 * comes last completes the receipt.
 */
import { and, eq, gt, isNull, notExists, type SQL, sql } from 'drizzle-orm';
import { recordAudit } from '#src/audit';
import type { Ports } from '#src/context';
import type { Db } from '#src/ports';
import { addTask } from '#src/tasks';
import type { Revocation } from './revoke.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids'>;

/** `accountId`: whose it was, where that is one account's. */
export function receiptStatements(
  db: Db,
  ports: Needs,
  rvk: string,
  input: Revocation,
  accountId: SQL<string> | string | null,
) {
  const { revocations, sessions } = ports.store.tables;
  const { level, id, reason } = input;
  const isOpen = and(eq(sessions.userId, id), gt(sessions.expiresAt, ports.clock.now()));
  const openSessions = db
    .select({ n: sql`count(*)` })
    .from(sessions)
    .where(isOpen);
  return [
    db.insert(revocations).values({
      id: rvk,
      level,
      subjectId: id,
      reason,
      actor: input.actor,
      createdAt: ports.clock.now(),
      cancelled: 0,
      accountId,
      note: input.note ?? null,
      tokens: 0,
      grants: level === 'grant' ? 1 : 0,
      subscriptions: 0,
      sessions: level === 'user' ? sql<number>`(${openSessions})` : 0,
    }),
    ...(level === 'user' ? signOut(db, ports, id) : []),
    addTask(db, ports, { kind: 'cancel', subject: rvk, payload: { level, id, reason } }),
    ...(level === 'token'
      ? []
      : [
          addTask(db, ports, { kind: 'end', subject: rvk, payload: { level, id, reason } }),
          addTask(db, ports, { kind: 'disconnect', subject: rvk, payload: { level, id, reason } }),
        ]),
    recordAudit(db, ports, {
      actor: input.actor,
      action: 'revoke',
      subject: `${level}:${id}`,
      requestId: input.requestId ?? null,
      detail: { reason, receipt: rvk },
    }),
  ] as const;
}

/** Out of every browser, and by no link that was made before. The epoch alone ends sessions; a link carries none. */
const signOut = (db: Db, { store }: Needs, userId: string) =>
  [
    db.delete(store.tables.sessions).where(eq(store.tables.sessions.userId, userId)),
    db.delete(store.tables.signInLinks).where(eq(store.tables.signInLinks.userId, userId)),
  ] as const;

/** What is known once the gate has it. The revocation holds already: this only says how fast that was. */
export async function writeEffect(
  { store }: Needs,
  rvk: string,
  effect: { effectMs: number; tokens?: number; subscriptions?: number },
): Promise<void> {
  const { revocations } = store.tables;
  await store.write((db) => [db.update(revocations).set(effect).where(eq(revocations.id, rvk))]);
}

/**
 * Completes the receipt unless another task still works for it. Comes after a statement of the same write that has
 * changed the row: on Postgres the other task waits there, and then sees that this one is done.
 */
export function completeReceipt(db: Db, { store, clock }: Needs, rvk: string) {
  const { revocations, tasks } = store.tables;
  const unfinished = db
    .select({ one: sql`1` })
    .from(tasks)
    .where(and(eq(tasks.subject, rvk), sql`${tasks.state} <> 'done'`));
  return db
    .update(revocations)
    .set({ completedAt: clock.now() })
    .where(and(eq(revocations.id, rvk), isNull(revocations.completedAt), notExists(unfinished)));
}
