import { createHash, randomBytes } from 'node:crypto';
import { addMember } from '../../src/access/index.ts';
import {
  createApp,
  createPartner,
  decide,
  type Decision,
  type NewApp,
  reviewPartner,
} from '../../src/oauth/index.ts';
import { type Answer, startTestHub } from '../harness/hub.ts';
import { freePort } from '../services/free-port.ts';

export type Client = { clientId: string; secret: string | null };
export type Params = Record<string, string | string[] | null>;
export type Seen = { status: number; headers: Headers; text: string; body: any; location: string | null };
export type Stand = Awaited<ReturnType<typeof startStand>>;

export const redirectUri = 'https://app.example/callback';
export const scope = 'bookings:read reviews:read';

/** A hub at a known address, with a partner, two apps (a public and a confidential one) and a person of an account. */
export async function startStand(environment: Record<string, string> = {}) {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const hub = await startTestHub({ ...environment, PORT: String(port), PATCHBAY_PUBLIC_URL: issuer });
  const ports = hub.hub;
  const partnerId = await createPartner(ports, 'test', 'Acme Tools');
  const app = (over: Partial<NewApp> = {}): Promise<Client> =>
    createApp(ports, 'test', {
      partnerId,
      name: 'Acme',
      env: 'live',
      kind: 'public',
      redirectUris: [redirectUri],
      scopes: ['bookings:read', 'reviews:read', 'webhooks:manage'],
      ...over,
    });
  const publicApp = await app();
  const confidentialApp = await app({ kind: 'confidential' });
  const account = await hub.account();
  const userId = await addMember(ports, 'test', { accountId: account.id, userName: 'Ada', role: 'owner' });

  const send = async (path: string, init: RequestInit = {}): Promise<Seen> => {
    const response = await fetch(issuer + path, { redirect: 'manual', ...init });
    const text = await response.text();
    const { status, headers } = response;
    return { status, headers, text, body: parsed(text), location: headers.get('location') };
  };
  const post = (path: string, form: Params, headers: Record<string, string> = {}): Promise<Seen> =>
    send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: encoded(form),
    });
  const request = (client: Client, over: Params = {}): Params => ({
    client_id: client.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope,
    state: 'state-of-the-client',
    code_challenge: challengeOf(verifier),
    code_challenge_method: 'S256',
    ...over,
  });
  const authorize = (client: Client, over: Params = {}): Promise<Seen> =>
    send(`/oauth/authorize?${encoded(request(client, over))}`);
  const approval = (over: Partial<Extract<Decision, { kind: 'granted' }>> = {}): Decision => ({
    kind: 'granted',
    userId,
    accountId: account.id,
    scopes: scope.split(' '),
    history: false,
    ...over,
  });
  /** The person says yes to what was asked. */
  const consent = async (location: string | null, decision: Decision = approval()): Promise<URL> => {
    const interaction = new URL(location ?? '', issuer).searchParams.get('interaction') ?? '';
    const decided = await decide(ports, interaction, decision);
    if (decided.kind !== 'redirect') throw new Error(`no redirect but ${decided.kind}`);
    return new URL(decided.url);
  };
  const codeFor = async (client: Client, over: Params = {}, decision = approval()): Promise<string> => {
    const back = await consent((await authorize(client, over)).location, decision);
    return back.searchParams.get('code') ?? '';
  };
  const authOf = ({ clientId, secret }: Client): Params =>
    secret === null ? { client_id: clientId } : { client_id: clientId, client_secret: secret };
  const token = (client: Client, form: Params, headers: Record<string, string> = {}): Promise<Seen> =>
    post('/oauth/token', { ...authOf(client), ...form }, headers);
  const redeem = (client: Client, code: string, over: Params = {}, headers: Record<string, string> = {}) =>
    token(
      client,
      {
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
        ...over,
      },
      headers,
    );
  const refresh = (client: Client, refreshToken: string, over: Params = {}, headers = {}) =>
    token(client, { grant_type: 'refresh_token', refresh_token: refreshToken, ...over }, headers);
  /** The whole way: request, consent, code, tokens. */
  const linked = async (client: Client, over: Params = {}, decision = approval()) => {
    const answer = await redeem(client, await codeFor(client, over, decision));
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.body as { access_token: string; refresh_token: string; scope: string; expires_in: number };
  };
  const me = (accessToken: string): Promise<Answer> => hub.call('GET', '/v1/me', accessToken);

  return {
    hub,
    ports,
    issuer,
    partnerId,
    app,
    publicApp,
    confidentialApp,
    account,
    userId,
    send,
    post,
    request,
    authorize,
    approval,
    consent,
    codeFor,
    authOf,
    token,
    redeem,
    refresh,
    linked,
    me,
    review: () => reviewPartner(ports, 'test', { partnerId, outcome: 'passed', note: 'looked at' }),
    grants: () => ports.store.db.select().from(ports.store.tables.grants),
    cases: () => ports.store.db.select().from(ports.store.tables.cases),
    stop: () => hub.stopAndForget(),
  };
}

export const verifier = 'a-verifier-of-enough-length-for-rfc-7636-section-4.1';
export const challengeOf = (text: string): string => createHash('sha256').update(text).digest('base64url');
export const newVerifier = (): string => randomBytes(32).toString('base64url');

/** Null leaves the parameter out; several values send it several times. */
export function encoded(params: Params): string {
  const list = new URLSearchParams();
  for (const [name, value] of Object.entries(params))
    for (const one of value === null ? [] : [value].flat()) list.append(name, one);
  return list.toString();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** An error in the form of RFC 6749 §5.2, and none of it cached. */
export const oauthError = (error: string, status = 400) => ({ status, body: { error } });
