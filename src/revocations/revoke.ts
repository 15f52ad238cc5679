import { and, desc, eq, gte, type SQL } from 'drizzle-orm';
import { type RevocationRow, revoke, taints } from '#src/access';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { grantsBelow, sessionsBelow, tokensBelow } from './below.ts';
import { type StaffReceipt, staffReceipt } from './list.ts';
import { findSubject, lastReceipt, type Subject } from './subject.ts';

/**
 * Why staff revokes. `leaked`: a secret is in wrong hands. `abuse`: it was used to do harm. `violation`: rules were
 * broken. `requested`: the owner asked. `inactive`: nobody uses it. `ended`: a contract or a membership is over.
 */
export const revocationReasons = ['leaked', 'abuse', 'violation', 'requested', 'inactive', 'ended'] as const;
export type RevocationReason = (typeof revocationReasons)[number];

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'gate' | 'queue'>;
export type RevocationWish = Subject & {
  /** One of `revocationReasons`; from the operator's shell any word. */
  reason: string;
  /** For staff alone. */
  note?: string | null;
  requestId?: string;
};
/** `already`: it had been, nothing was made below it since, and this is the receipt of that. */
export type RevocationAnswer = { receipt: StaffReceipt; already: boolean };

/**
 * One step, whatever hangs below; from its return on nothing gets in, and the receipt fills by itself. Revoking again is
 * harmless and says that it was done. 404 for what is not there.
 */
export async function revokeAccess(
  ports: Needs,
  by: string,
  wish: RevocationWish,
): Promise<RevocationAnswer> {
  await findSubject(ports, wish);
  const last = await lastReceipt(ports, wish);
  if (last && (await stillHolds(ports, wish, last))) return { receipt: staffReceipt(last), already: true };
  const { id } = await revoke(ports, { ...wish, actor: by });
  return { receipt: staffReceipt(await readReceipt(ports, id)), already: false };
}

/** A token that was given up may turn out to have leaked: then what it made has to stop, too. */
async function stillHolds(ports: Needs, wish: RevocationWish, last: RevocationRow): Promise<boolean> {
  if (wish.level === 'token') return taints(last.reason) || !taints(wish.reason);
  if (wish.level === 'grant') return true;
  return !(await madeSince(ports, wish, last.createdAt));
}

/** People may consent anew after a revocation: what came of that is alive. */
async function madeSince(ports: Needs, subject: Subject, since: Date): Promise<boolean> {
  const { db, tables } = ports.store;
  const { tokens, grants, sessions } = tables;
  const newest = async (table: typeof tokens | typeof grants | typeof sessions, below: SQL | undefined) => {
    const rows = await db
      .select({ id: table.id })
      .from(table)
      .where(and(below, gte(table.createdAt, since)))
      .orderBy(desc(table.createdAt))
      .limit(1);
    return rows.length > 0;
  };
  return (
    (await newest(tokens, tokensBelow(ports, subject))) ||
    (await newest(grants, grantsBelow(ports, subject))) ||
    (await newest(sessions, sessionsBelow(ports, subject)))
  );
}

async function readReceipt({ store }: Needs, id: string): Promise<RevocationRow> {
  const { revocations } = store.tables;
  const [row] = await store.db.select().from(revocations).where(eq(revocations.id, id)).limit(1);
  if (row) return row;
  throw new PatchbayError('internal', { internal: `the receipt ${id} is not there after its own write` });
}
