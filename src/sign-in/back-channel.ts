import { and, eq } from 'drizzle-orm';
import { jwtVerify } from 'jose';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { readBytes } from '#src/wire';
import { failing, SignInFailure } from './failure.ts';
import { isSubject, leewaySeconds, signatureAlgorithms } from './id-token.ts';
import { identityId } from './identities.ts';
import type { Issuer } from './issuer.ts';
import { endingOf } from './origins.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'digest' | 'log'>;

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';
const maxBytes = 32 * 1_024;

/** OpenID Connect Back-Channel Logout 1.0 §2.5 to §2.8: the issuer says that a person, or a session of theirs, has ended. */
export async function backChannelLogout(ports: Needs, issuer: Issuer, request: Request): Promise<Response> {
  try {
    const form = new URLSearchParams(new TextDecoder().decode(await readBytes(request, maxBytes)));
    const ended = await endNamed(ports, issuer, form.get('logout_token') ?? '');
    ports.log.info('sign_in.back_channel_logout', { ended });
    return new Response(null, { status: 200, headers });
  } catch (error) {
    const isTheirs =
      (error instanceof SignInFailure && error.reason !== 'unavailable') ||
      (error instanceof PatchbayError && error.status < 500);
    if (isTheirs) ports.log.warn('sign_in.logout_refused', { detail: error.message });
    else ports.log.error('sign_in.logout_fault', error);
    // Where it is our fault, or their keys cannot be had, the issuer may well try again.
    return new Response(JSON.stringify({ error: isTheirs ? 'invalid_request' : 'temporarily_unavailable' }), {
      status: isTheirs ? 400 : 503,
      headers: { ...headers, 'content-type': 'application/json' },
    });
  }
}

// §2.8: caches stand between nobody and this.
const headers = { 'cache-control': 'no-store' };

async function endNamed(ports: Needs, issuer: Issuer, token: string): Promise<number> {
  const { store } = ports;
  const { sessionOrigins, usedIds } = store.tables;
  const { iss, sid, sub, jti, expiresAt } = await verified(ports, issuer, token).catch(failing('not_proven'));
  const isOfIssuer = eq(sessionOrigins.issuer, iss);
  const isSid = sid === null ? undefined : eq(sessionOrigins.sid, sid);
  const isSub = sub === null ? undefined : eq(sessionOrigins.identityId, identityId({ iss, sub }));
  const id = ports.digest.sha256(`logout ${iss} ${jti}`);
  // One write: a replayed token conflicts and ends nothing, and a lost write leaves the token good for another try.
  const [, ended] = await store
    .write((db) => [
      db.insert(usedIds).values({ id, expiresAt }),
      endingOf(ports, db, and(isOfIssuer, isSid, isSub)),
    ])
    .catch((error: unknown) => {
      throw store.isConflict(error) ? new SignInFailure('not_proven', 'jti was used before') : error;
    });
  return ended.length;
}

/** §2.6, in its order: a logout token, for us, that names somebody, and no ID token. */
async function verified({ clock }: Needs, issuer: Issuer, token: string) {
  const { keys } = await issuer.known();
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer: issuer.settings.issuer,
    audience: issuer.settings.clientId,
    algorithms: signatureAlgorithms,
    requiredClaims: ['iat', 'exp', 'jti', 'events'],
    maxTokenAge: 600,
    clockTolerance: leewaySeconds,
    currentDate: clock.now(),
  });
  const typ = protectedHeader.typ?.toLowerCase();
  if (typ !== undefined && typ !== 'logout+jwt' && typ !== 'jwt')
    throw new Error('typ is not of a logout token');
  const { iss = '', sub, sid, jti = '', exp = 0, events, nonce } = payload;
  if (nonce !== undefined) throw new Error('nonce makes it an ID token');
  const event = (events as Record<string, unknown> | null)?.[logoutEvent];
  if (event === null || typeof event !== 'object') throw new Error('events has no logout');
  const named = { sub: isSubject(sub) ? sub : null, sid: typeof sid === 'string' ? sid : null };
  if (named.sub === null && named.sid === null) throw new Error('neither sub nor sid names anybody');
  return { iss, jti, ...named, expiresAt: new Date((exp + leewaySeconds) * 1_000) };
}
