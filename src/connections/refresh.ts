/**
 * A fresh access token, whatever happens at the same moment: one process refreshes at a time (a lease on the connection's
 * row), and the answer is written only over the credential that it came from (compare and swap). A vendor that says
 * `invalid_grant` is believed only where nobody has written a newer one meanwhile.
 */
import { and, eq, isNull, lt, or, sql } from 'drizzle-orm';
import type { OAuth2 } from '#kit';
import type { Ports } from '#src/context';
import { type Credential, readCredential, sealCredential, type StoredCredential } from './credential.ts';
import { breakConnection } from './break.ts';
import type { ConnectionRow } from './find.ts';
import { readTokenAnswer, type TokenAnswer } from './token-answer.ts';

export type Fresh =
  | { ok: true; credential: Credential; version: number }
  /** Only a person can mend it; the connection is broken and they were asked. */
  | { ok: false; kind: 'reconnect'; code: string }
  /** The vendor could not be asked now. */
  | { ok: false; kind: 'later'; code: string };

type Needs = Pick<
  Ports,
  | 'store'
  | 'vault'
  | 'http'
  | 'clock'
  | 'ids'
  | 'connectors'
  | 'settings'
  | 'log'
  | 'directory'
  | 'queue'
  | 'meter'
  | 'digest'
  | 'peppers'
>;

/** A token that ends within this is renewed before it is used. */
const marginMs = 60_000;
const leaseMs = 30_000;
const looks = 40;

/** `usedVersion`: the credential that the vendor has just refused, however fresh it looks. */
export async function freshCredential(
  ports: Needs,
  row: ConnectionRow,
  auth: OAuth2,
  usedVersion?: number,
): Promise<Fresh> {
  for (let look = 0; look < looks; look++) {
    const stored = await readCredential(ports, row.id);
    if (!stored) return { ok: false, kind: 'reconnect', code: 'shredded' };
    if (isGood(stored, usedVersion, ports))
      return { ok: true, credential: stored.credential, version: stored.version };
    if (auth.refresh === null || stored.credential.refreshToken === null)
      return dead(ports, row, 'token_expired');
    const lease = await takeLease(ports, row);
    if (lease) return refreshed(ports, row, auth, stored, lease);
    await new Promise<void>((resolve) => void ports.clock.after(250, resolve));
  }
  return { ok: false, kind: 'later', code: 'refresh_busy' };
}

const isGood = (
  { expiresAt, version }: StoredCredential,
  usedVersion: number | undefined,
  { clock }: Needs,
): boolean => version !== usedVersion && (expiresAt === null || expiresAt.getTime() - clock.ms() > marginMs);

async function takeLease({ store, clock, ids }: Needs, { id }: ConnectionRow): Promise<string | null> {
  const { connections } = store.tables;
  const lease = ids.newId('wrk');
  const now = clock.now();
  const [held] = await store.write((db) => [
    db
      .update(connections)
      .set({ refreshLease: lease, refreshUntil: new Date(now.getTime() + leaseMs) })
      .where(
        and(eq(connections.id, id), or(isNull(connections.refreshUntil), lt(connections.refreshUntil, now))),
      )
      .returning({ id: connections.id }),
  ]);
  return held.length > 0 ? lease : null;
}

async function refreshed(
  ports: Needs,
  row: ConnectionRow,
  auth: OAuth2,
  stored: StoredCredential,
  lease: string,
): Promise<Fresh> {
  try {
    // Whoever had the lease before may have written in between.
    const now = await readCredential(ports, row.id);
    if (!now) return { ok: false, kind: 'reconnect', code: 'shredded' };
    if (now.version !== stored.version) return { ok: true, credential: now.credential, version: now.version };
    const answer = await askToken(ports, row.connector, auth, {
      grant_type: 'refresh_token',
      refresh_token: stored.credential.refreshToken ?? '',
    });
    if (answer.ok) return await kept(ports, row, stored, answer.issued);
    if (!answer.isDead) return { ok: false, kind: 'later', code: answer.code };
    const again = await readCredential(ports, row.id);
    if (again && again.version !== stored.version)
      return { ok: true, credential: again.credential, version: again.version };
    return await dead(ports, row, answer.code);
  } finally {
    await giveLease(ports, row.id, lease);
  }
}

