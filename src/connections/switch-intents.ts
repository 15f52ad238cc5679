import { sql } from 'drizzle-orm';
import { recordAudit } from '#src/audit';
import { actorOf, type Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import { type ConnectionRow, findConnection, isAsRead } from './find.ts';

/** What may come in through it: off until its account says so. */
export async function switchIntents(ctx: Ctx, id: string, intents: string[]): Promise<ConnectionRow> {
  const row = await findConnection(ctx, id);
  const { connections } = ctx.store.tables;
  const [[changed]] = await ctx.store.write((db) => [
    db
      .update(connections)
      .set({
        intents: [...new Set(intents)].sort(),
        updatedAt: ctx.clock.now(),
        version: sql`${connections.version} + 1`,
      })
      .where(isAsRead(ctx, row))
      .returning(),
    recordAudit(db, ctx, {
      actor: actorOf(ctx.caller),
      action: 'connection.intents',
      subject: id,
      accountId: row.accountId,
      requestId: ctx.requestId,
      detail: { from: row.intents, to: intents },
    }),
  ]);
  if (changed) return changed;
  throw new PatchbayError('state_conflict', {
    public: 'The connection changed at the same moment. Try again.',
  });
}
