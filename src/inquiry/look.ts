import { recordAudit } from '#src/audit';
import { mayNow, type StaffCtx, staffActor } from '#src/staff';

export type Look = {
  /** `look.token`, `look.search`: what was looked at. The timeline tells looks from deeds by it. */
  action: `look.${string}`;
  subject: string;
  accountId?: string | null;
  detail?: Record<string, unknown>;
};

/**
 * Stands before the answer leaves: who is shown something is on record, or is not shown it. Where personal data is shown
 * as it is, the elevation that opened it is named.
 */
export async function recordLook(ctx: StaffCtx, { action, subject, accountId, detail }: Look): Promise<void> {
  const { staff, requestId, store } = ctx;
  await store.write((db) => [
    recordAudit(db, ctx, {
      actor: staffActor(staff),
      action,
      subject,
      accountId: accountId ?? null,
      requestId,
      detail: {
        ...detail,
        by: staff.via.id,
        ...(mayNow(staff, 'people:unmask') ? { unmasked: staff.elevation?.id } : {}),
      },
    }),
  ]);
}
