/**
 * A connection that only a person can mend: what is sent by it is held from now on, and its account is told once, with
 * one link. Mended, all that was held goes on. False where it was linked anew since `row` was read.
 */
import { and, eq, inArray, ne, sql } from 'drizzle-orm';
import { raiseVersion } from '#src/access';
import { recordAuditIf } from '#src/audit';
import type { Ports } from '#src/context';
import type { Db, Statement } from '#src/ports';
import { connectionHost } from '#src/subscriptions';
import { addTask } from '#src/tasks';
import { type ConnectionRow, readConnection } from './find.ts';
import { mendLink } from './inbound-address.ts';

type Needs = Pick<
  Ports,
  'store' | 'clock' | 'ids' | 'directory' | 'queue' | 'meter' | 'digest' | 'peppers' | 'settings'
>;
/** The words of the event `connection.broken`. */
export type BreakReason = 'auth' | 'scope' | 'gone' | 'vendor' | 'revoked';

export const brokenReason = 'connection_broken';

export async function breakConnection(
  ports: Needs,
  row: ConnectionRow,
  reason: BreakReason,
  code: string,
): Promise<boolean> {
  const { store, clock, ids, directory, queue, meter } = ports;
  const { connections, subscriptions, tasks } = store.tables;
  const now = clock.now();
  const mark = ids.newId('wrk');
  const said = `tsk_${row.id}_${row.version}`;
  const ours = await subscriptionsOf(ports, row);
  const [changed] = await store.write((db) => [
    db
      .update(connections)
      .set({
        state: 'needs_reauth',
        stateReason: code,
        dueAt: null,
        updatedAt: now,
        version: sql`${connections.version} + 1`,
      })
      .where(
        and(
          eq(connections.id, row.id),
          eq(connections.version, row.version),
          ne(connections.state, 'revoked'),
        ),
      )
      .returning({ id: connections.id }),
    ...(ours.length === 0
      ? []
      : [
          ...raiseVersion(db, ports, { accountId: row.accountId }),
          db
            .update(subscriptions)
            .set({
              state: 'disabled',
              stateReason: brokenReason,
              updatedAt: now,
              version: sql`${subscriptions.version} + 1`,
            })
            .where(
              and(
                inArray(subscriptions.id, ours),
                eq(subscriptions.state, 'active'),
                isNeedingReauth(ports, row.id),
              ),
            ),
        ]),
    addTask(db, ports, {
      id: said,
      kind: 'announce',
      subject: row.id,
      payload: { type: 'connection.broken', reason, link: mendLink(ports, row) },
      leaseId: mark,
    }).onConflictDoNothing(),
    recordAuditIf(
      db,
      ports,
      {
        actor: 'hub',
        action: 'connection.break',
        subject: row.id,
        accountId: row.accountId,
        detail: { reason, code },
      },
      sql`exists (select 1 from ${tasks} where ${tasks.id} = ${said} and ${tasks.leaseId} = ${mark})`,
    ),
  ]);
  if (changed.length > 0) meter.count('connections_broken', { connector: row.connector, reason });
  await directory.freshen();
  queue.wake('tasks');
  if (changed.length > 0) return true;
  const state = (await readConnection(ports, row.id))?.state;
  return state !== 'active' && state !== 'degraded';
}

/** What goes on again when a connection is mended, or no longer muted; in the same write as that. */
export async function resumeStatements(
  ports: Pick<Needs, 'store' | 'clock' | 'ids'>,
  row: ConnectionRow,
  stoppedFor = brokenReason,
): Promise<(db: Db) => Statement[]> {
  const { subscriptions } = ports.store.tables;
  // Also of those that were never stopped: what was sent while it was broken is held all the same.
  const ours = await subscriptionsOf(ports, row);
  if (ours.length === 0) return () => [];
  return (db) => [
    ...raiseVersion(db, ports, { accountId: row.accountId }),
    db
      .update(subscriptions)
      .set({
        state: 'active',
        stateReason: null,
        failingSince: null,
        updatedAt: ports.clock.now(),
        version: sql`${subscriptions.version} + 1`,
      })
      .where(and(inArray(subscriptions.id, ours), eq(subscriptions.stateReason, stoppedFor))),
    ...ours.map((id) =>
      addTask(db, ports, { kind: 'release', subject: id, payload: { level: 'subscription', id } }),
    ),
  ];
}

/** An account has a thousand subscriptions at most; few of them are this connection's. */
export async function subscriptionsOf(
  { store }: Pick<Needs, 'store'>,
  row: ConnectionRow,
): Promise<string[]> {
  const { subscriptions } = store.tables;
  const rows = await store.db
    .select({ id: subscriptions.id, endpoint: subscriptions.endpoint })
    .from(subscriptions)
    .where(
      and(
        eq(subscriptions.accountId, row.accountId),
        ne(subscriptions.state, 'deleted'),
        eq(subscriptions.host, connectionHost(row.connector)),
      ),
    );
  return rows
    .filter(({ endpoint }) => endpoint.type === 'connection' && endpoint.connection_id === row.id)
    .map(({ id }) => id);
}

const isNeedingReauth = ({ store }: Pick<Needs, 'store'>, id: string) =>
  sql`exists (select 1 from ${store.tables.connections} where ${store.tables.connections.id} = ${id} and ${store.tables.connections.state} = 'needs_reauth')`;
