/**
 * The end of a connection. From the first write on nothing is sent or fetched by it: its subscriptions end with it, and
 * its credential is out of every hand but the one step that takes it back to the vendor. Then it is destroyed, whatever
 * the vendor said; after a day in any case.
 */
import { and, eq, inArray, ne, sql } from 'drizzle-orm';
import * as z from 'zod';
import { completeReceipt, raiseVersion } from '#src/access';
import { recordAudit } from '#src/audit';
import type { Connector } from '#kit';
import type { Task, Chunk } from '#src/tasks';
import { addTask } from '#src/tasks';
import { subscriptionsOf } from './break.ts';
import { readCredential } from './credential.ts';
import { type ConnectionRow, readConnection } from './find.ts';
import { createVendorLimits } from './limits.ts';
import { type Needs, openConnection } from './open.ts';
import { freshCredential } from './refresh.ts';

const shredAfterMs = 24 * 3_600_000;
/** Some five hours of a vendor that does not answer; the task would be given up before the day is over. */
const mostAsked = 15;

export type EndedBy = { actor: string; reason: string; requestId?: string; revocation?: string };

/** Idempotent. Answers whether this call ended it. */
export async function disconnect(ports: Needs, row: ConnectionRow, by: EndedBy): Promise<boolean> {
  const { connections, subscriptions } = ports.store.tables;
  const now = ports.clock.now();
  if (row.state === 'revoked') return false;
  const ours = await subscriptionsOf(ports, row);
  const [changed] = await ports.store.write((db) => [
    db
      .update(connections)
      .set({
        state: 'revoked',
        stateReason: by.reason,
        revokedAt: now,
        dueAt: null,
        updatedAt: now,
        version: sql`${connections.version} + 1`,
      })
      .where(and(eq(connections.id, row.id), ne(connections.state, 'revoked')))
      .returning({ id: connections.id }),
    ...(ours.length === 0 ? [] : raiseVersion(db, ports, { accountId: row.accountId })),
    ...(ours.length === 0
      ? []
      : [
          db
            .update(subscriptions)
            .set({
              state: 'deleted',
              stateReason: 'connection_ended',
              updatedAt: now,
              version: sql`${subscriptions.version} + 1`,
            })
            .where(and(inArray(subscriptions.id, ours), ne(subscriptions.state, 'deleted'))),
        ]),
    ...ours.map((id) =>
      addTask(db, ports, {
        kind: 'cancel',
        subject: id,
        payload: { level: 'subscription', id, reason: 'deleted' },
      }),
    ),
    addTask(db, ports, {
      id: `tsk_unlink_${row.id}`,
      kind: 'unlink',
      // The receipt of a revocation waits for all that is done in its name.
      subject: by.revocation ?? row.id,
      payload: { connection: row.id },
    }).onConflictDoNothing(),
    recordAudit(db, ports, {
      actor: by.actor,
      action: 'connection.end',
      subject: row.id,
      accountId: row.accountId,
      ...(by.requestId === undefined ? {} : { requestId: by.requestId }),
      detail: { connector: row.connector, reason: by.reason },
    }),
  ]);
  await ports.directory.freshen();
  ports.queue.wake('tasks');
  return changed.length > 0;
}

/**
 * The task kind `unlink`: channels are stopped, the vendor is told, the credential is destroyed. A vendor that cannot be
 * reached is asked again until a day has gone.
 */
export const unlinkKind =
  (ports: Needs) =>
  async (task: Task): Promise<Chunk> => {
    const id = z.string().parse(task.payload['connection']);
    const row = await readConnection(ports, id);
    const stored = row && (await readCredential(ports, row.id));
    const said = row && stored ? await takeBack(ports, row) : 'gone';
    const isLate = ports.clock.ms() - task.createdAt.getTime() > shredAfterMs || task.failures >= mostAsked;
    if (said === 'later' && !isLate) throw new Error('the vendor could not be told yet');
    const { credentials, revocations } = ports.store.tables;
    const revocation = task.subject === id ? null : task.subject;
    return {
      statements: (db) => [
        db.delete(credentials).where(eq(credentials.id, id)),
        recordAudit(db, ports, {
          actor: 'hub',
          action: 'connection.shred',
          subject: id,
          accountId: row?.accountId ?? null,
          detail: { vendor: said },
        }),
        ...(revocation === null
          ? []
          : [
              db
                .update(revocations)
                .set({
                  credentialsShredded: sql`coalesce(${revocations.credentialsShredded}, 0) + ${stored ? 1 : 0}`,
                  ...(said === 'revoked' || said === 'already'
                    ? { credentialsRevoked: sql`coalesce(${revocations.credentialsRevoked}, 0) + 1` }
                    : {}),
                })
                .where(eq(revocations.id, revocation)),
              completeReceipt(db, ports, revocation),
            ]),
      ],
      cursor: null,
      count: 1,
      isLast: true,
    };
  };

