import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issuerFindings } from '../../src/doctor/issuer.ts';
import { unlinkIdentity } from '../../src/sessions/index.ts';
import type { TestHub } from '../harness/hub.ts';
import { type CrookedIssuer, startCrookedIssuer } from './crooked-issuer.ts';
import { createJar, type Jar, settingsOf, startHubAt, twoPorts } from './stand.ts';

describe('who runs the hub', () => {
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

  const signIn = async (sub: string): Promise<Jar> => {
    const jar = createJar(hub.origin);
    const to = new URL((await jar.ask('/portal/sign-in/begin')).headers.get('location') ?? '');
    const [state = '', nonce = ''] = ['state', 'nonce'].map((name) => to.searchParams.get(name) ?? '');
    const now = issuer.now();
    const claims = { iss: issuer.url, sub, aud: issuer.clientId, exp: now + 300, iat: now, nonce };
    const code = issuer.code({ idToken: await issuer.sign(claims) });
    const query = new URLSearchParams({ code, state, iss: issuer.url }).toString();
    expect((await jar.ask(`/portal/sign-in/callback?${query}`)).status).toBe(303);
    return jar;
  };
  const isIn = async (jar: Jar): Promise<boolean> => (await jar.ask('/portal/account')).status === 200;
  const userOf = async (sub: string): Promise<string | undefined> => {
    const { db, tables } = hub.hub.store;
    const { identities } = tables;
    return (await db.select().from(identities).where(eq(identities.subject, sub)))[0]?.userId;
  };

  test('unlinks a person: what they began by the issuer ends at once, and whoever signs in there is somebody else', async () => {
    const [ana, ben] = [await signIn('ana'), await signIn('ben')];
    const userId = (await userOf('ana')) ?? '';
    const none = { userId, issuer: `${issuer.url}/` };
    await expect(unlinkIdentity(hub.hub, 'test', none)).rejects.toMatchObject({ code: 'not_found' });
    expect(await unlinkIdentity(hub.hub, 'test', { userId, issuer: null })).toEqual({
      issuers: [issuer.url],
      sessions: 1,
    });
    expect([await isIn(ana), await isIn(ben)]).toEqual([false, true]);
    await expect(unlinkIdentity(hub.hub, 'test', { userId, issuer: null })).rejects.toMatchObject({
      code: 'not_found',
    });
    await signIn('ana');
    expect(await userOf('ana')).not.toBe(userId);
    const { db, tables } = hub.hub.store;
    const trail = await db.select().from(tables.audit).where(eq(tables.audit.subject, userId));
    expect(trail.map(({ action, detail }) => [action, detail])).toContainEqual([
      'user.unlink',
      { issuer: issuer.url },
    ]);
  });

  test('hears from the doctor whether the issuer can be signed in at, and else what to do', async () => {
    const look = async () => (await issuerFindings(hub.hub))[0];
    expect(await look()).toMatchObject({ what: 'sign-in', state: 'good' });
    const bent: [Record<string, unknown>, RegExp][] = [
      [{ issuer: `${issuer.url}/` }, /calls itself/],
      [
        { token_endpoint: undefined, authorization_endpoint: 'x y' },
        /authorization_endpoint, token_endpoint/,
      ],
      [{ jwks_uri: `${issuer.url}/gone` }, /answers 404/],
      [{ jwks_uri: `${issuer.url}/.well-known/openid-configuration` }, /none of its keys/],
      [{ jwks_uri: 'http://192.0.2.7/keys' }, /192\.0\.2\.7/],
    ];
    for (const [metadata, found] of bent) {
      issuer.state.metadata = metadata;
      expect(await look()).toMatchObject({
        state: 'bad',
        found: expect.stringMatching(found),
        why: expect.any(String),
        remedy: expect.any(String),
      });
    }
    issuer.state.metadata = {};
    const { oidc } = hub.hub.settings;
    const settings = { ...hub.hub.settings, oidc: oidc && { ...oidc, issuer: 'https://issuer.invalid' } };
    const [away] = await issuerFindings({ http: hub.hub.http, settings });
    expect(away).toMatchObject({ state: 'bad', found: expect.stringContaining('issuer.invalid') });
    expect(await issuerFindings({ http: hub.hub.http, settings: { ...settings, oidc: null } })).toEqual([]);
  });
});
