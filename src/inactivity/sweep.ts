/**
 * What nobody uses is a way in that nobody watches. Once a day a task walks over personal tokens and the consents of
 * apps; what was not used for long is announced to its account, and ends some time after that unless it is used again.
 * A call is a use, and so is a delivery that was taken; that of the announcement is none, or it would keep alive what it
 * warns of.
 */
import * as z from 'zod';
import type { Ports } from '#src/context';
import { addTask, type Chunk, type Task } from '#src/tasks';
import { grantPage } from './grants.ts';
import { tokenPage } from './tokens.ts';

/** The day's task, put down once however many processes ask for it. */
export async function beginInactivity(ports: Pick<Ports, 'store' | 'clock' | 'ids'>): Promise<void> {
  const day = ports.clock.now().toISOString().slice(0, 10);
  await ports.store.write((db) => [
    addTask(db, ports, {
      id: `tsk_inactivity-${day}`,
      kind: 'inactivity',
      subject: 'inactivity',
      payload: {},
    }).onConflictDoNothing(),
  ]);
}

const cursorShape = z.strictObject({ of: z.enum(['tokens', 'grants']), after: z.string() });

/** The task kind `inactivity`: first the tokens, then the consents, by id. */
export const inactivityKind =
  (ports: Ports) =>
  async (task: Task): Promise<Chunk> => {
    const { of, after } = cursorShape.parse(task.cursor ?? { of: 'tokens', after: '' });
    await ports.gate.freshen();
    const page = of === 'tokens' ? await tokenPage(ports, after) : await grantPage(ports, after);
    const isTurn = of === 'tokens' && page.next === null;
    return {
      statements: page.statements,
      cursor: isTurn ? { of: 'grants', after: '' } : { of, after: page.next ?? '' },
      count: page.count,
      isLast: of === 'grants' && page.next === null,
      after: () => (page.count > 0 ? ports.queue.wake('tasks') : undefined),
    };
  };
