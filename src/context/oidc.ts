/**
 * How people sign in where the marketplace has an OpenID Connect issuer of its own (docs/sign-in.md). Read at the start:
 * what does not fit together is said then, not at the first sign-in.
 */
import { PatchbayError } from '#src/errors';

export type OidcSettings = {
  /** Letter for letter as the issuer's own metadata say it. */
  issuer: string;
  /** What people call it: the word on the button. */
  name: string;
  clientId: string;
  credential: { kind: 'secret'; secret: string } | { kind: 'key'; jwk: PrivateJwk };
  /** Separated by spaces; `openid` is among them. */
  scopes: string;
  /** What, beside an invitation, leads from a person whom we meet for the first time to a user who is here. */
  link: { by: 'verified_email' } | { by: 'claim'; claim: string } | null;
  /** Whether a person of whom nothing is known becomes a new user. */
  isCreating: boolean;
  /** A claim with ids of the accounts that the person may act for. */
  accountsClaim: string | null;
};
export type PrivateJwk = { kty: string; alg: string; kid?: string } & Record<string, unknown>;

type Environment = Readonly<Record<string, string | undefined>>;

/** Null where no issuer is set: then people come in by one-time links. Throws what the operator has to mend. */
export function readOidc(environment: Environment): OidcSettings | null {
  const of = (name: string): string | null => environment[`PATCHBAY_OIDC_${name}`]?.trim() || null;
  const issuer = of('ISSUER');
  if (issuer === null) {
    const alone = names.find((name) => of(name) !== null);
    if (alone) throw wrong(alone, 'is set, and PATCHBAY_OIDC_ISSUER is not. Set both, or neither.');
    return null;
  }
  const clientId = of('CLIENT_ID');
  if (clientId === null)
    throw wrong('CLIENT_ID', 'is not set. The issuer gives it when you register the hub.');
  const scopes = of('SCOPES') ?? 'openid profile email';
  if (!scopes.split(' ').includes('openid')) throw wrong('SCOPES', 'must have openid among them.');
  return {
    issuer: issuerOf(issuer, environment['PATCHBAY_ALLOW_LOOPBACK'] === '1'),
    name: of('NAME') ?? new URL(issuer).host,
    clientId,
    credential: credentialOf(of('CLIENT_SECRET'), of('PRIVATE_KEY')),
    scopes,
    link: linkOf(of('LINK')),
    isCreating: isOn(of('CREATE')),
    accountsClaim: of('ACCOUNTS_CLAIM'),
  };
}

const names = [
  'CLIENT_ID',
  'CLIENT_SECRET',
  'PRIVATE_KEY',
  'SCOPES',
  'NAME',
  'LINK',
  'CREATE',
  'ACCOUNTS_CLAIM',
];
const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/** OpenID Connect Discovery §2: https, without query and fragment. */
function issuerOf(text: string, isLoopbackOpen: boolean): string {
  if (!URL.canParse(text)) throw wrong('ISSUER', 'must be a URL, as https://login.example.com');
  const { protocol, hostname, search, hash, username } = new URL(text);
  if (search !== '' || hash !== '' || username !== '')
    throw wrong('ISSUER', 'must be a plain URL: no query, no fragment, no user name.');
  if (protocol === 'https:') return text;
  if (protocol !== 'http:' || !loopback.includes(hostname))
    throw wrong('ISSUER', 'must begin with https://. Only an issuer on this very machine may speak http.');
  if (!isLoopbackOpen)
    throw wrong('ISSUER', 'is on this machine: that is for development, with PATCHBAY_ALLOW_LOOPBACK=1.');
  return text;
}

function credentialOf(secret: string | null, key: string | null): OidcSettings['credential'] {
  if (secret !== null && key !== null)
    throw wrong(
      'CLIENT_SECRET',
      'and PATCHBAY_OIDC_PRIVATE_KEY are both set. Keep the one that is registered.',
    );
  if (key !== null) return { kind: 'key', jwk: jwkOf(key) };
  if (secret !== null) return { kind: 'secret', secret };
  throw wrong('CLIENT_SECRET', 'is not set, nor is PATCHBAY_OIDC_PRIVATE_KEY. The issuer takes one of them.');
}

/** Repeats nothing of the key. */
function jwkOf(text: string): PrivateJwk {
  const jwk = parsed(text);
  const { kty, alg, kid, d } = jwk;
  if (typeof kty !== 'string' || kty === 'oct' || typeof d !== 'string' || typeof alg !== 'string')
    throw wrong(
      'PRIVATE_KEY',
      'must be a private JWK as JSON, with alg: {"kty":"EC","alg":"ES256","d":"…",…}',
    );
  return { ...jwk, kty, alg, ...(typeof kid === 'string' ? { kid } : {}) };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? { ...value } : {};
  } catch {
    // No JSON at all: as wrong as a key without its parts.
    return {};
  }
}

function linkOf(text: string | null): OidcSettings['link'] {
  if (text === null) return null;
  if (text === 'verified_email') return { by: 'verified_email' };
  const claim = /^claim:([\x21-\x7e]{1,200})$/.exec(text)?.[1];
  if (claim) return { by: 'claim', claim };
  throw wrong('LINK', 'must be verified_email, or claim:NAME for a claim that holds a user’s id (usr_…).');
}

function isOn(text: string | null): boolean {
  if (text === null || text === '0') return false;
  if (text === '1') return true;
  throw wrong('CREATE', 'must be 1, or left out.');
}

const wrong = (name: string, what: string): PatchbayError =>
  new PatchbayError('internal', { internal: `PATCHBAY_OIDC_${name} ${what}` });
