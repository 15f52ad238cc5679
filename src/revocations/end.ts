/**
 * The task kind `end`: what a revocation has ended in one step is written down row by row, so that lists say it, the
 * receipt counts it, and every app hears of each grant that it lost. Nothing waits for it: the epoch has ended all of
 * this before. What the gate still lets in was made after the revocation, and stays.
 */
import { and, asc, eq, gt, inArray, isNull, ne, type SQL, sql } from 'drizzle-orm';
import * as z from 'zod';
import { completeReceipt } from '#src/access';
import type { Ports } from '#src/context';
import { belowLevel, levelOf } from '#src/deliveries';
import { announceGrantEnd } from '#src/events';
import type { Db, Statement } from '#src/ports';
import type { EpochSnapshot } from '#src/store';
import { addTask, type Chunk, type Task } from '#src/tasks';
import { grantsBelow, isLiveToken, tokensBelow } from './below.ts';

const payloadShape = levelOf.extend({
  level: z.enum(['grant', 'user', 'app', 'partner', 'account', 'installation']),
  reason: z.string(),
});
type Payload = z.output<typeof payloadShape>;

/** Grants first: what they tell others is waited for. */
const phases = ['grants', 'tokens', 'subscriptions'] as const;
const cursorShape = z.strictObject({
  phase: z.enum(phases).default('grants'),
  after: z.string().default(''),
});
type Cursor = z.output<typeof cursorShape>;

type Found = { ids: string[]; statements: (db: Db) => Statement[]; last: string | null };

const grantsPerChunk = 50;
const rowsPerChunk = 480;
/** D1 binds a hundred parameters a statement. */
const idsPerStatement = 80;

export const endKind =
  (ports: Ports) =>
  async (task: Task): Promise<Chunk> => {
    const payload = payloadShape.parse(task.payload);
    const cursor = cursorShape.parse(task.cursor ?? {});
    await ports.gate.freshen();
    const found = await findEnded(ports, task, payload, cursor);
    const next = nextOf(cursor, found.last);
    return {
      statements: (db) => [
        ...found.statements(db),
        ...(next ? [] : [touchReceipt(db, ports, task), completeReceipt(db, ports, task.subject)]),
      ],
      cursor: next ?? cursor,
      count: found.ids.length,
      isLast: next === null,
    };
  };

function nextOf({ phase }: Cursor, last: string | null): Cursor | null {
  if (last !== null) return { phase, after: last };
  const following = phases[phases.indexOf(phase) + 1];
  return following ? { phase: following, after: '' } : null;
}

function findEnded(ports: Ports, task: Task, payload: Payload, { phase, after }: Cursor): Promise<Found> {
  switch (phase) {
    case 'grants':
      return endedGrants(ports, task, payload, after);
    case 'tokens':
      return endedTokens(ports, task, payload, after);
    case 'subscriptions':
      return endedSubscriptions(ports, task, payload, after);
    default:
      return phase satisfies never;
  }
}

/** Said before it is written: a crash between the two says it again, under the same id. */
async function endedGrants(ports: Ports, task: Task, payload: Payload, after: string): Promise<Found> {
  const { grants } = ports.store.tables;
  const rows = await ports.store.db
    .select()
    .from(grants)
    .where(and(grantsBelow(ports, payload), isNull(grants.endedAt), gt(grants.id, after)))
    .orderBy(asc(grants.id))
    .limit(grantsPerChunk);
  const ended = rows.filter(hasEnded(ports));
  const by = { revocation: task.subject, reason: payload.reason, at: task.createdAt };
  // An account's consent to itself ends with all that could have heard of it.
  const told = payload.level === 'installation' ? [] : ended.filter(({ appId }) => appId !== null);
  await Promise.all(told.map((grant) => announceGrantEnd(ports, grant, by)));
  return foundOf(ports, task, rows, ended, grantsPerChunk, (db, ids) => {
    const isMeant = and(inArray(grants.id, ids), isNull(grants.endedAt));
    return {
      mark: db.update(grants).set({ endedAt: task.createdAt }).where(isMeant),
      counted: {
        grants: countedIn(db, grants, and(inArray(grants.id, ids), eq(grants.endedAt, task.createdAt))),
      },
    };
  });
}

