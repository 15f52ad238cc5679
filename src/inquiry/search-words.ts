import { asc, desc, eq, inArray, type SQL, sql } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import { hashNetwork } from '#src/oauth';
import { PatchbayError } from '#src/errors';
import type { StaffCtx } from '#src/staff';
import { levelPermissions } from './levels.ts';
import { type Mask, maskFor } from './mask.ts';
import { type Found, mostOfAKind } from './found.ts';
import { ownerOf, subjectOf } from './search-ids.ts';

/** The whole address, in any case of letters. */
export async function byEmail({ store, staff }: StaffCtx, text: string): Promise<Found[]> {
  if (!staff.permissions.has('people:read')) return [];
  const { users } = store.tables;
  const mask = maskFor(staff);
  const rows = await store.db
    .select({ id: users.id, name: users.name, email: users.email })
    .from(users)
    .where(sql`lower(${users.email}) = lower(${text})`)
    .limit(mostOfAKind);
  return rows.map(({ id, name, email }) => ({
    kind: 'user',
    id,
    title: `${mask.name(name)} ${mask.email(email) ?? ''}`.trim(),
    matched: 'email',
    at: { level: 'user', id },
  }));
}

/** The beginning of a name, in any case of letters: by an index each. */
export async function byName(ctx: StaffCtx, text: string): Promise<Found[]> {
  const { users, accounts, apps, partners } = ctx.store.tables;
  const found = await Promise.all([
    named(ctx, 'account', accounts, accounts.kind, (mask, row) => mask.account(row)),
    named(ctx, 'user', users, sql`'person'`, (mask, row) => mask.name(row.name)),
    named(ctx, 'app', apps, sql`'organisation'`, (_, row) => row.name),
    named(ctx, 'partner', partners, sql`'organisation'`, (_, row) => row.name),
  ]);
  return found.flat();

  async function named(
    { store, staff }: StaffCtx,
    level: 'account' | 'user' | 'app' | 'partner',
    table: typeof users | typeof accounts | typeof apps | typeof partners,
    kind: SQLiteColumn | SQL,
    show: (mask: Mask, row: { name: string; kind: 'person' | 'organisation' }) => string,
  ): Promise<Found[]> {
    if (!staff.permissions.has(levelPermissions[level])) return [];
    const rows = await store.db
      .select({ id: table.id, name: table.name, kind: sql<'person' | 'organisation'>`${kind}` })
      .from(table)
      .where(beginsWith(table.name, text))
      .orderBy(asc(sql`lower(${table.name})`))
      .limit(mostOfAKind);
    const mask = maskFor(staff);
    return rows.map((row) => ({
      kind: level,
      id: row.id,
      title: show(mask, row),
      matched: 'name',
      at: { level, id: row.id },
    }));
  }
}

/**
 * A range first, for the index, which `like` does not use under every collation; then what really begins so. The range
 * goes by plain letters and digits: how others sort, and what `lower` makes of them, differs between databases.
 */
function beginsWith(column: SQLiteColumn, prefix: string): SQL {
  const name = sql`lower(${column})`;
  const stem =
    /^[ -~]*[a-y0-8]/.exec(prefix.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()))?.[0] ?? '';
  const pattern = `${prefix.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  const isSo = sql`${name} like lower(${pattern}) escape '\\'`;
  if (stem === '') return isSo;
  const end = stem.slice(0, -1) + String.fromCharCode(stem.charCodeAt(stem.length - 1) + 1);
  return sql`${name} >= ${stem} and ${name} < ${end} and ${isSo}`;
}

/** Subscriptions that send there; of an address of an endpoint, those that begin with it. */
export async function byHost({ store, staff }: StaffCtx, text: string, as: 'url' | 'host'): Promise<Found[]> {
  if (!staff.permissions.has('access:read')) return [];
  const url = as === 'url' ? new URL(text) : null;
  const host = url ? url.hostname.replace(/^\[|\]$/g, '') : text;
  const { subscriptions } = store.tables;
  const rows = await store.db
    .select({
      id: subscriptions.id,
      host: subscriptions.host,
      endpoint: subscriptions.endpoint,
      state: subscriptions.state,
      failingSince: subscriptions.failingSince,
      at: ownerOf(subscriptions),
    })
    .from(subscriptions)
    .where(eq(subscriptions.host, host))
    .orderBy(desc(subscriptions.id))
    .limit(mostOfAKind * 10);
  return rows
    .filter(({ endpoint }) => !url || (endpoint.type === 'webhook' && endpoint.url.startsWith(url.href)))
    .slice(0, mostOfAKind)
    .map(({ id, state, failingSince, at }) => ({
      kind: 'subscription',
      id,
      title: `${host}, ${state}${failingSince ? `, failing since ${failingSince.toISOString()}` : ''}`,
      matched: as,
      at: subjectOf(at),
    }));
}

/** An endpoint at this address; and tokens whose chain was last renewed from its network, of which an HMAC is kept. */
export async function byAddress(ctx: StaffCtx, text: string): Promise<Found[]> {
  const { store, staff } = ctx;
  const network = hashNetwork(ctx, text);
  if (network === null)
    throw new PatchbayError('invalid_parameter', { public: `${text} is no whole IP address.` });
  const endpoints = await byHost(ctx, text.toLowerCase(), 'host');
  if (!staff.permissions.has('access:read')) return endpoints;
  const { refreshes, tokens } = store.tables;
  const ids = store.db.select({ id: refreshes.id }).from(refreshes).where(eq(refreshes.network, network));
  const rows = await store.db
    .select({ id: tokens.id, label: tokens.label })
    .from(tokens)
    .where(inArray(tokens.id, ids))
    .orderBy(desc(tokens.id))
    .limit(mostOfAKind);
  const renewed = rows.map(({ id, label }): Found => ({
    kind: 'token',
    id,
    title: label,
    matched: 'network',
    at: { level: 'token', id },
  }));
  return [...endpoints, ...renewed];
}
