import { asc, inArray } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Schema } from '#src/store';

export type Review = Schema['reviews']['$inferSelect'];
type Needs = Pick<Ports, 'store' | 'clock'>;

/** By partner, what was said of it last, whatever that was. */
export async function latestReviews(
  { store }: Pick<Needs, 'store'>,
  partnerIds: readonly string[],
): Promise<ReadonlyMap<string, Review>> {
  if (partnerIds.length === 0) return new Map();
  const { reviews } = store.tables;
  const rows = await store.db
    .select()
    .from(reviews)
    .where(inArray(reviews.partnerId, [...partnerIds]))
    .orderBy(asc(reviews.id));
  // The latest comes last.
  return new Map(rows.map((review) => [review.partnerId, review]));
}

/** By partner, the review that counts at this moment: the latest, where it passed and has not ended. */
export async function standingReviews(
  ports: Needs,
  partnerIds: readonly string[],
): Promise<ReadonlyMap<string, Review>> {
  const latest = await latestReviews(ports, partnerIds);
  return new Map([...latest].filter(([, review]) => stands(review, ports.clock.ms())));
}

/** Whether a review that is the partner's latest counts. */
export const stands = ({ outcome, expiresAt }: Review, nowMs: number): boolean =>
  outcome === 'passed' && (expiresAt === null || expiresAt.getTime() > nowMs);

/** Whether it lets an app have this scope, which takes a review. */
export const covers = (review: Pick<Review, 'scopes'> | undefined, scope: string): boolean =>
  review !== undefined && (review.scopes === null || review.scopes.includes(scope));
