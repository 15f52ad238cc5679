import { createHmac } from 'node:crypto';
import { generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSignInLink } from '../../src/sessions/index.ts';
import type { TestHub } from '../harness/hub.ts';
import { type CrookedIssuer, startCrookedIssuer } from './crooked-issuer.ts';
import { createJar, type Jar, settingsOf, startHubAt, twoPorts } from './stand.ts';

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';

describe('back-channel logout', () => {
  let hub: TestHub;
  let issuer: CrookedIssuer;
  beforeAll(async () => {
    const [hubPort, issuerPort] = await twoPorts();
    issuer = await startCrookedIssuer(issuerPort);
    hub = await startHubAt(hubPort, settingsOf(issuer, { PATCHBAY_OIDC_CREATE: '1' }));
  });
  afterAll(async () => {
    await hub.stopAndForget();
    await issuer.stop();
  });

  const signIn = async (sub: string, sid?: string): Promise<Jar> => {
    const jar = createJar(hub.origin);
    const to = new URL((await jar.ask('/portal/sign-in/begin')).headers.get('location') ?? '');
    const [state = '', nonce = ''] = ['state', 'nonce'].map((name) => to.searchParams.get(name) ?? '');
    const now = issuer.now();
    const claims = { iss: issuer.url, sub, sid, aud: issuer.clientId, exp: now + 300, iat: now, nonce };
    const code = issuer.code({ idToken: await issuer.sign(claims) });
    const query = new URLSearchParams({ code, state, iss: issuer.url }).toString();
    expect((await jar.ask(`/portal/sign-in/callback?${query}`)).status).toBe(303);
    return jar;
  };
  const isIn = async (jar: Jar): Promise<boolean> => (await jar.ask('/portal/account')).status === 200;
  const state = { jti: 0 };
  const claimsOf = (over: Record<string, unknown>) => ({
    iss: issuer.url,
    aud: issuer.clientId,
    iat: issuer.now(),
    exp: issuer.now() + 120,
    jti: `jti ${state.jti++}`,
    events: { [logoutEvent]: {} },
    ...over,
  });
  const tell = (logoutToken: string) =>
    fetch(`${hub.origin}/portal/sign-in/back-channel-logout`, {
      method: 'POST',
      body: new URLSearchParams({ logout_token: logoutToken }),
    });
  const told = async (
    over: Record<string, unknown>,
    header: Record<string, unknown> = { typ: 'logout+jwt' },
  ) => (await tell(await issuer.sign(claimsOf(over), header))).status;

  test('by sid ends that session at once, and no other of the person (§2.7)', async () => {
    const [one, other] = [await signIn('ana', 'one'), await signIn('ana', 'two')];
    const answer = await tell(await issuer.sign(claimsOf({ sid: 'one' }), { typ: 'logout+jwt' }));
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect([await isIn(one), await isIn(other)]).toEqual([false, true]);
  });

  test('by sub ends all of that person and nobody else’s; with both, both must fit (§2.7)', async () => {
    const [one, other, ben] = [await signIn('ana', 'a'), await signIn('ana'), await signIn('ben', 'b')];
    expect(await told({ sub: 'ben', sid: 'a' })).toBe(200);
    expect([await isIn(one), await isIn(ben)]).toEqual([true, true]);
    expect(await told({ sub: 'ana' })).toBe(200);
    expect([await isIn(one), await isIn(other), await isIn(ben)]).toEqual([false, false, true]);
  });

  test('that is sent again is refused, and ends nothing that began since (§2.6 (6))', async () => {
    await signIn('cleo');
    const token = await issuer.sign(claimsOf({ sub: 'cleo' }), { typ: 'logout+jwt' });
    expect((await tell(token)).status).toBe(200);
    const later = await signIn('cleo');
    expect((await tell(token)).status).toBe(400);
    expect(await isIn(later)).toBe(true);
  });

  test('of two copies at once is taken once', async () => {
    const token = await issuer.sign(claimsOf({ sub: 'cleo' }), { typ: 'logout+jwt' });
    const answers = await Promise.all([tell(token), tell(token)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400]);
  });

  test('that does not verify in every part is refused, and ends nothing (§2.6)', async () => {
    const jar = await signIn('dan', 'dans');
    const now = issuer.now();
    const wrong: Record<string, Record<string, unknown>> = {
      'another issuer (4)': { iss: 'https://attacker.example' },
      'another client (4)': { aud: 'another' },
      'expired (4)': { exp: now - 60 },
      'no exp (4)': { exp: undefined },
      'no iat (4)': { iat: undefined },
      'of an hour ago (4)': { iat: now - 3_600 },
      'no jti (§2.4)': { jti: undefined },
      'nobody (5)': { sub: undefined },
      'no events (5)': { events: undefined },
      'another event (5)': { events: { 'https://attacker.example/event': {} } },
      'an event that is no object (5)': { events: { [logoutEvent]: true } },
      'a nonce (5)': { nonce: 'x' },
    };
    for (const [name, over] of Object.entries(wrong))
      expect([name, await told({ sub: 'dan', ...over })]).toEqual([name, 400]);
    expect(await told({ sub: 'dan' }, { typ: 'at+jwt' })).toBe(400);
    expect(await isIn(jar)).toBe(true);
  });

  test('that is forged is refused: no signature, our secret, a key of another (§2.6 (2), (3))', async () => {
    const jar = await signIn('dan', 'dans');
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = claimsOf({ sub: 'dan' });
    const signed = `${part({ alg: 'HS256' })}.${part(claims)}`;
    const mac = createHmac('sha256', issuer.clientSecret).update(signed).digest('base64url');
    const { privateKey } = await generateKeyPair('RS256');
    const forged = [
      `${part({ alg: 'none' })}.${part(claims)}.`,
      `${signed}.${mac}`,
      await issuer.sign(claims, { typ: 'logout+jwt' }, privateKey),
      'x',
      '',
    ];
    for (const token of forged) expect((await tell(token)).status).toBe(400);
    expect(await isIn(jar)).toBe(true);
  });

  test('is no way in for an ID token, nor for a body that is none (§2.6, cross-JWT confusion §2.8)', async () => {
    const jar = await signIn('dan', 'dans');
    const now = issuer.now();
    const idToken = {
      iss: issuer.url,
      sub: 'dan',
      aud: issuer.clientId,
      exp: now + 300,
      iat: now,
      nonce: 'n',
    };
    expect((await tell(await issuer.sign(idToken))).status).toBe(400);
    const huge = await fetch(`${hub.origin}/portal/sign-in/back-channel-logout`, {
      method: 'POST',
      body: 'x'.repeat(100_000),
    });
    expect(huge.status).toBe(400);
    expect((await fetch(`${hub.origin}/portal/sign-in/back-channel-logout`, { method: 'POST' })).status).toBe(
      400,
    );
    expect(await isIn(jar)).toBe(true);
  });

  test('leaves a session alone that the same person has by a one-time link', async () => {
    const jar = await signIn('eve', 'eves');
    const { identities } = hub.hub.store.tables;
    const rows = await hub.hub.store.db.select().from(identities);
    const userId = rows.find(({ subject }) => subject === 'eve')?.userId ?? '';
    const link =
      new URL((await createSignInLink(hub.hub, 'test', userId)).url).searchParams.get('link') ?? '';
    const byLink = createJar(hub.origin);
    await byLink.post('/portal/sign-in', { link });
    expect(await told({ sub: 'eve' })).toBe(200);
    expect([await isIn(jar), await isIn(byLink)]).toEqual([false, true]);
  });

  test('is for another try where the issuer’s keys cannot be had', async () => {
    const [hubPort, issuerPort] = await twoPorts();
    const away = await startHubAt(hubPort, settingsOf({ ...issuer, url: `http://127.0.0.1:${issuerPort}` }));
    try {
      const answer = await fetch(`${away.origin}/portal/sign-in/back-channel-logout`, {
        method: 'POST',
        body: new URLSearchParams({ logout_token: 'x.y.z' }),
      });
      expect(answer.status).toBe(503);
    } finally {
      await away.stopAndForget();
    }
  });
});

