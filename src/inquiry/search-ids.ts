import { eq, type SQL, sql } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Permission, StaffCtx } from '#src/staff';
import type { Schema } from '#src/store';
import { type Level, levels, levelPermissions } from './levels.ts';
import { maskFor } from './mask.ts';
import type { Found } from './found.ts';

type Kind = {
  kind: string;
  permission: Permission;
  table: SQLiteTable;
  id: SQLiteColumn;
  title: SQLiteColumn | SQL;
  /** `level:id` of where to look on. */
  at: SQL;
  /** 1 where the title names a person. */
  names?: SQL;
};

/** One look-up by an index. */
export async function byId(ctx: StaffCtx, id: string): Promise<Found[]> {
  const entry = kindsOf(ctx.store.tables)[id.slice(0, 3)];
  if (!entry || !ctx.staff.permissions.has(entry.permission)) return [];
  const { kind, table, title, at, names = sql`0` } = entry;
  const [row] = await ctx.store.db
    .select({
      title: sql<string | null>`${title}`,
      at: sql<string | null>`${at}`,
      names: sql<number>`${names}`,
    })
    .from(table)
    .where(eq(entry.id, id))
    .limit(1);
  if (!row) return [];
  const text = row.title ?? '';
  const shown = Number(row.names) === 1 ? maskFor(ctx.staff).name(text) : text;
  return [{ kind, id, title: shown, matched: 'id', at: row.at === null ? null : subjectOf(row.at) }];
}

/** Null for a level that has no page: the installation. */
export function subjectOf(text: string): Found['at'] {
  const [level, id = ''] = text.split(':');
  const known = levels.find((one) => one === level);
  return known ? { level: known, id } : null;
}

function kindsOf(t: Schema): Record<string, Kind> {
  const itself = (
    level: Level,
    table: SQLiteTable & { id: SQLiteColumn },
    title: SQLiteColumn,
    names?: SQL,
  ): Kind => ({
    kind: level,
    permission: levelPermissions[level],
    table,
    id: table.id,
    title,
    at: sql`${level} || ':' || ${table.id}`,
    ...(names ? { names } : {}),
  });
  const { subscriptions, deliveries, events, cases, revocations, intents, sessions } = t;
  return {
    tok: itself('token', t.tokens, t.tokens.label),
    grt: itself('grant', t.grants, t.grants.accountId),
    usr: itself('user', t.users, t.users.name, sql`1`),
    app: itself('app', t.apps, t.apps.name),
    ptr: itself('partner', t.partners, t.partners.name),
    acc: itself(
      'account',
      t.accounts,
      t.accounts.name,
      sql`case when ${t.accounts.kind} = 'person' then 1 else 0 end`,
    ),
    sub: {
      kind: 'subscription',
      permission: 'access:read',
      table: subscriptions,
      id: subscriptions.id,
      title: subscriptions.host,
      at: ownerOf(subscriptions),
    },
    dlv: {
      kind: 'delivery',
      permission: 'access:read',
      table: deliveries,
      id: deliveries.id,
      title: sql`${deliveries.state} || ': ' || ${deliveries.reason}`,
      at: sql`'grant:' || ${deliveries.grantId}`,
    },
    evt: {
      kind: 'event',
      permission: 'access:read',
      table: events,
      id: events.id,
      title: sql`${events.type} || ': ' || ${events.state}`,
      at: sql`null`,
    },
    cas: {
      kind: 'case',
      permission: 'cases:read',
      table: cases,
      id: cases.id,
      title: sql`${cases.kind} || ': ' || ${cases.state}`,
      at: sql`${cases.subject}`,
    },
    rvk: {
      kind: 'revocation',
      permission: 'revocations:read',
      table: revocations,
      id: revocations.id,
      title: revocations.reason,
      at: sql`${revocations.level} || ':' || ${revocations.subjectId}`,
    },
    int: {
      kind: 'intent',
      permission: 'intents:review',
      table: intents,
      id: intents.id,
      title: sql`${intents.kind} || ': ' || ${intents.state}`,
      at: sql`null`,
    },
    ses: {
      kind: 'session',
      permission: 'people:read',
      table: sessions,
      id: sessions.id,
      title: sessions.env,
      at: sql`'user:' || ${sessions.userId}`,
    },
  };
}

/** Whose it is: one that covers an app is the app's. */
export const ownerOf = (t: Schema['subscriptions']): SQL<string> =>
  sql`case when ${t.owner} = 'app' then 'app:' || ${t.appId} else 'grant:' || ${t.grantId} end`;
