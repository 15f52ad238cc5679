import { and, eq, isNull, sql } from 'drizzle-orm';
import { recordAudit } from '#src/audit';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { EpochLevel } from '#src/store';
import { raiseVersion } from './version.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'gate' | 'queue'>;

export type RevocationLevel = 'token' | 'grant' | 'user' | 'app' | 'partner' | 'account' | 'installation';
export type Revocation = {
  level: RevocationLevel;
  id: string;
  reason: string;
  actor: string;
  requestId?: string;
};
/** A receipt: complete once what was queued is cancelled. */
export type RevocationReceipt = { id: string; completed: boolean };

/**
 * One step, whatever hangs below. A token's revocation marks its own row; every other level is one increment of an
 * epoch, which tokens, grants and subscriptions carry. What was queued is cancelled by a task in the same write; until
 * that has run, each attempt asks the gate before its first byte.
 */
export async function revoke(ports: Needs, input: Revocation): Promise<RevocationReceipt> {
  return input.level === 'token'
    ? revokeToken(ports, input)
    : raiseEpoch(ports, { ...input, level: input.level });
}

/** With reason `leaked` or `abuse` all that the token created stops too: nobody knows who made it. */
async function revokeToken(ports: Needs, input: Revocation): Promise<RevocationReceipt> {
  const { store, clock } = ports;
  const { tokens, subscriptions } = store.tables;
  const [token] = await store.db
    .select({ accountId: tokens.accountId })
    .from(tokens)
    .where(eq(tokens.id, input.id))
    .limit(1);
  if (!token) throw new PatchbayError('not_found', { public: 'There is no such token.' });
  const isTainted = input.reason === 'leaked' || input.reason === 'abuse';
  const now = clock.now();
  const rvk = ports.ids.newId('rvk');
  await store.write((db) => [
    db
      .update(tokens)
      .set({ revokedAt: now, revokedReason: input.reason })
      .where(and(eq(tokens.id, input.id), isNull(tokens.revokedAt))),
    ...(isTainted
      ? [
          db
            .update(subscriptions)
            .set({
              state: 'disabled',
              stateReason: `token_${input.reason}`,
              updatedAt: now,
              version: sql`${subscriptions.version} + 1`,
            })
            .where(and(eq(subscriptions.tokenId, input.id), sql`${subscriptions.state} <> 'deleted'`)),
          ...raiseVersion(db, ports, { accountId: token.accountId }),
        ]
      : []),
    ...receiptStatements(db, ports, rvk, input),
  ]);
  ports.queue.wake('tasks');
  return { id: rvk, completed: false };
}

async function raiseEpoch(
  ports: Needs,
  input: Revocation & { level: EpochLevel },
): Promise<RevocationReceipt> {
  const { store, clock, gate, queue } = ports;
  const { epochs, grants } = store.tables;
  const now = clock.now();
  const rvk = ports.ids.newId('rvk');
  const subjectId = input.level === 'installation' ? '' : input.id;
  const [raised] = await store.write((db) => [
    db
      .insert(epochs)
      .values({
        id: `${input.level}:${subjectId}`,
        level: input.level,
        subjectId,
        value: 1,
        reason: input.reason,
        updatedAt: now,
      })
      .onConflictDoUpdate({
        target: epochs.id,
        set: { value: sql`${epochs.value} + 1`, reason: input.reason, updatedAt: now },
      })
      .returning(),
    // An ended grant is no longer matched at all, and a new one can take its place.
    db
      .update(grants)
      .set({ endedAt: now })
      .where(and(input.level === 'grant' ? eq(grants.id, input.id) : sql`false`, isNull(grants.endedAt))),
    ...raiseVersion(db, ports, { accountId: null }),
    ...receiptStatements(db, ports, rvk, input),
  ]);
  const row = raised[0];
  if (row) gate.note(row.level, row.subjectId, row.value, row.suspendedAt?.getTime() ?? null);
  queue.wake('tasks');
  return { id: rvk, completed: false };
}

const receiptStatements = (db: Ports['store']['db'], ports: Needs, rvk: string, input: Revocation) => {
  const { revocations, tasks } = ports.store.tables;
  const now = ports.clock.now();
  return [
    db.insert(revocations).values({
      id: rvk,
      level: input.level,
      subjectId: input.id,
      reason: input.reason,
      actor: input.actor,
      createdAt: now,
      cancelled: 0,
    }),
    db.insert(tasks).values({
      id: ports.ids.newId('tsk'),
      kind: 'cancel',
      subject: rvk,
      payload: { level: input.level, id: input.id, reason: input.reason },
      state: 'open',
      done: 0,
      dueAt: now,
      failures: 0,
      createdAt: now,
      updatedAt: now,
    }),
    recordAudit(db, ports, {
      actor: input.actor,
      action: 'revoke',
      subject: `${input.level}:${input.id}`,
      requestId: input.requestId ?? null,
      detail: { reason: input.reason, receipt: rvk },
    }),
  ] as const;
};
