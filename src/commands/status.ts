import { count, eq, gte, min, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { purge } from '#src/retention';
import { type Input, isOn, show, type Terminal } from './command.ts';

export type HubNumbers = {
  accounts: number;
  subscriptions: number;
  events_last_day: number;
  waiting: number;
  held: number;
  dead: number;
  oldest_due: string | null;
  open_tasks: number;
  failed_tasks: number;
  quarantined: number;
};

export async function showStatus(terminal: Terminal, input: Input): Promise<void> {
  const numbers = await readNumbers(await terminal.open());
  if (isOn(input, 'json')) return terminal.out(JSON.stringify(numbers, null, 2));
  for (const [name, value] of Object.entries(numbers))
    terminal.out(`${name.replaceAll('_', ' ').padEnd(16)} ${value ?? '-'}`);
}

export async function purgeNow(terminal: Terminal, input: Input): Promise<void> {
  const purged = await purge(await terminal.open());
  show(terminal, input, [purged]);
}

export async function readNumbers({ store, clock }: Ports): Promise<HubNumbers> {
  const { accounts, subscriptions, events, deliveries, tasks } = store.tables;
  const { db } = store;
  const day = new Date(clock.ms() - 86_400_000);
  const states = await db
    .select({ state: deliveries.state, n: count() })
    .from(deliveries)
    .where(sql`${deliveries.state} in ('retrying', 'held', 'dead')`)
    .groupBy(deliveries.state);
  const ofState = (state: string) => states.find((row) => row.state === state)?.n ?? 0;
  const [due] = await db
    .select({ n: count(), oldest: min(deliveries.dueAt) })
    .from(deliveries)
    .where(sql`${deliveries.dueAt} is not null`);
  const [accountsHere] = await db.select({ n: count() }).from(accounts);
  const [living] = await db
    .select({ n: count() })
    .from(subscriptions)
    .where(eq(subscriptions.state, 'active'));
  const [recent] = await db.select({ n: count() }).from(events).where(gte(events.acceptedAt, day));
  const [quarantined] = await db.select({ n: count() }).from(events).where(eq(events.state, 'quarantined'));
  const [open] = await db.select({ n: count() }).from(tasks).where(eq(tasks.state, 'open'));
  const [failed] = await db.select({ n: count() }).from(tasks).where(eq(tasks.state, 'failed'));
  return {
    accounts: accountsHere?.n ?? 0,
    subscriptions: living?.n ?? 0,
    events_last_day: recent?.n ?? 0,
    waiting: due?.n ?? 0,
    held: ofState('held'),
    dead: ofState('dead'),
    oldest_due: due?.oldest?.toISOString() ?? null,
    open_tasks: open?.n ?? 0,
    failed_tasks: failed?.n ?? 0,
    quarantined: quarantined?.n ?? 0,
  };
}
