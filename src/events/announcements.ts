/**
 * The task kind `announce`: says what has happened to something the hub keeps. The event's id comes from what is said,
 * so that a task which a crash repeats, or two tasks for one deed, say it once.
 */
import { eq } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Chunk, Task } from '#src/tasks';
import { publishSystemEvent, type SystemEvent } from './announce.ts';

export const announce =
  (ports: Ports) =>
  async (task: Task): Promise<Chunk> => {
    const said = await announcementOf(ports, task);
    if (said) await publishSystemEvent(ports, said);
    else ports.log.info('announce.nobody', { task: task.id, subject: task.subject });
    return { statements: () => [], cursor: null, count: said ? 1 : 0, isLast: true };
  };

/** Null where there is nobody to tell any more. */
async function announcementOf(ports: Ports, task: Task): Promise<SystemEvent | null> {
  switch (task.payload['type']) {
    case 'subscription.disabled':
      return subscriptionDisabled(ports, task);
    case 'grant.revoked':
      return grantRevoked(ports, task);
    case 'token.revoked':
      return tokenRevoked(ports, task);
    default:
      throw new Error(`nothing is known of announcing ${String(task.payload['type'])}`);
  }
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

async function grantRevoked({ store }: Ports, task: Task): Promise<SystemEvent | null> {
  const { grants } = store.tables;
  const [row] = await store.db.select().from(grants).where(eq(grants.id, task.subject)).limit(1);
  if (!row) return null;
  return {
    id: eventIdOf(task),
    type: 'grant.revoked',
    env: row.env,
    accountIds: [row.accountId],
    subject: `grants/${row.id}`,
    data: {
      grant_id: row.id,
      revocation_id: String(task.payload['revocation']),
      revoked_at: task.createdAt.toISOString(),
      reason: wordFor(grantReasons, task.payload['reason'], 'user'),
    },
  };
}

async function tokenRevoked({ store }: Ports, task: Task): Promise<SystemEvent | null> {
  const { tokens } = store.tables;
  const [row] = await store.db.select().from(tokens).where(eq(tokens.id, task.subject)).limit(1);
  if (!row?.accountId) return null;
  const revocation = task.payload['revocation'];
  return {
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
}

const eventIdOf = (task: Task): string => `evt_${task.id.slice(4)}`;

/** The hub's own reasons in the words of the catalogue (src/catalog/types/hub.ts); the rest by what comes nearest. */
const wordFor = (words: Readonly<Record<string, string>>, reason: unknown, otherwise: string): string =>
  (typeof reason === 'string' ? words[reason] : undefined) ?? otherwise;

const disabledReasons = {
  gone: 'gone',
  failing: 'failing',
  failing_too_long: 'failing',
  revoked: 'revoked',
  token_leaked: 'revoked',
  token_abuse: 'abuse',
  abuse: 'abuse',
};
const grantReasons = {
  leaked: 'leaked',
  abuse: 'abuse',
  inactive: 'inactive',
  account_closed: 'closed',
  account_erased: 'closed',
  closed: 'closed',
  partner: 'partner',
};
const tokenReasons = {
  leaked: 'leaked',
  abuse: 'abuse',
  inactive: 'inactive',
  rotated: 'rotated',
  replayed: 'replayed',
};
