import { and, eq, sql } from 'drizzle-orm';
import { recordAuditIf } from '#src/audit';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Account } from './accounts.ts';
import { erasingStatements } from './erase.ts';
import { revoke } from './revoke.ts';
import { suspend, unsuspend } from './suspend.ts';
import { raiseVersion } from './version.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'gate' | 'queue'>;
export const accountStatuses = ['active', 'suspended', 'closed', 'erased'] as const;
export type AccountStatus = (typeof accountStatuses)[number];

/** Closed and erased are for good: what was ended with an account does not come back with a status. */
const mayBecome: Record<AccountStatus, readonly AccountStatus[]> = {
  active: ['active', 'suspended', 'closed', 'erased'],
  suspended: ['active', 'suspended', 'closed', 'erased'],
  closed: ['closed', 'erased'],
  erased: ['erased'],
};

/** What the marketplace suspends is lifted by the marketplace; what staff suspended stays. */
const ourReason = 'account_suspended';

/**
 * What the marketplace tells of its people. Suspended: deliveries are held and tokens answer 403 until it is active
 * again. Closed: everything that hangs on the account is revoked. Erased: besides, its personal data goes; proofs stay.
 *
 * The effect comes before the status that tells of it, except where the effect waits for the status (lifting): a crash
 * between the two leaves a status that the caller, who got no answer, sets again.
 */
export async function setAccountStatus(
  ports: Needs,
  by: string,
  id: string,
  status: AccountStatus,
): Promise<Account> {
  const account = await readAccount(ports, id);
  if (!mayBecome[account.status].includes(status)) {
    throw new PatchbayError('state_conflict', {
      public: `The account is ${account.status}; it cannot become ${status}.`,
    });
  }
  const isChange = account.status !== status;
  // Said again it holds again: it may have been lifted elsewhere meanwhile, by staff or by a call that came between.
  if (status === 'suspended') await suspendOnce(ports, by, id);
  if (isChange && (status === 'closed' || status === 'erased'))
    await revoke(ports, { level: 'account', id, reason: `account_${status}`, actor: by });
  if (isChange) await writeStatus(ports, by, account, status);
  if (status === 'active') await liftOurs(ports, by, id);
  if (isChange) ports.queue.wake('tasks');
  return isChange ? readAccount(ports, id) : account;
}

async function readAccount({ store }: Needs, id: string): Promise<Account> {
  const { accounts } = store.tables;
  const [account] = await store.db.select().from(accounts).where(eq(accounts.id, id)).limit(1);
  if (!account) throw new PatchbayError('not_found', { public: `There is no account ${id}.` });
  return account;
}

async function writeStatus(ports: Needs, by: string, account: Account, status: AccountStatus): Promise<void> {
  const { store, clock } = ports;
  const { accounts } = store.tables;
  const { id } = account;
  const updatedAt = clock.now();
  const isNow = and(eq(accounts.id, id), eq(accounts.status, status), eq(accounts.updatedAt, updatedAt));
  const [changed] = await store.write((db) => [
    db
      .update(accounts)
      .set({ status, updatedAt })
      .where(and(eq(accounts.id, id), eq(accounts.status, account.status)))
      .returning({ id: accounts.id }),
    recordAuditIf(
      db,
      ports,
      {
        actor: by,
        action: 'account.status',
        subject: id,
        accountId: id,
        detail: { from: account.status, to: status },
      },
      sql`exists (select 1 from ${accounts} where ${isNow})`,
    ),
    ...raiseVersion(db, ports, { accountId: id }),
    ...(status === 'erased' ? erasingStatements(db, ports, by, id) : []),
  ]);
  if (changed.length > 0) return;
  throw new PatchbayError('state_conflict', {
    public: 'The status was changed by someone else at the same moment. Read it and try again.',
  });
}

async function suspendOnce(ports: Needs, by: string, id: string): Promise<void> {
  if ((await suspensionOf(ports, id)) !== null) return;
  await suspend(ports, { level: 'account', id, reason: ourReason, actor: by });
}

async function liftOurs(ports: Needs, by: string, id: string): Promise<void> {
  if ((await suspensionOf(ports, id)) !== ourReason) return;
  await unsuspend(ports, { level: 'account', id, actor: by });
}

/** Why it is suspended, or null. */
async function suspensionOf({ store }: Needs, id: string): Promise<string | null> {
  const { epochs } = store.tables;
  const [row] = await store.db
    .select({ suspendedAt: epochs.suspendedAt, reason: epochs.reason })
    .from(epochs)
    .where(eq(epochs.id, `account:${id}`))
    .limit(1);
  return row?.suspendedAt ? (row.reason ?? '') : null;
}
