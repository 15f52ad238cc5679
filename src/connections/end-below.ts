import { and, asc, eq, gt, lte, ne, sql } from 'drizzle-orm';
import * as z from 'zod';
import { completeReceipt } from '#src/access';
import { connectionsBelow } from '#src/revocations';
import type { Chunk, Task } from '#src/tasks';
import { disconnect } from './disconnect.ts';
import type { Needs } from './open.ts';

const payloadShape = z.looseObject({
  level: z.enum(['token', 'grant', 'user', 'app', 'partner', 'account', 'installation']),
  id: z.string(),
  reason: z.string().default('revoked'),
});
const cursorShape = z.strictObject({ after: z.string() }).default({ after: '' });
const perChunk = 50;

/**
 * The task kind `disconnect`: every connection below a revocation, or of an erased account, ends. The epoch has stopped
 * all that they send before; this takes their credentials back. The receipt waits for what the vendors say.
 */
export const disconnectKind =
  (ports: Needs) =>
  async (task: Task): Promise<Chunk> => {
    const below = payloadShape.parse(task.payload);
    const { after } = cursorShape.parse(task.cursor ?? undefined);
    const { connections, revocations } = ports.store.tables;
    const rows = await ports.store.db
      .select()
      .from(connections)
      .where(
        and(
          connectionsBelow(ports, below),
          gt(connections.id, after),
          ne(connections.state, 'revoked'),
          lte(connections.createdAt, task.createdAt),
        ),
      )
      .orderBy(asc(connections.id))
      .limit(perChunk);
    const revocation = task.subject.startsWith('rvk_') ? task.subject : undefined;
    // One that was never finished has no credential to take back.
    const credentials = rows.filter(({ state }) => state !== 'pending').length;
    for (const row of rows)
      await disconnect(ports, row, { actor: 'hub', reason: below.reason, ...(revocation && { revocation }) });
    const isLast = rows.length < perChunk;
    return {
      statements: (db) =>
        revocation === undefined
          ? []
          : [
              db
                .update(revocations)
                .set({ credentials: sql`coalesce(${revocations.credentials}, 0) + ${credentials}` })
                .where(eq(revocations.id, revocation)),
              ...(isLast ? [completeReceipt(db, ports, revocation)] : []),
            ],
      cursor: { after: rows.at(-1)?.id ?? after },
      count: rows.length,
      isLast,
    };
  };
