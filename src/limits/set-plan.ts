import { eq } from 'drizzle-orm';
import { recordAudit } from '#src/audit';
import type { PlanName, Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { isOffered } from './plans.ts';

/**
 * Puts an account (`acc_…`) or a partner (`ptr_…`) on a plan. Holds for its calls within a minute: that long a process
 * remembers a token. 404 for what is not there, 422 for a plan that the operator has not switched on.
 */
export async function setPlan(
  { store, clock, settings }: Pick<Ports, 'store' | 'clock' | 'settings'>,
  by: string,
  { id, plan }: { id: string; plan: PlanName },
): Promise<void> {
  if (!isOffered(settings, plan))
    throw new PatchbayError('policy_refused', {
      public: `This installation does not offer ${plan}. Its operator can: PATCHBAY_OFFERED_PLANS=${plan}`,
    });
  const { accounts, partners } = store.tables;
  const isPartner = id.startsWith('ptr_');
  const table = isPartner ? partners : accounts;
  const [known] = await store.db.select({ plan: table.plan }).from(table).where(eq(table.id, id)).limit(1);
  if (!known) throw new PatchbayError('not_found', { public: `There is no account or partner ${id}.` });
  await store.write((db) => [
    isPartner
      ? db.update(partners).set({ plan }).where(eq(partners.id, id))
      : db.update(accounts).set({ plan }).where(eq(accounts.id, id)),
    recordAudit(
      db,
      { clock, store },
      {
        actor: by,
        action: 'plan.set',
        subject: id,
        accountId: isPartner ? null : id,
        detail: { from: known.plan ?? 'free', to: plan },
      },
    ),
  ]);
}
