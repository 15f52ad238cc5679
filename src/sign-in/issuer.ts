import { createRemoteJWKSet, customFetch as joseFetch, importJWK, type JWTVerifyGetKey } from 'jose';
import * as oauth from 'oauth4webapi';
import type { OidcSettings, Ports } from '#src/context';
import { failing } from './failure.ts';
import { fetchThrough } from './fetch-through.ts';
import { leewaySeconds } from './id-token.ts';

type Needs = Pick<Ports, 'http' | 'clock' | 'log' | 'settings'>;

/** The issuer as it describes itself. */
export type Known = { as: Metadata; keys: JWTVerifyGetKey };
export type Metadata = oauth.AuthorizationServer & { authorization_endpoint: string };

/** The marketplace's own issuer. Nothing is asked of it before the first sign-in, so a hub starts without it. */
export type Issuer = {
  settings: OidcSettings;
  client: oauth.Client;
  /** Throws `unavailable` where the issuer has not told of itself yet and does not answer. */
  known(): Promise<Known>;
  authentication(as: Metadata): Promise<oauth.ClientAuth>;
  /** For every request of the library. */
  through: ReturnType<typeof throughOf>;
};

const keepMs = 60 * 60_000;
const askAgainMs = 60_000;

export function createIssuer(ports: Needs): Issuer | null {
  const { http, clock, log, settings } = ports;
  const { oidc } = settings;
  if (!oidc) return null;
  const through = throughOf(http, oidc);
  const state = { known: null as (Known & { staleAtMs: number }) | null };

  const discover = async (): Promise<Known> => {
    const url = new URL(oidc.issuer);
    const response = await oauth.discoveryRequest(url, { algorithm: 'oidc', ...through });
    const as = completed(oidc, await oauth.processDiscoveryResponse(url, response));
    const old = state.known;
    // The same set goes on with what it has fetched.
    const isSame = old !== null && old.as.jwks_uri === as.jwks_uri;
    return { as, keys: isSame ? old.keys : keysAt(as.jwks_uri, http) };
  };

  return {
    settings: oidc,
    client: { client_id: oidc.clientId, [oauth.clockTolerance]: leewaySeconds },
    through,
    authentication: (as) => authenticationOf(oidc, as),
    known: async () => {
      const old = state.known;
      if (old && old.staleAtMs > clock.ms()) return old;
      try {
        state.known = { ...(await discover()), staleAtMs: clock.ms() + keepMs };
      } catch (error) {
        if (!old) return failing('unavailable')(error);
        // What it said last still holds; whether it is up shows at its next endpoint.
        log.warn('sign_in.issuer_stale', { issuer: oidc.issuer });
        state.known = { ...old, staleAtMs: clock.ms() + askAgainMs };
      }
      return state.known;
    },
  };
}

const throughOf = (http: Needs['http'], { issuer }: OidcSettings) => ({
  [oauth.customFetch]: fetchThrough(http),
  // Only an issuer on this machine, and only in development: the settings see to it, and so does the guard.
  [oauth.allowInsecureRequests]: issuer.startsWith('http:'),
});

/** An unknown `kid` asks again, every 30 seconds at most: so keys may rotate, and strangers cannot make us call. */
const keysAt = (uri: string, http: Needs['http']): JWTVerifyGetKey =>
  createRemoteJWKSet(new URL(uri), { [joseFetch]: fetchThrough(http), cooldownDuration: 30_000 });

type Complete = Metadata & { jwks_uri: string };

/** What the flow needs, and that the browser is sent nowhere but to a page of https (or to this machine, as above). */
function completed({ issuer }: OidcSettings, as: oauth.AuthorizationServer): Complete {
  const { authorization_endpoint, jwks_uri } = as;
  if (!authorization_endpoint || !jwks_uri || !as.token_endpoint)
    throw new Error('its metadata lack the authorization endpoint, the token endpoint or the keys');
  const { protocol } = new URL(authorization_endpoint);
  if (protocol !== 'https:' && protocol !== new URL(issuer).protocol)
    throw new Error('its authorization endpoint is not https');
  return { ...as, authorization_endpoint, jwks_uri };
}

async function authenticationOf(
  { credential }: OidcSettings,
  { token_endpoint_auth_methods_supported: methods }: Metadata,
): Promise<oauth.ClientAuth> {
  if (credential.kind === 'key') {
    const { jwk } = credential;
    const key = await importJWK(jwk, jwk.alg);
    if (key instanceof Uint8Array) throw new Error('PATCHBAY_OIDC_PRIVATE_KEY is no private key');
    return oauth.PrivateKeyJwt(jwk.kid === undefined ? key : { key, kid: jwk.kid });
  }
  // OpenID Connect Discovery §3: `client_secret_basic` where nothing is said.
  const isPost = methods !== undefined && !methods.includes('client_secret_basic');
  return (isPost ? oauth.ClientSecretPost : oauth.ClientSecretBasic)(credential.secret);
}
