/**
 * GitHub's secret scanning partner program
 * (docs.github.com/code-security/secret-scanning/secret-scanning-partnership-program, 2026-11).
 */
import * as base64url from 'jose/base64url';
import * as z from 'zod';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { checked, parseStrictJson } from '#src/wire';
import { isSignedBy } from './ecdsa.ts';
import { endLeaks, type Leak } from './end-all.ts';
import { findTokens } from './find-tokens.ts';
import type { GithubKeys } from './github-keys.ts';
import { knownTokens } from './known-tokens.ts';
import { placeOf } from './report.ts';

type Needs = Parameters<typeof endLeaks>[0] & Pick<Ports, 'digest' | 'peppers'>;

/** What it sends; fields that it adds one day are not looked at. */
const matches = z.array(
  z.object({
    token: z.string().max(4_096),
    type: z.string().max(200),
    url: z.string().max(8_192).default(''),
  }),
);

/** The hash alone, SHA-256 in hex: nothing of ours sends a token back. */
export type Feedback = {
  token_hash: string;
  token_type: string;
  label: 'true_positive' | 'false_positive';
}[];

/**
 * Order: the signature over the bytes as they came, then their form. Live tokens are ended at once; a token that was ours
 * is a true positive, dead or alive, so that the same message gets the same answer whenever it comes again.
 */
export async function takeGithubReport(
  ports: Needs,
  keys: GithubKeys,
  {
    identifier,
    signature,
    bytes,
  }: { identifier: string | null; signature: string | null; bytes: Uint8Array },
): Promise<Feedback> {
  if (identifier === null || signature === null)
    throw new PatchbayError('unauthenticated', {
      public: 'Github-Public-Key-Identifier and Github-Public-Key-Signature are needed.',
    });
  const key = await keys(identifier);
  if (key === null)
    throw new PatchbayError('unauthenticated', { public: 'GitHub publishes no key of this identifier.' });
  if (!(await isSignedBy(key, signature, bytes)))
    throw new PatchbayError('forbidden', { public: 'The signature does not fit the body.' });
  const found = checked(matches, parseStrictJson(bytes).value);
  const known = await knownTokens(ports, [...new Set(found.flatMap(({ token }) => findTokens(token)))]);
  const leaks = new Map<string, Leak>();
  const feedback = found.map(({ token, type, url }): Feedback[number] => {
    const rows = findTokens(token).flatMap((text) => known.get(text) ?? []);
    const finding = { finder: 'github' as const, foundAt: placeOf(url), contact: null };
    for (const row of rows) if (!leaks.has(row.id)) leaks.set(row.id, { row, finding });
    return {
      token_hash: hexOf(ports.digest.sha256(token)),
      token_type: type,
      label: rows.length > 0 ? 'true_positive' : 'false_positive',
    };
  });
  await endLeaks(ports, [...leaks.values()]);
  ports.meter.count('leak_reports', { finder: 'github' });
  return feedback;
}

const hexOf = (hash: string): string =>
  [...base64url.decode(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