async function endedTokens(ports: Ports, task: Task, payload: Payload, after: string): Promise<Found> {
  const { tokens } = ports.store.tables;
  const rows = await ports.store.db
    .select({ id: tokens.id, epochs: tokens.epochs })
    .from(tokens)
    .where(and(tokensBelow(ports, payload), isLiveToken(ports), gt(tokens.id, after)))
    .orderBy(asc(tokens.id))
    .limit(rowsPerChunk);
  const set = { revokedAt: task.createdAt, revokedReason: payload.reason };
  return foundOf(ports, task, rows, rows.filter(hasEnded(ports)), rowsPerChunk, (db, ids) => ({
    mark: db
      .update(tokens)
      .set(set)
      .where(and(inArray(tokens.id, ids), isNull(tokens.revokedAt))),
    counted: {
      tokens: countedIn(db, tokens, and(inArray(tokens.id, ids), eq(tokens.revokedAt, task.createdAt))),
    },
  }));
}

/** Of an app's own only the number: its notices still go out, and nobody can see the rows any more. */
async function endedSubscriptions(ports: Ports, task: Task, payload: Payload, after: string): Promise<Found> {
  const { subscriptions } = ports.store.tables;
  const rows = await ports.store.db
    .select({ id: subscriptions.id, epochs: subscriptions.epochs, owner: subscriptions.owner })
    .from(subscriptions)
    .where(
      and(
        belowLevel(ports, payload).subscriptions,
        ne(subscriptions.state, 'deleted'),
        sql`coalesce(${subscriptions.stateReason}, '') <> 'revoked'`,
        gt(subscriptions.id, after),
      ),
    )
    .orderBy(asc(subscriptions.id))
    .limit(rowsPerChunk);
  const ended = rows.filter(hasEnded(ports));
  const owners = new Map(ended.map(({ id, owner }) => [id, owner]));
  return foundOf(ports, task, rows, ended, rowsPerChunk, (db, ids) => {
    const own = ids.filter((id) => owners.get(id) === 'grant');
    const set = {
      state: 'disabled' as const,
      stateReason: 'revoked',
      updatedAt: task.createdAt,
      version: sql`${subscriptions.version} + 1`,
    };
    return {
      mark: db
        .update(subscriptions)
        .set(set)
        .where(own.length > 0 ? inArray(subscriptions.id, own) : sql`1 = 0`),
      counted: { subscriptions: sql<number>`${ids.length}` },
      // The account lives on, and may hear that what one of its people had made is over.
      ...(payload.level === 'user' ? { also: own.map((id) => disabled(db, ports, id)) } : {}),
    };
  });
}

const disabled = (db: Db, ports: Ports, subject: string): Statement =>
  addTask(db, ports, {
    kind: 'announce',
    subject,
    payload: { type: 'subscription.disabled', reason: 'revoked' },
  });

const hasEnded =
  ({ gate }: Ports) =>
  ({ epochs }: { epochs: EpochSnapshot }): boolean =>
    gate.standing(epochs) === 'revoked';

type Piece = { mark: Statement; counted: Record<string, SQL<number>>; also?: Statement[] };

function foundOf(
  ports: Ports,
  task: Task,
  rows: readonly { id: string }[],
  ended: readonly { id: string }[],
  most: number,
  pieceOf: (db: Db, ids: string[]) => Piece,
): Found {
  const { revocations } = ports.store.tables;
  const ids = ended.map(({ id }) => id);
  const statements = (db: Db): Statement[] =>
    slices(ids).flatMap((slice) => {
      const { mark, counted, also = [] } = pieceOf(db, slice);
      const sums = Object.fromEntries(
        Object.entries(counted).map(([name, n]) => [
          name,
          sql`${revocations[name as 'tokens' | 'grants' | 'subscriptions']} + ${n}`, // Named by the pieces above.
        ]),
      );
      return [mark, db.update(revocations).set(sums).where(eq(revocations.id, task.subject)), ...also];
    });
  return { ids, statements, last: rows.length === most ? (rows.at(-1)?.id ?? null) : null };
}

type Countable = Ports['store']['tables']['grants' | 'tokens'];
const countedIn = (db: Db, table: Countable, where: SQL | undefined): SQL<number> =>
  sql<number>`(${db
    .select({ n: sql`count(*)` })
    .from(table)
    .where(where)})`;

/** Changes nothing: it is what completion waits behind, see `completeReceipt`. */
const touchReceipt = (db: Db, { store }: Ports, task: Task): Statement => {
  const { revocations } = store.tables;
  return db
    .update(revocations)
    .set({ cancelled: sql`${revocations.cancelled}` })
    .where(eq(revocations.id, task.subject));
};

const slices = (ids: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(ids.length / idsPerStatement) }, (_, i) =>
    ids.slice(i * idsPerStatement, (i + 1) * idsPerStatement),
  );
