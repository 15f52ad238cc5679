import { eq } from 'drizzle-orm';
import type { PlanName, Ports, Settings } from '#src/context';
import type { Holder } from '#src/ports';

/**
 * Plans are data. The settings hold the caps of the free plan; a plan multiplies them. Accounts and partners carry the
 * name of theirs; whoever has none, or one that the operator has not switched on, is on `free`.
 */
export type Plan = {
  name: PlanName;
  /** What the caps and the day's units of the settings are multiplied by. */
  times: number;
  /** Illustrative, all of them: nobody has decided a price, and nothing is charged. */
  illustrativeUsdPerMonth: number;
};

export const plans: Readonly<Record<PlanName, Plan>> = {
  free: { name: 'free', times: 1, illustrativeUsdPerMonth: 0 },
  high_volume: { name: 'high_volume', times: 10, illustrativeUsdPerMonth: 500 },
};

type Offering = Pick<Settings, 'offeredPlans'>;

export const isOffered = ({ offeredPlans }: Offering, name: PlanName): boolean =>
  name === 'free' || offeredPlans.includes(name);

/** The plan that counts: the one that was chosen where it is offered, else the free one. */
export function planOf(settings: Offering, chosen: string | null = null): Plan {
  const plan = Object.values(plans).find(({ name }) => name === chosen);
  return plan && isOffered(settings, plan.name) ? plan : plans.free;
}

/** Of whom a call counts for: an account, a partner, or nobody. */
export async function readPlan(
  { store, settings }: Pick<Ports, 'store'> & { settings: Offering },
  payer: Holder | null,
): Promise<Plan> {
  if (payer === null) return plans.free;
  const [kind, id = ''] = payer.split(':');
  const { accounts, partners } = store.tables;
  const table = kind === 'partner' ? partners : accounts;
  const [row] = await store.db.select({ plan: table.plan }).from(table).where(eq(table.id, id)).limit(1);
  return planOf(settings, row?.plan);
}
