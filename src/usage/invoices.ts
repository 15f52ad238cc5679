import { and, gte, like, lt, or, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { readPlan } from '#src/limits';

export type Invoice = {
  /** `account:acc_…` or `partner:ptr_…` */
  payer: string;
  plan: string;
  units: number;
  /** The meter: deliveries that were taken. */
  deliveries: number;
  usd: number;
  /** What the plan's price would come to, which nobody has decided. */
  illustrativeUsd: number;
};

/** Nothing is charged at launch (S1-20), whatever plan: a price takes a decision, and then a line here. */
const chargedUsd = 0;

/** One line for each who used anything in the month (`2026-11`, UTC), by id. 422 for what is no month. */
export async function runInvoices(
  ports: Pick<Ports, 'store' | 'settings'>,
  month: string,
): Promise<Invoice[]> {
  if (!/^\d{4}-(?:0[1-9]|1[0-2])$/.test(month))
    throw new PatchbayError('validation_failed', { public: 'A month is written 2026-11.' });
  const { usageDays: t } = ports.store.tables;
  const rows = await ports.store.db
    .select({
      payer: t.holder,
      units: sql<number>`sum(${t.units})`.mapWith(Number),
      deliveries: sql<number>`coalesce(sum(${t.delivered}), 0)`.mapWith(Number),
    })
    .from(t)
    .where(
      and(
        gte(t.day, `${month}-01`),
        lt(t.day, `${month}-99`),
        or(like(t.holder, 'account:%'), like(t.holder, 'partner:%')),
      ),
    )
    .groupBy(t.holder)
    .orderBy(t.holder);
  const lines: Invoice[] = [];
  for (const row of rows) {
    const { name, illustrativeUsdPerMonth } = await readPlan(ports, row.payer);
    lines.push({ ...row, plan: name, usd: chargedUsd, illustrativeUsd: illustrativeUsdPerMonth });
  }
  return lines;
}
