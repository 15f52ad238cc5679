import { eq } from 'drizzle-orm';
import { recordAudit } from '#src/audit';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { issueCredential } from './credentials.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids'>;

export async function createPartner(ports: Needs, by: string, name: string): Promise<string> {
  const { store, clock, ids } = ports;
  const id = ids.newId('ptr');
  await store.write((db) => [
    db.insert(store.tables.partners).values({ id, name, createdAt: clock.now() }),
    recordAudit(db, ports, { actor: by, action: 'partner.create', subject: id }),
  ]);
  return id;
}

/**
 * Puts an abuse and privacy review on record; the latest one counts. Before one has passed, the partner's apps get no
 * restricted and no writing scope, and the consent page says that nobody has verified them.
 */
export async function reviewPartner(
  ports: Needs,
  by: string,
  review: { partnerId: string; outcome: 'passed' | 'refused'; note: string },
): Promise<void> {
  const { store, clock, ids } = ports;
  await requirePartner(ports, review.partnerId);
  await store.write((db) => [
    db
      .insert(store.tables.reviews)
      .values({ id: ids.newId('rvw'), ...review, reviewer: by, createdAt: clock.now() }),
    recordAudit(db, ports, {
      actor: by,
      action: 'partner.review',
      subject: review.partnerId,
      detail: { outcome: review.outcome },
    }),
  ]);
}

/** The initial access token of RFC 7591 §3: who holds it registers clients of this partner. Shown once. */
export async function createRegistrationToken(
  ports: Parameters<typeof issueCredential>[0],
  by: string,
  partnerId: string,
): Promise<string> {
  await requirePartner(ports, partnerId);
  return issueCredential(ports, by, { partnerId, appId: null, env: 'live', label: 'registration' });
}

/** 404 where there is none. */
export async function requirePartner({ store }: Pick<Needs, 'store'>, id: string): Promise<void> {
  const { partners } = store.tables;
  const [row] = await store.db.select().from(partners).where(eq(partners.id, id)).limit(1);
  if (!row) throw new PatchbayError('not_found', { public: `There is no partner ${id}.` });
}
