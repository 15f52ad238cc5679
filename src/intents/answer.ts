import { and, eq, sql } from 'drizzle-orm';
import * as z from 'zod';
import { recordAuditIf } from '#src/audit';
import { actorOf, type Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { IntentRow } from './record.ts';

export const intentResult = z.discriminatedUnion('result', [
  z.strictObject({
    result: z.literal('accepted'),
    subject: z
      .string()
      .max(200)
      .regex(/^[a-z]+\/[a-z]{2,10}_[0-9a-z][0-9a-z_-]{0,63}$/, 'Such as rfps/rfp_….')
      .describe('What came of it.'),
  }),
  z.strictObject({
    result: z.literal('refused'),
    reason: z.string().trim().min(1).max(500).describe('In words for who asked.'),
  }),
]);
export type IntentResult = z.output<typeof intentResult>;

/**
 * The core's answer, once: the same again is answered with the same. 404 for what is not there; 409 where it has another
 * answer, or is not open (the core cannot have read it, or it has expired).
 */
export async function answerIntent(ctx: Ctx, id: string, answer: IntentResult): Promise<IntentRow> {
  const { store, clock, ids, caller, requestId } = ctx;
  const { intents } = store.tables;
  const mark = ids.newId('req');
  const given = {
    result: answer.result,
    resultSubject: answer.result === 'accepted' ? answer.subject : null,
    reason: answer.result === 'refused' ? answer.reason : null,
  };
  const isOurs = and(eq(intents.id, id), eq(intents.env, caller.env));
  const [known] = await store.db
    .select({ accountId: intents.accountId })
    .from(intents)
    .where(isOurs)
    .limit(1);
  const [, , rows] = await store.write((db) => [
    db
      .update(intents)
      .set({ ...given, state: 'answered', mark, updatedAt: clock.now() })
      .where(and(isOurs, eq(intents.state, 'open'))),
    recordAuditIf(
      db,
      ctx,
      {
        actor: actorOf(caller),
        action: 'intent.answer',
        subject: id,
        accountId: known?.accountId ?? null,
        requestId,
        detail: { result: given.result, subject: given.resultSubject },
      },
      sql`exists (select 1 from ${intents} where ${and(eq(intents.id, id), eq(intents.mark, mark))})`,
    ),
    db.select().from(intents).where(isOurs),
  ]);
  const [row] = rows;
  if (!row) throw new PatchbayError('not_found', { public: `There is no intent ${id}.` });
  const isSame =
    row.state === 'answered' &&
    row.result === given.result &&
    row.resultSubject === given.resultSubject &&
    row.reason === given.reason;
  if (isSame) return row;
  throw new PatchbayError('state_conflict', {
    public:
      row.state === 'answered'
        ? 'This intent has another answer already.'
        : `This intent is ${row.state}: only one that is open can be answered.`,
  });
}
