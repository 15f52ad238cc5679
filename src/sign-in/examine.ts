import { importJWK, type JWK } from 'jose';
import type { Ports } from '#src/context';
import { fetchThrough } from './fetch-through.ts';
import { signatureAlgorithms } from './id-token.ts';

/**
 * What an operator has to know of the issuer before anybody signs in, found out by the very way that a sign-in goes.
 * `why` is for the operator: it may quote what the issuer answered, never a secret.
 */
export type IssuerFacts = { issuer: string } & (
  | { state: 'good'; keys: number }
  | { state: 'unreachable' | 'other_issuer' | 'incomplete' | 'no_keys'; why: string }
);

/** Null where no issuer is set. */
export async function examineIssuer({
  http,
  settings: { oidc },
}: Pick<Ports, 'http' | 'settings'>): Promise<IssuerFacts | null> {
  if (!oidc) return null;
  const { issuer } = oidc;
  const ask = fetchThrough(http);
  const told = await tellOf(ask, discoveryAt(issuer));
  if (!told.ok) return { issuer, state: 'unreachable', why: told.why };
  // OpenID Connect Discovery §4.3: letter for letter.
  if (told.value['issuer'] !== issuer)
    return { issuer, state: 'other_issuer', why: `it calls itself ${shown(told.value['issuer'])}` };
  const missing = needed.filter((name) => !isAddress(told.value[name]));
  if (missing.length > 0) return { issuer, state: 'incomplete', why: `it lacks ${missing.join(', ')}` };
  const set = await tellOf(ask, String(told.value['jwks_uri']));
  if (!set.ok) return { issuer, state: 'no_keys', why: set.why };
  const keys = await countKeys(set.value['keys']);
  if (keys > 0) return { issuer, state: 'good', keys };
  return { issuer, state: 'no_keys', why: 'none of its keys can check a signature that we take' };
}

const needed = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const;

/** §4.1: below the path of the issuer. */
const discoveryAt = (issuer: string): string =>
  `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;

type Told = { ok: true; value: Record<string, unknown> } | { ok: false; why: string };

async function tellOf(ask: ReturnType<typeof fetchThrough>, url: string): Promise<Told> {
  try {
    const answer = await ask(url, { method: 'GET', headers: { accept: 'application/json' } });
    if (answer.status !== 200) return { ok: false, why: `${url} answers ${answer.status}` };
    const value: unknown = await answer.json();
    if (value !== null && typeof value === 'object') return { ok: true, value: { ...value } };
    return { ok: false, why: `${url} answers no JSON object` };
  } catch (error) {
    return {
      ok: false,
      why: error instanceof SyntaxError ? `${url} answers no JSON` : (error as Error).message,
    };
  }
}

/** Those that a signature of an ID token can be checked by. */
async function countKeys(keys: unknown): Promise<number> {
  const listed: readonly unknown[] = Array.isArray(keys) ? keys : [];
  const jwks = listed.filter((key): key is JWK => key !== null && typeof key === 'object');
  const read = await Promise.all(
    jwks.map(async (jwk) => {
      const alg = jwk.alg ?? usualOf(jwk);
      if (jwk.use === 'enc' || alg === null || !signatureAlgorithms.includes(alg)) return false;
      // Whatever is wrong with a key, the ones beside it may be right.
      return importJWK(jwk, alg).then(
        () => true,
        () => false,
      );
    }),
  );
  return read.filter(Boolean).length;
}

/** RFC 7518 and RFC 8037: what a key of this kind is for, where it does not say. */
function usualOf({ kty, crv }: JWK): string | null {
  if (kty === 'RSA') return 'RS256';
  if (kty === 'OKP') return 'EdDSA';
  return { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' }[crv ?? ''] ?? null;
}

const isAddress = (value: unknown): boolean => typeof value === 'string' && URL.canParse(value);
const shown = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, 200) : 'nothing that is text';
