import { and, eq, gt, inArray, isNull, lt } from 'drizzle-orm';
import { recordAudit } from '#src/audit';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { hashesOfSecret, hashSecret, newSessionSecret } from './secret.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'chance' | 'digest' | 'peppers' | 'settings'>;
export type Person = { id: string; name: string };

/**
 * A way in for one person, once, for a quarter of an hour: for a hub that has no issuer of its own. Who may make it can
 * become that person, so it is made from the operator's shell alone. Throws 404 for a user who is not there.
 */
export async function createSignInLink(
  ports: Needs,
  by: string,
  userId: string,
): Promise<{ url: string; expiresAt: Date; person: Person }> {
  const { store, clock, ids, settings } = ports;
  const { signInLinks } = store.tables;
  const person = await findPerson(ports, userId);
  const secret = newSessionSecret(ports);
  const now = clock.now();
  const expiresAt = new Date(now.getTime() + settings.signInLinkMs);
  const id = ids.newId('inv');
  await store.write((db) => [
    db.delete(signInLinks).where(lt(signInLinks.expiresAt, now)),
    db
      .insert(signInLinks)
      .values({ id, hash: hashSecret(ports, 'link', secret), userId, createdAt: now, expiresAt }),
    recordAudit(db, ports, { actor: by, action: 'user.link', subject: userId, detail: { link: id } }),
  ]);
  const url = `${settings.publicUrl.replace(/\/$/, '')}/portal/sign-in?link=${secret}`;
  return { url, expiresAt, person };
}

/** Whom a link would sign in, without spending it: mail programs and chats open links before people do. */
export async function readSignInLink(ports: Needs, secret: string): Promise<Person> {
  const { store } = ports;
  const { signInLinks } = store.tables;
  const [link] = await store.db
    .select({ userId: signInLinks.userId })
    .from(signInLinks)
    .where(isOpen(ports, secret))
    .limit(1);
  if (!link) throw spent();
  return findPerson(ports, link.userId);
}

/** Spends the link: of two who come at once, one gets in. */
export async function spendSignInLink(ports: Needs, secret: string): Promise<Person> {
  const { store, clock } = ports;
  const { signInLinks } = store.tables;
  const [[link]] = await store.write((db) => [
    db
      .update(signInLinks)
      .set({ usedAt: clock.now() })
      .where(isOpen(ports, secret))
      .returning({ userId: signInLinks.userId }),
  ]);
  if (!link) throw spent();
  return findPerson(ports, link.userId);
}

function isOpen(ports: Needs, secret: string) {
  const { signInLinks } = ports.store.tables;
  return and(
    inArray(signInLinks.hash, hashesOfSecret(ports, 'link', secret)),
    isNull(signInLinks.usedAt),
    gt(signInLinks.expiresAt, ports.clock.now()),
  );
}

async function findPerson({ store }: Pick<Needs, 'store'>, userId: string): Promise<Person> {
  const { users } = store.tables;
  const [user] = await store.db
    .select({ id: users.id, name: users.name })
    .from(users)
    .where(eq(users.id, userId))
    .limit(1);
  if (user) return user;
  throw new PatchbayError('not_found', { public: `There is no user ${userId}.` });
}

const spent = (): PatchbayError =>
  new PatchbayError('not_found', {
    public: 'This link has been used, has expired, or was never made. Ask for a new one.',
  });