describe('signing out', () => {
  test('here ends the session here, and offers to end the issuer’s: no ID token travels (RP-Initiated Logout §2)', async () => {
    const [hubPort, issuerPort] = await twoPorts();
    const issuer = await startCrookedIssuer(issuerPort);
    const hub = await startHubAt(hubPort, settingsOf(issuer, { PATCHBAY_OIDC_CREATE: '1' }));
    try {
      const jar = createJar(hub.origin);
      const to = new URL((await jar.ask('/portal/sign-in/begin')).headers.get('location') ?? '');
      const nonce = to.searchParams.get('nonce');
      const now = issuer.now();
      const claims = { iss: issuer.url, sub: 'ana', aud: issuer.clientId, exp: now + 300, iat: now, nonce };
      const code = issuer.code({ idToken: await issuer.sign(claims) });
      const state = to.searchParams.get('state') ?? '';
      await jar.ask(
        `/portal/sign-in/callback?${new URLSearchParams({ code, state, iss: issuer.url }).toString()}`,
      );
      const page = await (await jar.ask('/portal/account')).text();
      const form_key = /name="form_key" value="([^"]+)"/.exec(page)?.[1] ?? '';
      const answer = await jar.post('/portal/sign-out', { form_key });
      const text = (await answer.text()).replaceAll('&amp;', '&');
      const back = encodeURIComponent(`${hub.origin}/portal/sign-in?out=1`);
      expect(text).toContain(`${issuer.url}/logout?client_id=patchbay&post_logout_redirect_uri=${back}`);
      expect((await jar.ask('/portal/account')).status).toBe(303);
    } finally {
      await hub.stopAndForget();
      await issuer.stop();
    }
  });
});
