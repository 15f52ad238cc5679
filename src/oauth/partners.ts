import { and, eq, gt, isNull, or, sql } from 'drizzle-orm';
import { recordAudit, recordAuditIf } from '#src/audit';
import type { Ports } from '#src/context';
import { type FieldError, PatchbayError } from '#src/errors';
import { insertIf } from '#src/store';
import { issueCredential } from './credentials.ts';
import { takesReview } from './scopes.ts';

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

export type NewReview = {
  partnerId: string;
  outcome: 'passed' | 'refused';
  /** What was looked at. */
  note: string;
  /** Those that it covers; null: every one that takes a review. */
  scopes?: readonly string[] | null;
  /** Null: it has no end. */
  expiresAt?: Date | null;
  /** Where it is written down. */
  reference?: string | null;
  requestId?: string;
};

/**
 * Puts an abuse and privacy review on record; the latest one counts. Before one has passed, the partner's apps get no
 * restricted and no writing scope, and the consent page says that nobody has verified them. 404 for no such partner,
 * 422 for scopes that take none and for an end that is past.
 */
export async function reviewPartner(ports: Needs, by: string, review: NewReview): Promise<void> {
  const { store, clock, ids } = ports;
  const { partnerId, outcome, note, scopes = null, expiresAt = null, reference = null } = review;
  await requirePartner(ports, partnerId);
  refuseWrong(review, clock.ms());
  const isPassed = outcome === 'passed';
  await store.write((db) => [
    db.insert(store.tables.reviews).values({
      id: ids.newId('rvw'),
      partnerId,
      outcome,
      // What was refused is refused whole.
      scopes: isPassed && scopes ? [...scopes] : null,
      expiresAt: isPassed ? expiresAt : null,
      reference,
      reviewer: by,
      note,
      createdAt: clock.now(),
    }),
    recordAudit(db, ports, {
      actor: by,
      action: 'partner.review',
      subject: partnerId,
      requestId: review.requestId ?? null,
      detail: {
        outcome,
        ...(isPassed && scopes ? { scopes } : {}),
        ...(isPassed && expiresAt ? { until: expiresAt.toISOString() } : {}),
      },
    }),
  ]);
}

function refuseWrong({ scopes, expiresAt }: NewReview, nowMs: number): void {
  const needless = (scopes ?? []).filter((name) => !takesReview(name));
  const errors: FieldError[] = [
    ...needless.map((name) => ({ pointer: '/scopes', detail: `${name} is no scope that takes a review.` })),
    ...(scopes?.length === 0
      ? [{ pointer: '/scopes', detail: 'A review that passed covers one scope at least.' }]
      : []),
    ...(expiresAt && expiresAt.getTime() <= nowMs
      ? [{ pointer: '/expires_at', detail: 'A review ends in the future.' }]
      : []),
  ];
  if (errors.length === 0) return;
  throw new PatchbayError('validation_failed', {
    public: errors.map(({ detail }) => detail).join(' '),
    errors,
  });
}

/**
 * From now on the partner counts as never reviewed. What people have granted already goes on: that is ended by revoking or
 * suspending. 404 for no such partner, 409 where no review stands.
 */
export async function withdrawReview(
  ports: Needs,
  by: string,
  { partnerId, note, requestId }: { partnerId: string; note: string; requestId?: string },
): Promise<void> {
  const { store, clock, ids } = ports;
  await requirePartner(ports, partnerId);
  const { partners, reviews } = store.tables;
  const id = ids.newId('rvw');
  const ofPartner = sql`select max(${reviews.id}) from ${reviews} where ${reviews.partnerId} = ${partnerId}`;
  const isStanding = sql`exists (select 1 from ${reviews} where ${and(
    sql`${reviews.id} = (${ofPartner})`,
    eq(reviews.outcome, 'passed'),
    or(isNull(reviews.expiresAt), gt(reviews.expiresAt, clock.now())),
  )})`;
  const row = {
    id,
    partnerId,
    outcome: 'withdrawn' as const,
    scopes: null,
    expiresAt: null,
    reference: null,
    reviewer: by,
    note,
    createdAt: clock.now(),
  };
  const [, written] = await store.write((db) => [
    // Changes nothing: of several at once each waits here for the one before, and sees what that wrote.
    db
      .update(partners)
      .set({ id: sql`${partners.id}` })
      .where(eq(partners.id, partnerId)),
    insertIf(db, reviews, row, isStanding).returning({ id: reviews.id }),
    recordAuditIf(
      db,
      ports,
      { actor: by, action: 'partner.review_withdraw', subject: partnerId, requestId: requestId ?? null },
      sql`exists (select 1 from ${reviews} where ${eq(reviews.id, id)})`,
    ),
  ]);
  if (written.length > 0) return;
  throw new PatchbayError('state_conflict', {
    public: 'No review of this partner stands: nothing to withdraw.',
  });
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
