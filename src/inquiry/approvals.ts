import { eq } from 'drizzle-orm';
import * as z from 'zod';
import { approvalRecord, findApproval } from '#src/approvals';
import { mayNow, type StaffCtx } from '#src/staff';
import { recordLook } from './look.ts';
import { maskFor } from './mask.ts';

/** One approval as staff see it. */
export const staffApproval = approvalRecord
  .extend({
    account_name: z.string().nullable().describe('Masked, where it names a person.'),
    masked: z.boolean(),
  })
  .meta({ id: 'StaffApproval' });
export type StaffApproval = z.output<typeof staffApproval>;

/** 404 for what never had to be approved. */
export async function oneApproval(ctx: StaffCtx, id: string): Promise<StaffApproval> {
  const { staff, store } = ctx;
  const { accounts } = store.tables;
  const found = await findApproval(ctx, id);
  const [account] =
    found.account === null
      ? []
      : await store.db
          .select({ name: accounts.name, kind: accounts.kind })
          .from(accounts)
          .where(eq(accounts.id, found.account))
          .limit(1);
  await recordLook(ctx, { action: 'look.approval', subject: id, accountId: found.account });
  return {
    ...found,
    account_name: account ? maskFor(staff).account(account) : null,
    masked: !mayNow(staff, 'people:unmask'),
  };
}
