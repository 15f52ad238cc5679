import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Db, Gate, Statement } from '#src/ports';
import type { EpochLevel } from '#src/store';
import { announceEnd } from './announce-end.ts';
import { countEpochWrite, epochVersion, laterThanRow, markOf } from './epochs.ts';
import { receiptStatements, writeEffect } from './receipt-row.ts';
import { revokeToken } from './revoke-token.ts';
import { raiseVersion } from './version.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'gate' | 'queue'>;

export const revocationLevels = [
  'token',
  'grant',
  'user',
  'app',
  'partner',
  'account',
  'installation',
] as const;
export type RevocationLevel = (typeof revocationLevels)[number];
export type Revocation = {
  level: RevocationLevel;
  id: string;
  reason: string;
  actor: string;
  /** For staff alone. */
  note?: string | null;
  requestId?: string;
  /** An epoch that was once: the new one is above it, too. Of a level other than token. */
  above?: number;
  /** Given where it must not be done twice: the second time nothing is written, and the store tells a conflict. */
  receiptId?: string;
  /** Goes into the same write. */
  alongside?: (db: Db, receiptId: string) => readonly Statement[];
};
/** A receipt: complete once what was queued is cancelled, and what has ended is counted. */
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

async function raiseEpoch(
  ports: Needs,
  input: Revocation & { level: EpochLevel },
): Promise<RevocationReceipt> {
  const { store, clock, gate, queue } = ports;
  const { epochs, grants, accounts } = store.tables;
  const beganTicks = clock.ticks();
  const now = clock.now();
  const rvk = input.receiptId ?? ports.ids.newId('rvk');
  const subjectId = input.level === 'installation' ? '' : input.id;
  const isGrant = input.level === 'grant';
  const known = Math.max(await knownValue(gate, input.level, subjectId), input.above ?? 0);
  const [, raised] = await store.write((db) => [
    countEpochWrite(db, ports),
    db
      .insert(epochs)
      .values({
        id: `${input.level}:${subjectId}`,
        level: input.level,
        subjectId,
        value: known + 1,
        reason: input.reason,
        updatedAt: now,
        version: epochVersion,
      })
      .onConflictDoUpdate({
        target: epochs.id,
        set: {
          value: sql`case when ${epochs.value} > ${known} then ${epochs.value} else ${known} end + 1`,
          reason: input.reason,
          updatedAt: laterThanRow(ports),
          version: epochVersion,
        },
      })
      .returning(),
    // An ended grant is no longer matched at all, and a new one can take its place.
    db
      .update(grants)
      .set({ endedAt: now })
      .where(and(isGrant ? eq(grants.id, input.id) : sql`false`, isNull(grants.endedAt))),
    ...raiseVersion(db, ports, { accountId: input.level === 'account' ? input.id : null }),
    ...receiptStatements(
      db,
      ports,
      rvk,
      input,
      isGrant
        ? sql`(select ${grants.accountId} from ${grants} where ${grants.id} = ${input.id})`
        : input.level === 'account'
          ? sql`(select ${accounts.id} from ${accounts} where ${accounts.id} = ${input.id})`
          : null,
    ),
    ...(isGrant ? [announceEnd(db, ports, 'grant.revoked', rvk, input)] : []),
    ...(input.alongside?.(db, rvk) ?? []),
  ]);
  await gate.note(raised.map(markOf));
  const effectMs = Math.ceil(clock.ticks() - beganTicks);
  queue.wake('tasks');
  await writeEffect(ports, rvk, { effectMs });
  return { id: rvk, completed: false };
}

/** Beside a store that was restored from a backup the fast copy may know of later revocations: go on from there. */
async function knownValue(gate: Gate, level: EpochLevel, subjectId: string): Promise<number> {
  await gate.freshen();
  return gate.snapshot({ [level]: subjectId })[level]?.[1] ?? 0;
}
