import { covers, type Review, standingReviews } from '#src/access';
import { isScope, scopes } from '#src/catalog';
import type { Ports } from '#src/context';
import type { Client } from './clients.ts';
import { OAuthError } from './errors.ts';

/** RFC 6749 §3.3: names with one space between, in their order, each once. */
export function parseScope(text: string | undefined): string[] {
  if (text === undefined) return [];
  if (!/^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/.test(text) || text.length > 2_000)
    throw new OAuthError('invalid_scope', 'scope is a list of names with one space between.');
  return [...new Set(text.split(' '))];
}

type Needs = Pick<Ports, 'store' | 'clock'>;

/** What the client may ask a person for at this moment; throws `invalid_scope` and names what is too much. */
export async function refuseScopes(ports: Needs, client: Client, asked: readonly string[]): Promise<void> {
  if (asked.length === 0) throw new OAuthError('invalid_scope', 'Ask for at least one scope.');
  const unknown = asked.filter((name) => !client.scopes.includes(name) || !isScope(name));
  if (unknown.length > 0)
    throw new OAuthError('invalid_scope', 'This client is not registered for one of these scopes.');
  const refused = await unreviewed(ports, client.partnerId, asked);
  if (refused.length > 0)
    throw new OAuthError(
      'invalid_scope',
      `Refused until the abuse and privacy review of the partner is on record: ${refused.join(' ')}.`,
    );
}

/** Those of the scopes that take a review of the partner, where none stands that covers them. */
export async function unreviewed(
  ports: Needs,
  partnerId: string,
  asked: readonly string[],
): Promise<string[]> {
  const sensitive = asked.filter(takesReview);
  if (sensitive.length === 0) return [];
  const review = await standingReview(ports, partnerId);
  return sensitive.filter((name) => !covers(review, name));
}

/** Restricted or writing. */
export const takesReview = (name: string): boolean =>
  isScope(name) && (scopes[name].restricted || scopes[name].writing);

/** Undefined: nobody has verified the partner, or what was found has ended or was withdrawn. */
export const standingReview = async (ports: Needs, partnerId: string): Promise<Review | undefined> =>
  (await standingReviews(ports, [partnerId])).get(partnerId);
