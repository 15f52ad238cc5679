/** What a connection needs without being asked: its health, a token kept alive, what was not made yet, changes there. */
import { eq, sql } from 'drizzle-orm';
import type { Connector, Health } from '#kit';
import { Resync } from '#kit';
import { recordIntent } from '#src/intents';
import { addTask, type Chunk, type Task } from '#src/tasks';
import { outcomeOfError } from './apply-op.ts';
import { breakConnection } from './break.ts';
import { reasonOf } from './carry.ts';
import { type ConnectionRow, readConnection } from './find.ts';
import { intentAskOf } from './intent-ask.ts';
import { createVendorLimits } from './limits.ts';
import { type Needs, openConnection } from './open.ts';
import { setUpConnection } from './set-up.ts';

const careEveryMs = 6 * 3_600_000;
const maxPages = 20;

export type Checked = { row: ConnectionRow; health: Health };

/** One cheap call to the vendor, now. A broken credential breaks the connection; anything else that is wrong degrades it. */
export async function checkHealth(ports: Needs, connector: Connector, row: ConnectionRow): Promise<Checked> {
  const health = await askHealth(ports, connector, row);
  const failure = health.ok ? null : health.failure;
  if (failure?.kind === 'auth') {
    await breakConnection(ports, row, reasonOf(failure.code), failure.code);
  } else {
    const missing = health.missingScopes?.length ? 'missing_scope' : null;
    const { connections } = ports.store.tables;
    await ports.store.write((db) => [
      db
        .update(connections)
        .set({
          state: health.ok && missing === null ? 'active' : 'degraded',
          stateReason: health.ok ? missing : (failure?.code ?? missing ?? 'unwell'),
          failures: health.ok ? 0 : sql`${connections.failures} + 1`,
          ...(health.account ? { label: health.account } : {}),
          ...(health.accountId ? { vendorAccount: firstKnown(ports, health.accountId) } : {}),
          checkedAt: ports.clock.now(),
          updatedAt: ports.clock.now(),
        })
        .where(sql`${connections.id} = ${row.id} and ${connections.state} in ('active', 'degraded')`),
    ]);
  }
  const now = (await readConnection(ports, row.id)) ?? row;
  const isToBeMade = health.ok && !now.isSetUp && now.state !== 'revoked';
  if (!isToBeMade) return { row: now, health };
  const { row: made, failed } = await setUpConnection(ports, connector, row.id);
  return { row: made, health: failed ? { ...health, ok: false, failure: failed } : health };
}

/** Whoever has linked it anew meanwhile knows whose it is. */
const firstKnown = ({ store }: Needs, accountId: string) => {
  const { vendorAccount } = store.tables.connections;
  return sql`case when ${vendorAccount} = '' then ${accountId} else ${vendorAccount} end`;
};

async function askHealth(ports: Needs, connector: Connector, row: ConnectionRow): Promise<Health> {
  const opened = await openConnection(ports, connector, row, {
    limits: createVendorLimits(ports),
    purpose: 'health',
  });
  if (!opened.ok) {
    return opened.kind === 'reconnect'
      ? { ok: false, failure: { ok: false, kind: 'auth', next: 'reconnect', code: opened.code } }
      : { ok: false, failure: { ok: false, kind: 'transient', code: opened.code, slow: 'connection' } };
  }
  const ask = () =>
    connector.health(opened.ctx).catch((error: unknown) => ({ ok: false, failure: outcomeOfError(error) }));
  const first = await ask();
  const isStale = !first.ok && first.failure?.kind === 'auth' && first.failure.next === 'refresh';
  return isStale && (await opened.renew()).ok ? ask() : first;
}

/** The task kind `care`: one a connection; it puts the next one down as it ends. */
export const careKind =
  (ports: Needs) =>
  async (task: Task): Promise<Chunk> => {
    const row = await readConnection(ports, task.subject);
    const connector = row && (await ports.connectors.load(row.connector));
    // Whoever has put down the later one goes on; the other chain ends here.
    const isNext = row?.dueAt != null && row.dueAt.getTime() <= ports.clock.ms();
    const isLiving = isNext && (row.state === 'active' || row.state === 'degraded');
    if (isLiving && connector) {
      const { row: now } = await checkHealth(ports, connector, row);
      // Read again with the next care at the latest; a vendor that is away must not end the chain.
      if (now.state === 'active')
        await readChanges(ports, connector, now).catch((error: unknown) =>
          ports.log.error('connection.changes', error, { connection: now.id }),
        );
    }
    const { connections } = ports.store.tables;
    return {
      statements: (db) =>
        isLiving
          ? [
              db
                .update(connections)
                .set({ dueAt: new Date(ports.clock.ms() + careEveryMs) })
                .where(eq(connections.id, task.subject)),
              addTask(db, ports, { kind: 'care', subject: task.subject, payload: {}, delayMs: careEveryMs }),
            ]
          : [],
      cursor: null,
      count: isLiving ? 1 : 0,
      isLast: true,
    };
  };

/** The task kind `changes`: the vendor has said that something is new there. */
export const changesKind =
  (ports: Needs) =>
  async (task: Task): Promise<Chunk> => {
    const row = await readConnection(ports, task.subject);
    const connector = row && (await ports.connectors.load(row.connector));
    const isLiving = row !== null && (row.state === 'active' || row.state === 'degraded');
    const count = isLiving && connector ? await readChanges(ports, connector, row) : 0;
    return { statements: () => [], cursor: null, count, isLast: true };
  };

/** Each page's intents are recorded before its cursor is: a crash between reads the page again, and knows them. */
async function readChanges(ports: Needs, connector: Connector, row: ConnectionRow): Promise<number> {
  if (!connector.sync || row.intents.length === 0) return 0;
  const opened = await openConnection(ports, connector, row, {
    limits: createVendorLimits(ports),
    purpose: 'changes',
  });
  if (!opened.ok) return 0;
  const state = { cursor: row.syncCursor ?? undefined, count: 0 };
  for (let page = 0; page < maxPages; page++) {
    const synced = await connector.sync(state.cursor, opened.ctx).catch((error: unknown) => {
      if (error instanceof Resync && state.cursor !== undefined) return null;
      throw error;
    });
    if (synced === null) {
      state.cursor = undefined;
      continue;
    }
    for (const draft of synced.intents) {
      const { outcome } = await recordIntent(ports, intentAskOf(row, draft));
      if (outcome === 'recorded') state.count++;
    }
    await keepCursor(ports, row, synced.cursor);
    state.cursor = synced.cursor;
    if (!synced.hasMore) break;
  }
  return state.count;
}

const keepCursor = ({ store, clock }: Needs, { id }: ConnectionRow, cursor: string) => {
  const { connections } = store.tables;
  return store.write((db) => [
    db.update(connections).set({ syncCursor: cursor, updatedAt: clock.now() }).where(eq(connections.id, id)),
  ]);
};
