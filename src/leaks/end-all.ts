import * as z from 'zod';
import { addTask, type Chunk, type Task } from '#src/tasks';
import { endLeaked, type Finding, isLive } from './end-leaked.ts';
import type { TokenRow } from './known-tokens.ts';

type Needs = Parameters<typeof endLeaked>[0];
export type Leak = { row: TokenRow; finding: Finding };

/** Revoked before the answer; on Workers each takes half a second. What is past these is a task. */
const atOnce = 20;
/** A task is one row, of which D1 takes two megabytes. */
const perTask = 200;

/** Ends those that are live. The answer to whoever found them must not depend on how many that were. */
export async function endLeaks(ports: Needs, leaks: readonly Leak[]): Promise<void> {
  await ports.gate.freshen();
  const live = leaks.filter(({ row }) => isLive(ports, row));
  await Promise.all(live.slice(0, atOnce).map(({ row, finding }) => endLeaked(ports, row, finding)));
  for (let at = atOnce; at < live.length; at += perTask) {
    const leaked = live.slice(at, at + perTask).map(leftOf);
    await ports.store.write((db) => [
      addTask(db, ports, { kind: 'leaks', subject: 'leaks', payload: { leaked } }),
    ]);
  }
  if (live.length > atOnce) ports.queue.wake('tasks');
}

const payloadShape = z.strictObject({
  leaked: z.array(
    z.strictObject({
      id: z.string(),
      kind: z.enum(['a', 'r', 'c', 'k', 's', 'f', 'w']),
      locator: z.string(),
      finding: z.strictObject({
        finder: z.enum(['anyone', 'github', 'staff']),
        foundAt: z.string().nullable(),
        contact: z.string().nullable(),
      }),
    }),
  ),
});
type Left = z.output<typeof payloadShape>['leaked'][number];

const leftOf = ({ row: { id, kind, locator }, finding }: Leak): Left => ({ id, kind, locator, finding });

/** The task kind `leaks`: what one report had more of than is ended before its answer. */
export const leaksKind =
  (ports: Needs) =>
  async (task: Task): Promise<Chunk> => {
    const { leaked } = payloadShape.parse(task.payload);
    const at = z.int().parse(task.cursor ?? 0);
    const some = leaked.slice(at, at + atOnce);
    await Promise.all(some.map(({ finding, ...token }) => endLeaked(ports, token, finding)));
    const next = at + some.length;
    return { statements: () => [], cursor: next, count: some.length, isLast: next >= leaked.length };
  };
