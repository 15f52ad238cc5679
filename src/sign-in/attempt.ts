/**
 * One try to sign in, kept by the browser alone, sealed, for ten minutes: so nothing is written for strangers, and what
 * comes back counts only in the browser that began (RFC 9700 §4.7, login CSRF). State, nonce and verifier are derived
 * from its secret, so that only this browser can make them.
 */
import * as z from 'zod';
import type { OidcSettings, Ports } from '#src/context';
import { isOpenLoopback } from '#src/sessions';

type Needs = Pick<Ports, 'vault' | 'clock' | 'chance' | 'digest' | 'settings'>;

const attemptShape = z.strictObject({
  secret: z.string(),
  /** Another issuer's answer is not this attempt's (mix-up, RFC 9700 §4.4). */
  issuer: z.string(),
  /** A page of ours; null: the first one. */
  next: z.string().nullable(),
  /** The person proves anew who they are, whatever session the issuer has. */
  isFresh: z.boolean(),
  /** The user to whom this links whoever comes back. */
  linksTo: z.string().nullable(),
  startedAtMs: z.number(),
});
export type Attempt = z.output<typeof attemptShape>;

export const attemptMs = 10 * 60_000;
const sealedFor = { owner: 'browser', record: 'sign-in', field: 'attempt' };

const nameOf = (settings: Needs['settings']): string =>
  `${isOpenLoopback(settings) ? '' : '__Host-'}patchbay-sign-in`;

export function newAttempt(
  { clock, chance }: Needs,
  { issuer }: OidcSettings,
  wish: Pick<Attempt, 'next' | 'isFresh' | 'linksTo'>,
): Attempt {
  const secret = btoa(String.fromCharCode(...chance.bytes(32)));
  return { ...wish, secret, issuer, startedAtMs: clock.ms() };
}

/** Values that the issuer sees or echoes: none of them tells the secret, or another of them. */
export const stateOf = (needs: Needs, attempt: Attempt): string => derived(needs, 'state', attempt);
export const nonceOf = (needs: Needs, attempt: Attempt): string => derived(needs, 'nonce', attempt);
/** RFC 7636 §4.1: 43 characters, base64url. */
export const verifierOf = (needs: Needs, attempt: Attempt): string => derived(needs, 'verifier', attempt);

const derived = ({ digest }: Needs, what: string, { secret }: Attempt): string =>
  digest.sha256(`${what} ${secret}`);

export async function attemptCookie({ vault, settings }: Needs, attempt: Attempt): Promise<string> {
  const sealed = await vault.seal(new TextEncoder().encode(JSON.stringify(attempt)), sealedFor);
  // Lax: the way back from the issuer is a link that the browser follows, and it brings the cookie along.
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isOpenLoopback(settings) ? '' : '; Secure'}`;
  return `${nameOf(settings)}=${sealed}; ${attributes}; Max-Age=${attemptMs / 1_000}`;
}

/** Null where this browser has begun none, or too long ago. */
export async function readAttempt(needs: Needs, request: Request): Promise<Attempt | null> {
  const { vault, clock, settings } = needs;
  const wanted = `${nameOf(settings)}=`;
  const parts = (request.headers.get('cookie') ?? '').split(';').map((part) => part.trim());
  const sealed = parts.find((part) => part.startsWith(wanted))?.slice(wanted.length);
  if (sealed === undefined) return null;
  // Whatever it is, it is none of ours: begun under a key that is gone, cut off, made up.
  const plain = await vault.open(sealed, sealedFor).catch(() => null);
  if (plain === null) return null;
  const attempt = attemptShape.parse(JSON.parse(new TextDecoder().decode(plain)));
  return clock.ms() - attempt.startedAtMs < attemptMs ? attempt : null;
}
