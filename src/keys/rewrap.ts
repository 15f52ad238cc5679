import { and, asc, eq, gt } from 'drizzle-orm';
import * as z from 'zod';
import { recordAudit } from '#src/audit';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Db } from '#src/ports';
import { sealedFor } from '#src/signatures';
import { addTask, type Chunk, type Task } from '#src/tasks';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'vault'>;

const payloadShape = z.strictObject({ version: z.int() });
const cursorShape = z.strictObject({ after: z.string() }).default({ after: '' });
const perChunk = 100;

/** Puts down the work of a rotation: every secret under the master key that is current here. Answers its task. */
export async function addRewrap(ports: Needs & Pick<Ports, 'queue'>, actor: string): Promise<string> {
  const { current: version } = ports.vault.masterKeys;
  const id = ports.ids.newId('tsk');
  await ports.store.write((db) => [
    addTask(db, ports, { id, kind: 'rewrap', subject: `master key ${version}`, payload: { version } }),
    recordAudit(db, ports, { actor, action: 'keys.rotate', subject: `master key ${version}` }),
  ]);
  ports.queue.wake('tasks');
  return id;
}

/**
 * The task kind `rewrap`: the data key of each secret, wrapped anew; the secret itself is not touched, so signers that
 * have it open stay right. A hub that still has the old master key as its current one would wrap backwards: it refuses,
 * and the task is tried again until one does it that was started with the new key.
 */
export const rewrapKind =
  (ports: Needs) =>
  async (task: Task): Promise<Chunk> => {
    const { version } = payloadShape.parse(task.payload);
    const { current } = ports.vault.masterKeys;
    if (current < version) {
      throw new PatchbayError('internal', {
        internal: `master key ${version} is not current in this process, ${current} is: restart it with the new key`,
      });
    }
    const { after } = cursorShape.parse(task.cursor ?? undefined);
    const { secrets } = ports.store.tables;
    const rows = await ports.store.db
      .select()
      .from(secrets)
      .where(gt(secrets.id, after))
      .orderBy(asc(secrets.id))
      .limit(perChunk);
    const wrapped = await Promise.all(
      rows.map(async ({ id, subscriptionId, sealed }) => ({
        id,
        old: sealed,
        sealed: await ports.vault.rewrap(sealed, sealedFor(subscriptionId, id)),
      })),
    );
    const changed = wrapped.filter(({ old, sealed }) => sealed !== old);
    return {
      statements: (db: Db) =>
        changed.map(({ id, old, sealed }) =>
          db
            .update(secrets)
            .set({ sealed })
            .where(and(eq(secrets.id, id), eq(secrets.sealed, old))),
        ),
      cursor: { after: rows.at(-1)?.id ?? after },
      count: changed.length,
      isLast: rows.length < perChunk,
    };
  };
