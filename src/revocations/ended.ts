/** What below a revocation still looks alive and is dead, a chunk at a time in the order of ids; and how that is written. */
import { and, asc, count, eq, gt, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Ports } from '#src/context';
import { belowLevel, levelOf } from '#src/deliveries';
import { announceGrantEnd } from '#src/events';
import type { Db, Statement } from '#src/ports';
import type { EpochSnapshot, Schema } from '#src/store';
import { addTask, type Task } from '#src/tasks';
import { grantsBelow, isLiveToken, isLivingSubscription, tokensBelow } from './below.ts';

export const endPayload = levelOf.extend({
  level: z.enum(['grant', 'user', 'app', 'partner', 'account', 'installation']),
  reason: z.string(),
});
export type Ending = z.output<typeof endPayload> & { task: Task; after: string };

/** `last`: where the next chunk goes on; null at the end. The mark comes first, and the count sees what it has marked. */
export type Ended = {
  ids: string[];
  last: string | null;
  markOf: (db: Db, ids: string[]) => Statement;
  countOf: (db: Db, ids: string[]) => SQL;
  also: (db: Db, ids: string[]) => Statement[];
};

const grantsPerChunk = 50;
const rowsPerChunk = 480;
const nothingElse = () => [];

/** Said before it is written: a crash between the two says it again, under the same id. */
export async function endedGrants(ports: Ports, ending: Ending): Promise<Ended> {
  const { grants } = ports.store.tables;
  const { task, reason, level } = ending;
  const rows = await ports.store.db
    .select()
    .from(grants)
    .where(and(grantsBelow(ports, ending), isNull(grants.endedAt), gt(grants.id, ending.after)))
    .orderBy(asc(grants.id))
    .limit(grantsPerChunk);
  const dead = rows.filter(isDead(ports));
  // With the whole installation end all who could hear of it; with an account, its consent to itself.
  const told = level === 'installation' ? [] : dead.filter(({ appId }) => appId !== null);
  const by = { revocation: task.subject, reason, at: task.createdAt };
  await Promise.all(told.map((grant) => announceGrantEnd(ports, grant, by)));
  const isMarked = eq(grants.endedAt, task.createdAt);
  return {
    ...placed(rows, dead, grantsPerChunk),
    markOf: (db, ids) =>
      db
        .update(grants)
        .set({ endedAt: task.createdAt })
        .where(and(inArray(grants.id, ids), isNull(grants.endedAt))),
    countOf: (db, ids) => rowsOf(db, grants, and(inArray(grants.id, ids), isMarked)),
    also: nothingElse,
  };
}

export async function endedTokens(ports: Ports, ending: Ending): Promise<Ended> {
  const { secrets, tokens } = ports.store.tables;
  const { task, reason } = ending;
  const rows = await ports.store.db
    .select({ id: tokens.id, epochs: tokens.epochs })
    .from(tokens)
    .where(and(tokensBelow(ports, ending), isLiveToken(ports), gt(tokens.id, ending.after)))
    .orderBy(asc(tokens.id))
    .limit(rowsPerChunk);
  const isMarked = eq(tokens.revokedAt, task.createdAt);
  return {
    ...placed(rows, rows.filter(isDead(ports)), rowsPerChunk),
    markOf: (db, ids) =>
      db
        .update(tokens)
        .set({ revokedAt: task.createdAt, revokedReason: reason })
        .where(and(inArray(tokens.id, ids), isNull(tokens.revokedAt))),
    countOf: (db, ids) => rowsOf(db, tokens, and(inArray(tokens.id, ids), isMarked)),
    // What a sender among them signs with; nothing else of theirs is kept there.
    also: (db, ids) => [db.delete(secrets).where(inArray(secrets.subscriptionId, ids))],
  };
}

export async function endedSubscriptions(ports: Ports, ending: Ending): Promise<Ended> {
  const { subscriptions } = ports.store.tables;
  const isBelow = belowLevel(ports, ending).subscriptions;
  const rows = await ports.store.db
    .select({ id: subscriptions.id, epochs: subscriptions.epochs })
    .from(subscriptions)
    .where(and(isBelow, isLivingSubscription(ports), gt(subscriptions.id, ending.after)))
    .orderBy(asc(subscriptions.id))
    .limit(rowsPerChunk);
  const set = {
    state: 'disabled' as const,
    stateReason: 'revoked',
    updatedAt: ending.task.createdAt,
    version: sql`${subscriptions.version} + 1`,
  };
  return {
    ...placed(rows, rows.filter(isDead(ports)), rowsPerChunk),
    markOf: (db, ids) => db.update(subscriptions).set(set).where(inArray(subscriptions.id, ids)),
    countOf: (_, ids) => sql`${ids.length}`,
    // With a person: the account lives on, and may hear that something it had is over.
    also: (db, ids) => (ending.level === 'user' ? ids.map((id) => sayDisabled(db, ports, id)) : []),
  };
}

const sayDisabled = (db: Db, ports: Ports, subject: string): Statement =>
  addTask(db, ports, {
    kind: 'announce',
    subject,
    payload: { type: 'subscription.disabled', reason: 'revoked' },
  });

const isDead =
  ({ gate }: Ports) =>
  ({ epochs }: { epochs: EpochSnapshot }): boolean =>
    gate.standing(epochs) === 'revoked';

const placed = (rows: readonly { id: string }[], dead: readonly { id: string }[], most: number) => ({
  ids: dead.map(({ id }) => id),
  last: rows.length === most ? (rows.at(-1)?.id ?? null) : null,
});

const rowsOf = (db: Db, table: Schema['grants' | 'tokens'], where: SQL | undefined): SQL =>
  db.select({ n: count() }).from(table).where(where).getSQL();