/** `manual`: only the user can, at the vendor. `shared`: other connections still go by it. */
type Said = 'revoked' | 'already' | 'manual' | 'shared' | 'later';

async function takeBack(ports: Needs, row: ConnectionRow): Promise<Said> {
  const connector = await ports.connectors.load(row.connector);
  if (!connector) return 'manual';
  await tearDown(ports, connector, row);
  const { auth } = connector.manifest;
  if (auth.type !== 'oauth2' || 'manual' in auth.revoke) return 'manual';
  const { url, credential: how, isShared } = auth.revoke;
  if (isShared && (await hasSibling(ports, row))) return 'shared';
  // An access token that has ended would be refused, and the refresh token would live on at the vendor.
  const fresh = await freshCredential(ports, row, auth);
  if (!fresh.ok) return fresh.kind === 'later' ? 'later' : 'already';
  const { credential } = fresh;
  const token = how === 'form' ? (credential.refreshToken ?? credential.accessToken) : credential.accessToken;
  if (token === null) return 'already';
  const app = ports.connectors.app(row.connector);
  const target = new URL(url);
  const result = await ports.http.send({
    url: new URL(`${target.pathname}${target.search}`, ports.connectors.originOf(target.origin)).href,
    method: 'POST',
    headers: {
      accept: 'application/json',
      'user-agent': 'Patchbay/1',
      ...(how === 'form'
        ? { 'content-type': 'application/x-www-form-urlencoded' }
        : { authorization: `Bearer ${token}` }),
    },
    ...(how === 'form'
      ? {
          body: new URLSearchParams({
            token,
            client_id: app?.clientId ?? '',
            client_secret: app?.clientSecret ?? '',
          }).toString(),
        }
      : {}),
    deadlineMs: ports.settings.attemptDeadlineMs,
    maxAnswerBytes: 16_384,
    keepAnswerBytes: 16_384,
    readsAnswer: true,
  });
  if (result.kind !== 'answered' || result.status >= 500 || result.status === 429) return 'later';
  // RFC 7009 §2.2.1 and Slack's `ok: false` alike: a token that is no good is a token that is gone.
  return result.status < 300 && !/"ok"\s*:\s*false/.test(result.body) ? 'revoked' : 'already';
}

/** Only what is there to be stopped at the vendor. Its failure must not keep the credential alive. */
async function tearDown(ports: Needs, connector: Connector, row: ConnectionRow): Promise<void> {
  if (!connector.tearDown) return;
  try {
    const opened = await openConnection(
      // The access has ended; this one step is what it ends with.
      { ...ports, gate: { ...ports.gate, standing: () => 'valid' } },
      connector,
      row,
      { limits: createVendorLimits(ports), purpose: 'tear_down' },
    );
    if (opened.ok) await connector.tearDown(opened.ctx);
  } catch (error) {
    ports.log.warn('connection.tear_down', {
      connection: row.id,
      error: error instanceof Error ? error.name : 'unknown',
    });
  }
}

/** Another living connection to the same account at the vendor. */
async function hasSibling({ store }: Needs, row: ConnectionRow): Promise<boolean> {
  const { connections } = store.tables;
  if (row.vendorAccount === '') return false;
  const [other] = await store.db
    .select({ id: connections.id })
    .from(connections)
    .where(
      and(
        eq(connections.connector, row.connector),
        eq(connections.vendorAccount, row.vendorAccount),
        ne(connections.id, row.id),
        inArray(connections.state, ['active', 'degraded']),
      ),
    )
    .limit(1);
  return other !== undefined;
}
