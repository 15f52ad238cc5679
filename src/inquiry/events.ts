import { desc, eq, inArray } from 'drizzle-orm';
import { PatchbayError } from '#src/errors';
import { traceForAll } from '#src/events';
import type { StaffCtx } from '#src/staff';
import { recordLook } from './look.ts';
import { maskFor } from './mask.ts';

export type TracedEvent = Awaited<ReturnType<typeof oneEvent>>;

const notFound = (what: string) => new PatchbayError('not_found', { public: `There is no such ${what}.` });

/**
 * Where one event went, where it did not, and why: for one account, or for the first of its audience. Without its data.
 * 404 for what is not there. `quarantined`: it went nowhere, and has a page of its own.
 */
export async function oneEvent(ctx: StaffCtx, id: string, accountId: string | null) {
  const { event, state, counts, accounts, lines } = await traceForAll(ctx, id, accountId);
  if (!event) throw notFound('event');
  await recordLook(ctx, { action: 'look.event', subject: id, accountId });
  const apps = [...new Set(lines.flatMap(({ app }) => app ?? []))];
  const names = await namesOf(ctx, { apps, accounts });
  const { env, type, city, subject, sequence, audience, occurredAtMs } = event;
  return {
    id,
    env,
    state,
    type,
    city,
    subject,
    sequence,
    occurred_at: new Date(occurredAtMs).toISOString(),
    audience: audience.length,
    is_for: accountId === null || audience.includes(accountId),
    counts,
    accounts: accounts.map((account) => ({ id: account, name: names.get(account) ?? account })),
    lines: lines.map((line) => ({
      ...line,
      app_name: line.app === null ? null : (names.get(line.app) ?? line.app),
      account_name: names.get(line.account) ?? line.account,
    })),
  };
}

/** The event that a delivery carries. */
export async function eventOfDelivery(
  ctx: StaffCtx,
  id: string,
): Promise<{ event: string; account: string }> {
  const { deliveries, events } = ctx.store.tables;
  const [row] = await ctx.store.db
    .select({ event: events.id, account: deliveries.accountId })
    .from(deliveries)
    .innerJoin(events, eq(events.position, deliveries.eventPosition))
    .where(eq(deliveries.id, id))
    .limit(1);
  if (!row) throw notFound('delivery');
  return row;
}

const mostRead = 1_000;
const mostListed = 50;

/** The newest that came for an account, sent or not; of one type among its newest thousand. */
export async function eventsFor(ctx: StaffCtx, accountId: string, type: string | null) {
  const { feed, events, accounts } = ctx.store.tables;
  const { db } = ctx.store;
  const [account] = await db
    .select({ name: accounts.name, kind: accounts.kind })
    .from(accounts)
    .where(eq(accounts.id, accountId))
    .limit(1);
  if (!account) throw notFound('account');
  const newest = db
    .select({ position: feed.eventPosition, at: feed.position, tx: feed.tx })
    .from(feed)
    .where(eq(feed.accountId, accountId))
    .orderBy(desc(feed.tx), desc(feed.position))
    .limit(mostRead)
    .as('newest');
  const rows = await db
    .select({ id: events.id, type: events.type, city: events.city, env: events.env, at: events.acceptedAt })
    .from(newest)
    .innerJoin(events, eq(events.position, newest.position))
    .where(type === null ? undefined : eq(events.type, type))
    .orderBy(desc(newest.tx), desc(newest.at))
    .limit(mostListed);
  await recordLook(ctx, { action: 'look.events', subject: accountId, accountId });
  return { name: maskFor(ctx.staff).account(account), events: rows };
}

async function namesOf(
  ctx: StaffCtx,
  ids: { apps: string[]; accounts: string[] },
): Promise<ReadonlyMap<string, string>> {
  const { apps, accounts } = ctx.store.tables;
  const mask = maskFor(ctx.staff);
  const [ofApps, ofAccounts] = await Promise.all([
    ctx.store.db
      .select({ id: apps.id, name: apps.name })
      .from(apps)
      .where(inArray(apps.id, ids.apps.slice(0, 90))),
    ctx.store.db
      .select({ id: accounts.id, name: accounts.name, kind: accounts.kind })
      .from(accounts)
      .where(inArray(accounts.id, ids.accounts)),
  ]);
  return new Map([
    ...ofApps.map(({ id, name }): [string, string] => [id, name]),
    ...ofAccounts.map((one): [string, string] => [one.id, mask.account(one)]),
  ]);
}
