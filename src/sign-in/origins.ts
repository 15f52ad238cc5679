import { and, eq, inArray, lt, type SQL } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Db } from '#src/ports';
import type { Claims } from './id-token.ts';
import { identityId } from './identities.ts';

type SessionRow = { id: string; expiresAt: Date };

/** After the session itself: one whose origin was not written has reached no browser. */
export async function recordOrigin(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  { id, expiresAt }: SessionRow,
  claims: Claims,
  authenticatedAt: Date,
): Promise<void> {
  const { sessionOrigins } = store.tables;
  const sid = typeof claims['sid'] === 'string' ? claims['sid'] : null;
  await store.write((db) => [
    db.delete(sessionOrigins).where(lt(sessionOrigins.expiresAt, clock.now())),
    db.insert(sessionOrigins).values({
      id,
      identityId: identityId(claims),
      issuer: claims.iss,
      sid,
      authenticatedAt,
      expiresAt,
    }),
  ]);
}

/** Whether the session came from this issuer. */
export async function isOf(
  { store }: Pick<Ports, 'store'>,
  issuer: string,
  sessionId: string,
): Promise<boolean> {
  const { sessionOrigins } = store.tables;
  const [origin] = await store.db
    .select({ id: sessionOrigins.id })
    .from(sessionOrigins)
    .where(and(eq(sessionOrigins.id, sessionId), eq(sessionOrigins.issuer, issuer)))
    .limit(1);
  return origin !== undefined;
}

/** Ends the sessions of these origins: the next request of each finds none. */
export function endingOf({ store }: Pick<Ports, 'store'>, db: Db, which: SQL | undefined) {
  const { sessions, sessionOrigins } = store.tables;
  const ended = db.select({ id: sessionOrigins.id }).from(sessionOrigins).where(which);
  return db.delete(sessions).where(inArray(sessions.id, ended)).returning({ id: sessions.id });
}
