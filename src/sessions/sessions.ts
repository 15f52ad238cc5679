import { eq, inArray, lt } from 'drizzle-orm';
import { recordAudit } from '#src/audit';
import type { Ports } from '#src/context';
import type { Schema } from '#src/store';
import { membershipsOf } from './memberships.ts';
import { hashesOfSecret, hashSecret, newSessionSecret } from './secret.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'chance' | 'digest' | 'peppers' | 'settings' | 'gate'>;
export type SessionRow = Schema['sessions']['$inferSelect'];

/** The browser gets `secret`; the store keeps its hash. Acts for the person's account, where there is but one. */
export async function startSession(
  ports: Needs,
  userId: string,
): Promise<{ secret: string; row: SessionRow }> {
  const { store, clock, ids, settings, gate } = ports;
  const { sessions } = store.tables;
  const now = clock.now();
  const secret = newSessionSecret(ports);
  const accounts = await membershipsOf(ports, userId);
  await gate.freshen();
  const row: SessionRow = {
    id: ids.newId('ses'),
    hash: hashSecret(ports, 'session', secret),
    userId,
    accountId: accounts.length === 1 ? (accounts[0]?.id ?? null) : null,
    env: 'live',
    epochs: gate.snapshot({ user: userId }),
    createdAt: now,
    expiresAt: new Date(now.getTime() + settings.sessionMs),
  };
  await store.write((db) => [
    db.delete(sessions).where(lt(sessions.expiresAt, now)),
    db.insert(sessions).values(row),
    recordAudit(db, ports, { actor: userId, action: 'session.start', subject: row.id }),
  ]);
  return { secret, row };
}

/** Null for what is no session's, or one that has expired. Whether it still stands is for the gate to say. */
export async function findSession(
  ports: Pick<Needs, 'store' | 'clock' | 'digest' | 'peppers'>,
  secret: string,
): Promise<SessionRow | null> {
  const hashes = hashesOfSecret(ports, 'session', secret);
  if (hashes.length === 0) return null;
  const { sessions } = ports.store.tables;
  const [row] = await ports.store.db.select().from(sessions).where(inArray(sessions.hash, hashes)).limit(1);
  return row && row.expiresAt.getTime() > ports.clock.ms() ? row : null;
}

/** Signed out, here alone. */
export async function endSession(
  ports: Pick<Needs, 'store' | 'clock'>,
  { id, userId }: SessionRow,
): Promise<void> {
  const { sessions } = ports.store.tables;
  await ports.store.write((db) => [
    db.delete(sessions).where(eq(sessions.id, id)),
    recordAudit(db, ports, { actor: userId, action: 'session.end', subject: id }),
  ]);
}

/** For whom the person acts from now on; the caller has seen that it may. */
export async function actFor(
  { store }: Pick<Needs, 'store'>,
  { id }: SessionRow,
  accountId: string,
  env: 'live' | 'test',
): Promise<void> {
  const { sessions } = store.tables;
  await store.write((db) => [db.update(sessions).set({ accountId, env }).where(eq(sessions.id, id))]);
}
