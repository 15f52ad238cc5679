/** What a vendor's message may do, in the name of one connection (`Desk` of the kit). */
import { and, eq, ne } from 'drizzle-orm';
import type { Connector, Desk, InboundHub } from '#kit';
import { NoAnswer } from '#kit';
import type { Ctx, Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { recordIntent } from '#src/intents';
import { sendTest } from '#src/subscriptions';
import { addTask } from '#src/tasks';
import { breakConnection, subscriptionsOf } from './break.ts';
import { type ConnectionRow, readConnection } from './find.ts';
import { intentAskOf } from './intent-ask.ts';
import { createVendorLimits } from './limits.ts';
import { mute, unmute } from './mute.ts';
import { openConnection } from './open.ts';

/** The vendor waits for our answer meanwhile. */
const replyMs = 2_000;

export function deskOf(ports: Ports, connector: Connector, row: ConnectionRow): Desk {
  const actor = `connection:${row.id}`;
  const { subscriptions, connectionRefs } = ports.store.tables;
  return {
    connectionId: row.id,
    facts: row.facts,
    status: async () => {
      const ours = new Set(await subscriptionsOf(ports, row));
      const rows = await ports.store.db
        .select()
        .from(subscriptions)
        .where(and(eq(subscriptions.accountId, row.accountId), ne(subscriptions.state, 'deleted')));
      return {
        state: (await readConnection(ports, row.id))?.state ?? row.state,
        subscriptions: rows
          .filter(({ id }) => ours.has(id))
          .map(({ id, eventTypes, state, description, endpoint }) => ({
            id,
            eventTypes,
            state,
            description,
            options:
              endpoint.type === 'connection'
                ? connector.manifest.options.safeParse(endpoint.options).data
                : undefined,
          })),
      };
    },
    keyOf: async (refId, begins) => {
      const rows = await ports.store.db
        .select({ key: connectionRefs.key })
        .from(connectionRefs)
        .where(and(eq(connectionRefs.connectionId, row.id), eq(connectionRefs.vendorId, refId)))
        .limit(20);
      return rows.find(({ key }) => key.startsWith(begins))?.key ?? null;
    },
    mute: (forMs) => mute(ports, row, forMs, actor),
    unmute: () => unmute(ports, row, actor),
    test: async () => {
      const ctx = actingFor(ports, row);
      const active = await ports.store.db
        .select({ id: subscriptions.id })
        .from(subscriptions)
        .where(
          and(
            eq(subscriptions.accountId, row.accountId),
            eq(subscriptions.grantId, row.grantId),
            eq(subscriptions.state, 'active'),
          ),
        );
      const ours = new Set(await subscriptionsOf(ports, row));
      const ids = active.map(({ id }) => id).filter((id) => ours.has(id));
      for (const id of ids) await sendTest(ctx, id);
      return { sent: ids.length };
    },
    disconnected: async (why) => void (await breakConnection(ports, row, 'revoked', why)),
    changed: async () => {
      await ports.store.write((db) => [
        addTask(db, ports, { kind: 'changes', subject: row.id, payload: {} }),
      ]);
      ports.queue.wake('tasks');
    },
    ask: async (draft) => {
      try {
        return (await recordIntent(ports, intentAskOf(row, draft))).outcome;
      } catch (error) {
        // Past a cap, or not of the form: the vendor is answered all the same.
        if (error instanceof PatchbayError && error.status < 500) return 'refused';
        throw error;
      }
    },
    fetch: async (url, init) => {
      const short = { ...ports, settings: { ...ports.settings, attemptDeadlineMs: replyMs } };
      const opened = await openConnection(short, connector, row, {
        limits: createVendorLimits(ports),
        purpose: 'reply',
      });
      if (!opened.ok) throw new NoAnswer(opened.code, false);
      return opened.ctx.fetch(url, init);
    },
    link: (path) => new URL(path, ports.settings.publicUrl).href,
  };
}

/** The hub acts for the connection's own grant, and for nothing wider than a test needs. */
const actingFor = (ports: Ports, row: ConnectionRow): Ctx => ({
  ...ports,
  requestId: ports.ids.newId('req'),
  caller: {
    tokenId: row.tokenId,
    kind: 'k',
    env: row.env,
    accountId: row.accountId,
    userId: row.userId,
    grantId: row.grantId,
    appId: row.appId,
    partnerId: row.partnerId,
    scopes: new Set(['webhooks:manage']),
    epochs: row.epochs,
  },
});

/** A message is taken once: its id stays for a week. */
export function inboundHub(ports: Ports, connector: Connector, own: ConnectionRow | null): InboundHub {
  const { connections, inbox } = ports.store.tables;
  const { id } = connector.manifest;
  return {
    now: () => ports.clock.now(),
    own: own && deskOf(ports, connector, own),
    ofAccount: async (accountId) => {
      if (accountId === '') return [];
      const rows = await ports.store.db
        .select()
        .from(connections)
        .where(
          and(
            eq(connections.connector, id),
            eq(connections.vendorAccount, accountId),
            ne(connections.state, 'revoked'),
          ),
        )
        .limit(100);
      return rows
        .filter(({ state, epochs }) => state !== 'pending' && ports.gate.standing(epochs) === 'valid')
        .map((row) => deskOf(ports, connector, row));
    },
    once: async (messageId) => {
      const [taken] = await ports.store.write((db) => [
        db
          .insert(inbox)
          .values({ id: `${id} ${own?.id ?? ''} ${messageId}`, at: ports.clock.now() })
          .onConflictDoNothing()
          .returning({ id: inbox.id }),
      ]);
      return taken.length > 0;
    },
  };
}
