import { and, desc, eq, isNotNull, isNull, lt } from 'drizzle-orm';
import * as z from 'zod';
import { type RevocationRow, showRevocation, shownRevocation } from '#src/access';
import { decodeCursor, encodeCursor } from '#src/columns';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';

type Needs = Pick<Ports, 'store'>;

/** A receipt with what is for staff alone. */
export const shownStaffReceipt = shownRevocation.extend({
  actor: z.string().describe('Who asked for it.'),
  note: z.string().nullable(),
});
export type StaffReceipt = z.output<typeof shownStaffReceipt>;

export const staffReceipt = (row: RevocationRow): StaffReceipt => ({
  ...showRevocation(row),
  actor: row.actor,
  note: row.note,
});

export type ReceiptQuery = {
  level?: string | undefined;
  /** The id of what was revoked. */
  subject?: string | undefined;
  account?: string | undefined;
  reason?: string | undefined;
  /** Whether it is complete. */
  completed?: boolean | undefined;
  after?: string | undefined;
  limit: number;
};

/** Newest first. */
export async function listReceipts(
  { store }: Needs,
  query: ReceiptQuery,
): Promise<{ data: StaffReceipt[]; next_cursor: string | null }> {
  const { revocations } = store.tables;
  const { level, subject, account, reason, completed, after, limit } = query;
  const rows = await store.db
    .select()
    .from(revocations)
    .where(
      and(
        level === undefined ? undefined : eq(revocations.level, level),
        subject === undefined ? undefined : eq(revocations.subjectId, subject),
        account === undefined ? undefined : eq(revocations.accountId, account),
        reason === undefined ? undefined : eq(revocations.reason, reason),
        completed === undefined
          ? undefined
          : completed
            ? isNotNull(revocations.completedAt)
            : isNull(revocations.completedAt),
        after ? lt(revocations.id, decodeCursor('revocations', after, ['string'])[0]) : undefined,
      ),
    )
    .orderBy(desc(revocations.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    data: page.map(staffReceipt),
    next_cursor: rows.length > limit && last ? encodeCursor('revocations', [last.id]) : null,
  };
}

/** 404 where there is none. */
export async function findReceipt({ store }: Needs, id: string): Promise<StaffReceipt> {
  const { revocations } = store.tables;
  const [row] = await store.db.select().from(revocations).where(eq(revocations.id, id)).limit(1);
  if (row) return staffReceipt(row);
  throw new PatchbayError('not_found', { public: `There is no receipt ${id}.` });
}
