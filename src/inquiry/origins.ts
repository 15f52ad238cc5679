import { inArray } from 'drizzle-orm';
import type { StaffCtx } from '#src/staff';
import { recordLook } from './look.ts';
import { maskFor } from './mask.ts';

/**
 * What origins are called, by `app:app_…` and `account:acc_…`, at most 90 of them; a connector has no other name. People
 * are masked where that is not elevated, and the look is on record.
 */
export async function originNames(
  ctx: StaffCtx,
  sources: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { db, tables } = ctx.store;
  const { apps, accounts } = tables;
  const [named, owned] = await Promise.all([
    db
      .select({ id: apps.id, name: apps.name })
      .from(apps)
      .where(inArray(apps.id, idsIn(sources, 'app'))),
    db
      .select({ id: accounts.id, name: accounts.name, kind: accounts.kind })
      .from(accounts)
      .where(inArray(accounts.id, idsIn(sources, 'account'))),
  ]);
  const [only] = sources;
  await recordLook(ctx, {
    action: 'look.intent_sources',
    subject: sources.length === 1 && only !== undefined ? only : 'intent_sources',
  });
  const mask = maskFor(ctx.staff);
  return new Map([
    ...named.map(({ id, name }): [string, string] => [`app:${id}`, name]),
    ...owned.map((one): [string, string] => [`account:${one.id}`, mask.account(one)]),
  ]);
}

const idsIn = (sources: readonly string[], of: 'app' | 'account'): string[] =>
  [...new Set(sources.filter((source) => source.startsWith(`${of}:`)))]
    .map((source) => source.slice(of.length + 1))
    // D1 binds at most 100 parameters a statement.
    .slice(0, 90);
