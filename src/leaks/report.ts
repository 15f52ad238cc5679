import type { Ports } from '#src/context';
import { withoutTokens } from '#src/errors';
import { endLeaks, type Leak } from './end-all.ts';
import { findTokens } from './find-tokens.ts';
import { knownTokens } from './known-tokens.ts';

type Needs = Parameters<typeof endLeaks>[0] & Pick<Ports, 'digest' | 'peppers'>;

export type LeakReport = {
  tokens?: readonly string[] | undefined;
  text?: string | undefined;
  url?: string | undefined;
  contact?: string | undefined;
};

/**
 * What anybody has found. Live tokens are ended at once. The answer counts what has the form and the checksum of a token,
 * which everybody can compute: whether one exists, or did, it does not tell.
 */
export async function reportLeaks(
  ports: Needs,
  { tokens = [], text = '', url, contact }: LeakReport,
): Promise<{ accepted: number }> {
  const found = findTokens([...tokens, text].join('\n'));
  const finding = {
    finder: 'anyone' as const,
    foundAt: url === undefined ? null : placeOf(url),
    contact: contact === undefined ? null : withoutTokens(contact),
  };
  const known = await knownTokens(ports, found);
  const leaks = [...known.values()].map((row): Leak => ({ row, finding }));
  await endLeaks(ports, leaks);
  ports.meter.count('leak_reports', { finder: 'anyone' });
  return { accepted: found.length };
}

/** A URL as evidence: without a password, and where it holds a token itself, its origin alone. Null for no URL. */
export function placeOf(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  url.username = '';
  url.password = '';
  return withoutTokens(decoded(url.href)) === decoded(url.href) ? url.href : `${url.origin}/…`;
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    // Half an escape says nothing; what is readable is looked through all the same.
    return url.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  }
}
