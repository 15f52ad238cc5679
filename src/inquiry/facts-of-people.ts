import { and, eq, gt, inArray, isNull, ne, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { below, type Below } from './below.ts';
import type { Facts } from './facts.ts';
import type { Mask } from './mask.ts';

type Needs = Pick<Ports, 'store' | 'clock'>;

export async function userFacts({ store, clock }: Needs, id: string, mask: Mask): Promise<Facts | null> {
  const { users, members, accounts, grants, tokens, sessions, staffRoles } = store.tables;
  const [row] = await store.db.select().from(users).where(eq(users.id, id)).limit(1);
  if (!row) return null;
  const memberships = await store.db
    .select({ id: accounts.id, name: accounts.name, kind: accounts.kind, role: members.role })
    .from(members)
    .innerJoin(accounts, eq(accounts.id, members.accountId))
    .where(eq(members.userId, id))
    .limit(100);
  const held = await store.db
    .select({ role: staffRoles.role })
    .from(staffRoles)
    .where(and(eq(staffRoles.userId, id), isNull(staffRoles.endedAt)));
  return {
    title: mask.name(row.name),
    accountId: null,
    epochs: {},
    ended: null,
    createdAt: row.createdAt,
    more: {
      email: mask.email(row.email),
      accounts: memberships.map((one) => ({ id: one.id, title: mask.account(one), role: one.role })),
      staff_roles: held.map(({ role }) => role),
    },
    below: {
      sessions: await below(
        store,
        sessions,
        and(eq(sessions.userId, id), gt(sessions.expiresAt, clock.now())),
        sessions.env,
      ),
      grants: await below(store, grants, eq(grants.userId, id), grants.accountId),
      tokens: await below(store, tokens, eq(tokens.userId, id), tokens.label),
    },
  };
}

export async function accountFacts({ store }: Needs, id: string, mask: Mask): Promise<Facts | null> {
  const { accounts, apps, members, users, grants, tokens, subscriptions } = store.tables;
  const [row] = await store.db.select().from(accounts).where(eq(accounts.id, id)).limit(1);
  if (!row) return null;
  const own = store.db.select({ id: members.userId }).from(members).where(eq(members.accountId, id));
  return {
    title: mask.account(row),
    accountId: id,
    epochs: {},
    ended:
      row.status === 'closed' || row.status === 'erased'
        ? { state: row.status, reason: `the account is ${row.status}`, at: row.updatedAt }
        : null,
    createdAt: row.createdAt,
    more: {
      kind: row.kind,
      actor: row.actor,
      country: row.country,
      city: row.city,
      time_zone: row.timeZone,
      status: row.status,
      plan: row.plan,
    },
    below: {
      members: named(await below(store, users, inArray(users.id, own), users.name), mask),
      grants: await below(
        store,
        grants,
        eq(grants.accountId, id),
        sql<string>`coalesce((select ${apps.name} from ${apps} where ${apps.id} = ${grants.appId}), 'its own automation')`,
      ),
      tokens: await below(store, tokens, eq(tokens.accountId, id), tokens.label),
      subscriptions: await below(
        store,
        subscriptions,
        and(eq(subscriptions.accountId, id), ne(subscriptions.state, 'deleted')),
        subscriptions.host,
      ),
    },
  };
}

const named = (people: Below, mask: Mask): Below => ({
  ...people,
  newest: people.newest.map(({ id, title }) => ({ id, title: mask.name(title) })),
});
