/**
 * The task kind `end`: what a revocation has ended in one step is written down row by row, so that lists say it, the
 * receipt counts it, and every app hears of each grant that it lost. Nothing waits for it: the epoch has ended all of
 * this before. What the gate still lets in was made after the revocation, and stays.
 */
import { eq, sql } from 'drizzle-orm';
import * as z from 'zod';
import { completeReceipt } from '#src/access';
import type { Ports } from '#src/context';
import type { Db, Statement } from '#src/ports';
import type { Chunk, Task } from '#src/tasks';
import {
  type Ended,
  endedGrants,
  endedSubscriptions,
  endedTokens,
  endPayload,
  type Ending,
} from './ended.ts';

/** Grants first: what they tell others is waited for. */
const phases = ['grants', 'tokens', 'subscriptions'] as const;
const cursorShape = z.strictObject({
  phase: z.enum(phases).default('grants'),
  after: z.string().default(''),
});
type Cursor = z.output<typeof cursorShape>;

/** D1 binds a hundred parameters a statement. */
const idsPerStatement = 80;

export const endKind =
  (ports: Ports) =>
  async (task: Task): Promise<Chunk> => {
    const { phase, after } = cursorShape.parse(task.cursor ?? {});
    await ports.gate.freshen();
    const ended = await endedIn(ports, phase, { task, ...endPayload.parse(task.payload), after });
    const next = nextOf(phase, ended.last);
    return {
      statements: (db) => [
        ...markAndCount(db, ports, task, phase, ended),
        ...(next ? [] : [touchReceipt(db, ports, task), completeReceipt(db, ports, task.subject)]),
      ],
      cursor: next ?? { phase, after },
      count: ended.ids.length,
      isLast: next === null,
    };
  };

function nextOf(phase: Cursor['phase'], last: string | null): Cursor | null {
  if (last !== null) return { phase, after: last };
  const following = phases[phases.indexOf(phase) + 1];
  return following ? { phase: following, after: '' } : null;
}

function endedIn(ports: Ports, phase: Cursor['phase'], ending: Ending): Promise<Ended> {
  switch (phase) {
    case 'grants':
      return endedGrants(ports, ending);
    case 'tokens':
      return endedTokens(ports, ending);
    case 'subscriptions':
      return endedSubscriptions(ports, ending);
    default:
      return phase satisfies never;
  }
}

function markAndCount(
  db: Db,
  { store }: Ports,
  task: Task,
  phase: Cursor['phase'],
  { ids, markOf, countOf, also }: Ended,
): Statement[] {
  const { revocations } = store.tables;
  const pieces = Array.from({ length: Math.ceil(ids.length / idsPerStatement) }, (_, i) =>
    ids.slice(i * idsPerStatement, (i + 1) * idsPerStatement),
  );
  return pieces.flatMap((piece) => [
    markOf(db, piece),
    db
      .update(revocations)
      .set({ [phase]: sql`${revocations[phase]} + (${countOf(db, piece)})` })
      .where(eq(revocations.id, task.subject)),
    ...also(db, piece),
  ]);
}

/** Changes nothing: it is what completion waits behind, see `completeReceipt`. */
const touchReceipt = (db: Db, { store }: Ports, task: Task): Statement => {
  const { revocations } = store.tables;
  return db
    .update(revocations)
    .set({ cancelled: sql`${revocations.cancelled}` })
    .where(eq(revocations.id, task.subject));
};
