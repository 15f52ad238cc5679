import { count, isNotNull } from 'drizzle-orm';
import { planNames } from '#src/context';
import { isOffered, plans, setPlan, unitsPerDay } from '#src/limits';
import { runInvoices } from '#src/usage';
import { type Input, oneOf, show, type Terminal } from './command.ts';

export async function listPlans(terminal: Terminal, input: Input): Promise<void> {
  const { store, settings } = await terminal.open();
  const { accounts, partners } = store.tables;
  const held = new Map<string, number>();
  for (const table of [accounts, partners]) {
    const rows = await store.db
      .select({ plan: table.plan, many: count() })
      .from(table)
      .where(isNotNull(table.plan))
      .groupBy(table.plan);
    for (const { plan, many } of rows) held.set(plan ?? '', (held.get(plan ?? '') ?? 0) + many);
  }
  show(
    terminal,
    input,
    Object.values(plans).map((plan) => ({
      name: plan.name,
      offered: isOffered(settings, plan.name) ? 'yes' : 'no',
      times: plan.times,
      units_per_day: unitsPerDay(settings, plan),
      chosen_by: held.get(plan.name) ?? 0,
      illustrative_usd_per_month: plan.illustrativeUsdPerMonth,
    })),
  );
  terminal.note('Who has chosen none is on free. Prices are illustrative; nothing is charged.');
}

export async function choosePlan(terminal: Terminal, input: Input): Promise<void> {
  const [id = '', name = ''] = input.args;
  const plan = oneOf(planNames, name, 'A plan');
  await setPlan(await terminal.open(), 'cli', { id, plan });
  terminal.out(`${id} ${plan}`);
  terminal.note('Its calls are counted by it within a minute.');
}

export async function showInvoices(terminal: Terminal, input: Input): Promise<void> {
  const ports = await terminal.open();
  const [month = ports.clock.now().toISOString().slice(0, 7)] = input.args;
  const invoices = await runInvoices(ports, month);
  show(
    terminal,
    input,
    invoices.map(({ payer, plan, units, deliveries, usd, illustrativeUsd }) => ({
      payer,
      plan,
      units,
      deliveries,
      usd,
      illustrative_usd: illustrativeUsd,
    })),
  );
}
