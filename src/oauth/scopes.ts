import { desc, eq } from 'drizzle-orm';
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

/** What the client may ask a person for at this moment; throws `invalid_scope` and names what is too much. */
export async function refuseScopes(
  ports: Pick<Ports, 'store'>,
  client: Client,
  asked: readonly string[],
): Promise<void> {
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

/** Those of the scopes that need a review of the partner which is not there. */
export async function unreviewed(
  ports: Pick<Ports, 'store'>,
  partnerId: string,
  asked: readonly string[],
): Promise<string[]> {
  const sensitive = asked.filter(isSensitive);
  return sensitive.length > 0 && !(await isReviewed(ports, partnerId)) ? sensitive : [];
}

export const isSensitive = (name: string): boolean =>
  isScope(name) && (scopes[name].restricted || scopes[name].writing);

/** The latest review counts: one that passed can be taken back. */
export async function isReviewed({ store }: Pick<Ports, 'store'>, partnerId: string): Promise<boolean> {
  const { reviews } = store.tables;
  const [latest] = await store.db
    .select({ outcome: reviews.outcome })
    .from(reviews)
    .where(eq(reviews.partnerId, partnerId))
    .orderBy(desc(reviews.id))
    .limit(1);
  return latest?.outcome === 'passed';
}
