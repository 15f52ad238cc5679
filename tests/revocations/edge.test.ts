import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StaffReceipt } from '../../src/revocations/index.ts';
import { startTestEdge, type TestEdge } from '../harness/edge.ts';
import { startSink, type Sink, until } from '../harness/sink.ts';
import { challengeOf, encoded, verifier } from '../oauth/stand.ts';

/** Inside workerd, on D1: what a revocation ends is written down, told, and signed there. */
describe('a revocation on the edge', { timeout: 120_000 }, () => {
  const state = {} as { edge: TestEdge; sink: Sink };
  beforeAll(async () => {
    state.sink = await startSink();
    state.edge = await startTestEdge({ LOG_LEVEL: 'error' }, { worker: 'oauth' });
  }, 120_000);
  afterAll(async () => {
    await state.edge.stop();
    await state.sink.close();
  });

  const redirectUri = 'https://app.example/callback';
  const person = async (asked: object): Promise<any> =>
    (await fetch(`${state.edge.origin}/person`, { method: 'POST', body: JSON.stringify(asked) })).json();

  /** An app with a person's consent, and a token of its own. */
  const linkedApp = async () => {
    const { operate, call, origin } = state.edge;
    const partner = await operate('partner create', [], { name: 'Acme' });
    await operate('partner review', [partner, 'passed'], { note: 'looked at' });
    const scopes = 'bookings:read,webhooks:manage';
    const made = await operate('app create', [], { partner, name: 'Sync', redirectUri, scopes });
    const [clientId = '', secret = ''] = made.split(' ');
    const wish = {
      client_id: clientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: 'bookings:read',
      code_challenge: challengeOf(verifier),
      code_challenge_method: 'S256',
    };
    const opened = await fetch(`${origin}/oauth/authorize?${encoded(wish)}`, { redirect: 'manual' });
    const interaction = new URL(opened.headers.get('location') ?? '').searchParams.get('interaction');
    const who = await person({});
    const decision = { kind: 'granted', ...who, scopes: ['bookings:read'], history: false };
    const { url } = await person({ interaction, decision });
    const token = async (form: Record<string, string>): Promise<string> => {
      const answer = await fetch(`${origin}/oauth/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: encoded({ client_id: clientId, client_secret: secret, ...form }),
      });
      const body = (await answer.json()) as { access_token: string };
      expect(answer.status, JSON.stringify(body)).toBe(200);
      return body.access_token;
    };
    const code = new URL(url as string).searchParams.get('code') ?? '';
    const redeem = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    };
    const accessToken = await token(redeem);
    const own = await token({ grant_type: 'client_credentials', scope: 'webhooks:manage' });
    const { body: me } = await call('GET', '/v1/me', accessToken);
    return { clientId, accessToken, own, userId: who.userId as string, grant: me.grant.id as string };
  };

  test('of a person: counted, and told to the app as a token that verifies', async () => {
    const { operate, call, origin } = state.edge;
    const app = await linkedApp();
    const made = await call('POST', '/v1/subscriptions', app.own, {
      owner: 'app',
      endpoint: { type: 'webhook', url: `${state.sink.origin}/set` },
      event_types: ['grant.revoked'],
      format: 'secevent',
    });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const id = await operate('revoke', ['user', app.userId], { reason: 'requested' });
    expect((await call('GET', '/v1/me', app.accessToken)).status).toBe(401);
    await until('the token has come', () => state.sink.received.length > 0);
    const { payload } = await jwtVerify(
      state.sink.received[0]!.body,
      createRemoteJWKSet(new URL(`${origin}/oauth/jwks`)),
      { issuer: origin, audience: app.clientId, typ: 'secevent+jwt' },
    );
    expect(payload).toMatchObject({ txn: id, sub_id: { id: app.grant } });
    const receipt = async () => JSON.parse(await operate('receipt', [id], { json: true })) as StaffReceipt;
    await until('the receipt is complete', async () => (await receipt()).completed_at !== null);
    expect((await receipt()).stopped).toEqual({ tokens: 2, grants: 1, subscriptions: 0, sessions: 0 });
  });
});
