/**
 * The task kind `announce`: says what has happened to something the hub keeps. The event's id comes from what is said,
 * so that a task which a crash repeats, or two tasks for one deed, say it once.
 */
import { eq } from 'drizzle-orm';
import { grantEndsAt, isWarned, tokenEndsAt } from '#src/access';
import type { Ports } from '#src/context';
import type { Chunk, Task } from '#src/tasks';
import { publishSystemEvent, type SystemEvent } from './announce.ts';
import { sayGrantRevoked, sayTokenRevoked } from './say-ended.ts';
import { eventIdOf, wordFor } from './words-for.ts';

export const announce =
  (ports: Ports) =>
  async (task: Task): Promise<Chunk> => {
    const isSaid = await say(ports, task);
    if (!isSaid) ports.log.info('announce.nobody', { task: task.id, subject: task.subject });
    return { statements: () => [], cursor: null, count: isSaid ? 1 : 0, isLast: true };
  };

/** False where there is nobody to tell any more. */
async function say(ports: Ports, task: Task): Promise<boolean> {
  switch (task.payload['type']) {
    case 'subscription.disabled':
      return toAccount(ports, await subscriptionDisabled(ports, task));
    case 'connection.broken':
      return toAccount(ports, await connectionBroken(ports, task));
    case 'grant.revoked':
      return sayGrantRevoked(ports, task);
    case 'token.revoked':
      return sayTokenRevoked(ports, task);
    case 'grant.expiring':
      return toAccount(ports, await grantExpiring(ports, task));
    case 'token.expiring':
      return toAccount(ports, await tokenExpiring(ports, task));
    default:
      throw new Error(`nothing is known of announcing ${String(task.payload['type'])}`);
  }
}

async function toAccount(ports: Ports, said: SystemEvent | null): Promise<boolean> {
  if (said) await publishSystemEvent(ports, said);
  return said !== null;
}

async function subscriptionDisabled({ store }: Ports, task: Task): Promise<SystemEvent | null> {
  const { subscriptions } = store.tables;
  const [row] = await store.db
    .select()
    .from(subscriptions)
    .where(eq(subscriptions.id, task.subject))
    .limit(1);
  // Resumed since, or never disabled because the address was changed at that moment: nothing to say.
  if (!row?.accountId || row.state !== 'disabled') return null;
  const reason = wordFor(disabledReasons, task.payload['reason'], 'switched_off');
  return {
    // Several attempts may find at once that an endpoint is gone: the row's version is the same for all of them.
    id: `evt_disabled-${row.id.slice(4)}-${row.version}`,
    type: 'subscription.disabled',
    env: row.env,
    accountIds: [row.accountId],
    subject: `subscriptions/${row.id}`,
    data: {
      subscription_id: row.id,
      disabled_at: task.createdAt.toISOString(),
      reason,
      resumable: reason === 'gone' || reason === 'failing',
    },
  };
}

async function connectionBroken({ store }: Ports, task: Task): Promise<SystemEvent | null> {
  const { connections } = store.tables;
  const [row] = await store.db.select().from(connections).where(eq(connections.id, task.subject)).limit(1);
  // Mended or ended since: nothing to say.
  if (row?.state !== 'needs_reauth') return null;
  const link = task.payload['link'];
  return {
    id: eventIdOf(task),
    type: 'connection.broken',
    env: row.env,
    accountIds: [row.accountId],
    subject: `connections/${row.id}`,
    data: {
      connection_id: row.id,
      connector: row.connector,
      broken_at: task.createdAt.toISOString(),
      reason: wordFor(brokenReasons, task.payload['reason'], 'vendor'),
      ...(typeof link === 'string' ? { mend_url: link } : {}),
    },
  };
}

async function grantExpiring({ store, settings }: Ports, task: Task): Promise<SystemEvent | null> {
  const { grants } = store.tables;
  const [row] = await store.db.select().from(grants).where(eq(grants.id, task.subject)).limit(1);
  // Used or ended since: nothing to say.
  const endsAt = row && isWarned(row) ? grantEndsAt(row, settings) : null;
  if (!row || !endsAt) return null;
  return {
    id: eventIdOf(task),
    type: 'grant.expiring',
    env: row.env,
    accountIds: [row.accountId],
    subject: `grants/${row.id}`,
    data: { grant_id: row.id, ends_at: endsAt.toISOString(), ...lastUse(row.lastUsedAt) },
  };
}

async function tokenExpiring({ store, settings }: Ports, task: Task): Promise<SystemEvent | null> {
  const { tokens } = store.tables;
  const [row] = await store.db.select().from(tokens).where(eq(tokens.id, task.subject)).limit(1);
  const endsAt = row && isWarned(row) ? tokenEndsAt(row, settings) : null;
  if (!row?.accountId || !endsAt) return null;
  const usedMs = Math.max(row.lastUsedAt?.getTime() ?? 0, row.lastDeliveredAt?.getTime() ?? 0);
  return {
    id: eventIdOf(task),
    type: 'token.expiring',
    env: row.env,
    accountIds: [row.accountId],
    subject: `tokens/${row.id}`,
    data: {
      token_id: row.id,
      ends_at: endsAt.toISOString(),
      ...lastUse(usedMs === 0 ? null : new Date(usedMs)),
    },
  };
}

const lastUse = (at: Date | null): { last_used_at?: string } =>
  at === null ? {} : { last_used_at: at.toISOString() };

const brokenReasons = {
  auth: 'auth',
  scope: 'scope',
  gone: 'gone',
  vendor: 'vendor',
  revoked: 'revoked',
};

const disabledReasons = {
  gone: 'gone',
  failing: 'failing',
  failing_too_long: 'failing',
  revoked: 'revoked',
  token_leaked: 'revoked',
  token_abuse: 'abuse',
  abuse: 'abuse',
};
