import { and, desc, eq, lt } from 'drizzle-orm';
import { closeCase } from '#src/cases';
import { decodeCursor, encodeCursor } from '#src/columns';
import { PatchbayError } from '#src/errors';
import { type StaffCtx, staffActor } from '#src/staff';
import type { Schema } from '#src/store';
import { recordLook } from './look.ts';
import { textAt } from './places.ts';

type CaseRow = Schema['cases']['$inferSelect'];

export const showCase = ({ id, kind, subject, state, evidence, createdAt }: CaseRow) => ({
  id,
  kind,
  subject,
  state,
  evidence,
  created_at: createdAt.toISOString(),
});

/** Newest first. */
export async function caseList(
  ctx: StaffCtx,
  asked: { state: 'open' | 'closed' | 'all'; limit: number; after?: string | undefined },
) {
  const { cases } = ctx.store.tables;
  const { state, limit, after } = asked;
  const rows = await ctx.store.db
    .select()
    .from(cases)
    .where(
      and(
        state === 'all' ? undefined : eq(cases.state, state),
        after ? lt(cases.id, textAt(decodeCursor('cases', after, ['string'])[0])) : undefined,
      ),
    )
    .orderBy(desc(cases.id))
    .limit(limit + 1);
  await recordLook(ctx, { action: 'look.cases', subject: 'cases', detail: { state } });
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  return {
    data: data.map(showCase),
    next_cursor: rows.length > limit && last ? encodeCursor('cases', [last.id]) : null,
  };
}

/** 404 where there is none. */
export async function oneCase(ctx: StaffCtx, id: string) {
  const row = await readCase(ctx, id);
  await recordLook(ctx, { action: 'look.case', subject: id, detail: { about: row.subject } });
  return showCase(row);
}

/** What was found is kept in the trail; what the case suspended is lifted or revoked by its own verb. */
export async function closeOneCase(ctx: StaffCtx, id: string, note: string) {
  await closeCase(ctx, staffActor(ctx.staff), { id, note });
  return showCase(await readCase(ctx, id));
}

async function readCase({ store }: StaffCtx, id: string): Promise<CaseRow> {
  const { cases } = store.tables;
  const [row] = await store.db.select().from(cases).where(eq(cases.id, id)).limit(1);
  if (row) return row;
  throw new PatchbayError('not_found', { public: `There is no case ${id}.` });
}
