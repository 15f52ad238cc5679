import { and, asc, eq, inArray, notInArray } from 'drizzle-orm';
import * as z from 'zod';
import type { Ports } from '#src/context';
import type { Db } from '#src/ports';
import { addTask, type Chunk, type Task } from '#src/tasks';
import { belowLevel, isStopped, lanesBelow, levelOf, piecesOf } from './below.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'queue' | 'settings'>;

const payloadShape = levelOf.extend({ isLastLook: z.boolean().default(false) });
type Payload = z.output<typeof payloadShape>;
const cursorShape = z.strictObject({ after: z.string().default('') });

const perChunk = 480;

/**
 * The task kind `release`: what was held goes back to be sent, oldest first, with all its tries. Letting go too much does
 * no harm: the sender asks again before each attempt, and holds what has another reason to wait.
 */
export const releaseKind =
  (ports: Needs) =>
  async (task: Task): Promise<Chunk> => {
    const payload = payloadShape.parse(task.payload);
    const { after } = cursorShape.parse(task.cursor ?? {});
    const { lanes, isEnd } = await lanesBelow(ports, belowLevel(ports, payload), after);
    let done = after;
    for (const lane of lanes) {
      const positions = await heldIn(ports, payload, lane);
      if (positions.length > 0) return releaseChunk(ports, lane.id, positions, done);
      done = lane.id;
    }
    return {
      statements: (db) => (isEnd && !payload.isLastLook ? [lookAgain(db, ports, task, payload)] : []),
      cursor: { after: done },
      count: 0,
      isLast: isEnd,
    };
  };

/** Why it was held, once the account is concerned; all else is the subscription's or its endpoint's affair. */
const accountReasons = ['suspended', 'account_suspended'];

async function heldIn(
  { store }: Needs,
  { level }: Payload,
  lane: { id: string; only: ReturnType<typeof and> },
): Promise<number[]> {
  const { deliveries } = store.tables;
  const reason =
    level === 'subscription'
      ? notInArray(deliveries.reason, accountReasons)
      : inArray(deliveries.reason, accountReasons);
  const rows = await store.db
    .select({ position: deliveries.position })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.subscriptionId, lane.id),
        isStopped({ store }),
        eq(deliveries.state, 'held'),
        reason,
        lane.only,
      ),
    )
    .orderBy(asc(deliveries.position))
    .limit(perChunk);
  return rows.map(({ position }) => position);
}

function releaseChunk(ports: Needs, lane: string, positions: number[], after: string): Chunk {
  const { deliveries } = ports.store.tables;
  const now = ports.clock.now();
  return {
    statements: (db) =>
      piecesOf(positions).map((piece) =>
        db
          .update(deliveries)
          .set({ state: 'pending', reason: 'released', dueAt: now, tries: 0, updatedAt: now })
          .where(and(inArray(deliveries.position, piece), eq(deliveries.state, 'held'))),
      ),
    cursor: { after },
    count: positions.length,
    isLast: false,
    after: () => ports.queue.wake('deliveries', [lane]),
  };
}

/**
 * A sender that had decided to hold before it heard of the release may write that after us; within a lease it has. So
 * there is one more look, a lease later.
 */
function lookAgain(db: Db, ports: Needs, { kind, subject }: Task, payload: Payload) {
  const again = { ...payload, isLastLook: true };
  return addTask(db, ports, { kind, subject, payload: again, delayMs: ports.settings.leaseMs });
}
