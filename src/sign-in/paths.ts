import type { Ports } from '#src/context';

type Needs = Pick<Ports, 'settings'>;

const signInPath = '/portal/sign-in';
export const beginningPath = `${signInPath}/begin`;
export const callbackPath = `${signInPath}/callback`;
export const backChannelPath = `${signInPath}/back-channel-logout`;

/**
 * Where a link leads that begins a sign-in and comes back to `next`, a page of ours. `isFresh`: the person proves anew who
 * they are, whatever session the issuer has. Null where the hub has no issuer.
 */
export function beginPath({ settings }: Needs, next: string | null, isFresh = false): string | null {
  if (!settings.oidc) return null;
  const query = new URLSearchParams({ ...(next ? { next } : {}), ...(isFresh ? { fresh: '1' } : {}) });
  return query.size === 0 ? beginningPath : `${beginningPath}?${query.toString()}`;
}

/** What the operator registers at the issuer, letter for letter (docs/sign-in.md). */
export const callbackUrl = (needs: Needs): string => originOf(needs) + callbackPath;
export const signedOutUrl = (needs: Needs): string => `${originOf(needs)}${signInPath}?out=1`;

const originOf = ({ settings }: Needs): string => settings.publicUrl.replace(/\/+$/, '');