type Issued = Extract<TokenAnswer, { ok: true }>['issued'];

async function kept(
  ports: Needs,
  row: ConnectionRow,
  stored: StoredCredential,
  issued: Issued,
): Promise<Fresh> {
  const { credentials } = ports.store.tables;
  const credential = {
    accessToken: issued.credential.accessToken,
    // RFC 6749 §6: no new one means that the old one goes on.
    refreshToken: issued.credential.refreshToken ?? stored.credential.refreshToken,
    secretUrls: { ...stored.credential.secretUrls, ...issued.credential.secretUrls },
  };
  const sealed = await sealCredential(ports, row.id, credential);
  const [written] = await ports.store.write((db) => [
    db
      .update(credentials)
      .set({
        sealed,
        version: sql`${credentials.version} + 1`,
        expiresAt: issued.expiresAt,
        updatedAt: ports.clock.now(),
      })
      .where(and(eq(credentials.id, row.id), eq(credentials.version, stored.version)))
      .returning({ version: credentials.version }),
  ]);
  const version = written[0]?.version;
  if (version !== undefined) return { ok: true, credential, version };
  const now = await readCredential(ports, row.id);
  return now
    ? { ok: true, credential: now.credential, version: now.version }
    : { ok: false, kind: 'reconnect', code: 'shredded' };
}

async function dead(ports: Needs, row: ConnectionRow, code: string): Promise<Fresh> {
  await breakConnection(ports, row, 'auth', code);
  return { ok: false, kind: 'reconnect', code };
}

async function giveLease({ store, log }: Needs, id: string, lease: string): Promise<void> {
  const { connections } = store.tables;
  await store
    .write((db) => [
      db
        .update(connections)
        .set({ refreshLease: null, refreshUntil: null })
        .where(and(eq(connections.id, id), eq(connections.refreshLease, lease))),
    ])
    .catch((error: unknown) => log.error('connection.lease', error, { connection: id }));
}

/** RFC 6749 §3.2, with the client's secret where the vendor wants it. Never throws: an answer that did not come is not dead. */
export async function askToken(
  { http, connectors, clock, settings }: Pick<Needs, 'http' | 'connectors' | 'clock' | 'settings'>,
  connector: string,
  auth: OAuth2,
  fields: Readonly<Record<string, string>>,
): Promise<TokenAnswer> {
  const app = connectors.app(connector);
  if (!app) return { ok: false, code: 'not_configured', isDead: false };
  const inBody = auth.clientAuth === 'body';
  const form = new URLSearchParams({
    ...fields,
    ...(inBody ? { client_id: app.clientId, client_secret: app.clientSecret } : {}),
  });
  const target = new URL(auth.tokenUrl);
  const result = await http.send({
    url: new URL(`${target.pathname}${target.search}`, connectors.originOf(target.origin)).href,
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      'user-agent': 'Patchbay/1',
      ...(inBody ? {} : { authorization: `Basic ${basicOf(app.clientId, app.clientSecret)}` }),
    },
    body: form.toString(),
    deadlineMs: settings.attemptDeadlineMs,
    maxAnswerBytes: 65_536,
    keepAnswerBytes: 65_536,
    readsAnswer: true,
  });
  if (result.kind !== 'answered')
    return { ok: false, code: result.kind === 'withdrawn' ? 'withdrawn' : result.code, isDead: false };
  return readTokenAnswer(auth, result.status, result.body, clock.now());
}

/** RFC 6749 §2.3.1: both are form-encoded before they are joined. */
const basicOf = (id: string, secret: string): string =>
  btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`);
