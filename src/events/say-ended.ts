/** A grant or a token has ended, however that came: who hears of it, and in which of the catalogue's words. */
import { eq } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Schema } from '#src/store';
import type { Task } from '#src/tasks';
import { announceEnd } from './announce-end.ts';
import { eventIdOf, wordFor } from './words-for.ts';

export async function sayGrantRevoked(ports: Ports, task: Task): Promise<boolean> {
  const { grants } = ports.store.tables;
  const [row] = await ports.store.db.select().from(grants).where(eq(grants.id, task.subject)).limit(1);
  if (!row) return false;
  const { reason, revocation } = task.payload;
  await announceGrantEnd(ports, row, { revocation: String(revocation), reason, at: task.createdAt });
  return true;
}

/** To the account, and to the app that had it. A grant ends once, so it is said once, whoever says it. */
export async function announceGrantEnd(
  ports: Ports,
  grant: Schema['grants']['$inferSelect'],
  { revocation, reason, at }: { revocation: string; reason: unknown; at: Date },
): Promise<void> {
  const said = {
    id: `evt_revoked-${grant.id.slice(4)}`,
    type: 'grant.revoked',
    env: grant.env,
    accountIds: [grant.accountId],
    subject: `grants/${grant.id}`,
    data: {
      grant_id: grant.id,
      revocation_id: revocation,
      revoked_at: at.toISOString(),
      reason: wordFor(grantReasons, reason, 'user'),
    },
  };
  await announceEnd(ports, said, { grantId: grant.id, accountId: grant.accountId, appId: grant.appId });
}

export async function sayTokenRevoked(ports: Ports, task: Task): Promise<boolean> {
  const { tokens } = ports.store.tables;
  const [row] = await ports.store.db.select().from(tokens).where(eq(tokens.id, task.subject)).limit(1);
  if (!row?.accountId) return false;
  const revocation = task.payload['revocation'];
  const said = {
    id: eventIdOf(task),
    type: 'token.revoked',
    env: row.env,
    accountIds: [row.accountId],
    subject: `tokens/${row.id}`,
    data: {
      token_id: row.id,
      ...(row.grantId ? { grant_id: row.grantId } : {}),
      ...(typeof revocation === 'string' ? { revocation_id: revocation } : {}),
      revoked_at: task.createdAt.toISOString(),
      reason: wordFor(tokenReasons, task.payload['reason'], 'user'),
    },
  };
  // Without a grant the app's own subscriptions could not say under which it hears of it.
  const appId = row.grantId === null ? null : row.appId;
  await announceEnd(ports, said, { grantId: row.grantId ?? '', accountId: row.accountId, appId });
  return true;
}

const grantReasons = {
  leaked: 'leaked',
  abuse: 'abuse',
  violation: 'abuse',
  inactive: 'inactive',
  ended: 'closed',
  account_closed: 'closed',
  account_erased: 'closed',
  closed: 'closed',
  partner: 'partner',
};
const tokenReasons = {
  leaked: 'leaked',
  abuse: 'abuse',
  violation: 'abuse',
  inactive: 'inactive',
  rotated: 'rotated',
  replayed: 'replayed',
};
