import { eq, sql } from 'drizzle-orm';
import { recordAudit } from '#src/audit';
import { addTask } from '#src/tasks';
import { brokenReason, resumeStatements } from './break.ts';
import type { ConnectionRow } from './find.ts';
import type { Needs } from './open.ts';

export type Linked = Pick<ConnectionRow, 'tier' | 'scopes' | 'vendorAccount' | 'label' | 'facts'> & {
  sealed: string;
  expiresAt: Date | null;
};

/** The credential and what is known of the account, in one write; what waited for it goes on. */
export async function keepLinked(
  ports: Needs,
  row: ConnectionRow,
  { sealed, expiresAt, ...linked }: Linked,
): Promise<void> {
  const { connections, credentials } = ports.store.tables;
  const now = ports.clock.now();
  const resume = await resumeStatements(ports, row);
  await ports.store.write((db) => [
    db
      .insert(credentials)
      .values({ id: row.id, sealed, version: 1, expiresAt, updatedAt: now })
      .onConflictDoUpdate({
        target: credentials.id,
        set: { sealed, expiresAt, updatedAt: now, version: sql`${credentials.version} + 1` },
      }),
    db
      .update(connections)
      .set({
        ...linked,
        state: 'active',
        stateReason: null,
        isSetUp: false,
        failures: 0,
        checkedAt: now,
        linkedAt: now,
        dueAt: now,
        updatedAt: now,
        version: sql`${connections.version} + 1`,
      })
      .where(eq(connections.id, row.id)),
    ...resume(db),
    addTask(db, ports, { kind: 'care', subject: row.id, payload: {}, delayMs: 60_000 }),
    recordAudit(db, ports, {
      actor: row.userId ?? `token:${row.tokenId}`,
      action: row.state === 'pending' ? 'connection.link' : 'connection.mend',
      subject: row.id,
      accountId: row.accountId,
      detail: {
        connector: row.connector,
        tier: linked.tier,
        scopes: linked.scopes,
        was: brokenReason === row.stateReason,
      },
    }),
  ]);
  await ports.directory.freshen();
  ports.queue.wake('tasks');
}
