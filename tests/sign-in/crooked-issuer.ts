import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { CompactSign, decodeJwt, exportJWK, generateKeyPair, type JWK } from 'jose';

type Key = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
export type Issued = { idToken: string; accessToken?: string; challenge?: string };
export type CrookedIssuer = Awaited<ReturnType<typeof startCrookedIssuer>>;

/**
 * An issuer over real sockets that answers as a test says: wrong claims, wrong keys, other metadata. What it does not
 * bend is right.
 */
export async function startCrookedIssuer(port: number) {
  const url = `http://127.0.0.1:${port}`;
  const state = {
    keys: [] as { private: Key; public: JWK }[],
    metadata: {} as Record<string, unknown>,
    /** Null: of whom the last ID token was. */
    userInfo: null as Record<string, unknown> | null,
    lastSubject: undefined as string | undefined,
    codes: new Map<string, Issued>(),
    /** What the token endpoint answers in place of tokens. */
    refusal: null as { status: number; body: unknown } | null,
    seen: [] as { path: string; form: URLSearchParams; authorization: string | undefined }[],
  };

  const addKey = async (): Promise<void> => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const kid = randomBytes(6).toString('hex');
    const shown = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' };
    state.keys.unshift({ private: privateKey, public: shown });
  };
  await addKey();

  const metadata = () => ({
    issuer: url,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    userinfo_endpoint: `${url}/me`,
    jwks_uri: `${url}/jwks`,
    end_session_endpoint: `${url}/logout`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    authorization_response_iss_parameter_supported: true,
    ...state.metadata,
  });

  const answerTo = (path: string, form: URLSearchParams): { status: number; body: unknown } => {
    if (path === '/.well-known/openid-configuration') return { status: 200, body: metadata() };
    if (path === '/jwks') return { status: 200, body: { keys: state.keys.map((key) => key.public) } };
    if (path === '/me') return { status: 200, body: state.userInfo ?? { sub: state.lastSubject } };
    if (path !== '/token') return { status: 404, body: {} };
    if (state.refusal) return state.refusal;
    const code = form.get('code') ?? '';
    const issued = state.codes.get(code);
    state.codes.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (!issued || (issued.challenge !== undefined && issued.challenge !== challenge))
      return { status: 400, body: { error: 'invalid_grant' } };
    const { idToken, accessToken = 'access' } = issued;
    state.lastSubject = decodeJwt(idToken).sub;
    return { status: 200, body: { access_token: accessToken, token_type: 'Bearer', id_token: idToken } };
  };

  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const path = new URL(request.url ?? '/', url).pathname;
      const form = new URLSearchParams(body);
      state.seen.push({ path, form, authorization: request.headers.authorization });
      const answer = answerTo(path, form);
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));

  /** Signed as it should be, unless the header or the key says otherwise. Claims that are undefined are left out. */
  const sign = async (
    claims: Record<string, unknown>,
    header: Record<string, unknown> = {},
    key: Key | Uint8Array | undefined = state.keys[0]?.private,
  ): Promise<string> => {
    const kid = state.keys[0]?.public.kid ?? '';
    const payload = new TextEncoder().encode(JSON.stringify(claims));
    if (!key) throw new Error('no key');
    return new CompactSign(payload).setProtectedHeader({ alg: 'RS256', kid, ...header }).sign(key);
  };

  return {
    url,
    clientId: 'patchbay',
    clientSecret: 'a secret that both know',
    state,
    addKey,
    sign,
    now: () => Math.floor(Date.now() / 1_000),
    /** Hands out a code, as if somebody had signed in. */
    code: (issued: Issued): string => {
      const code = randomBytes(12).toString('hex');
      state.codes.set(code, issued);
      return code;
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
