import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestEdge, type TestEdge } from '../harness/edge.ts';
import { freePort } from '../services/free-port.ts';
import { type RealIssuer, startRealIssuer } from './issuer.ts';
import { createJar, settingsOf, signInAt } from './stand.ts';

/** Inside workerd, on D1, through the way out that Workers have. */
describe('signing in at a real issuer, on the edge', () => {
  let edge: TestEdge;
  let issuer: RealIssuer;
  beforeAll(async () => {
    const port = await freePort();
    const known = { url: `http://127.0.0.1:${port}`, clientId: 'patchbay', clientSecret: 'shared by both' };
    edge = await startTestEdge(
      settingsOf(known, {
        PATCHBAY_OIDC_SCOPES: 'openid profile marketplace',
        PATCHBAY_OIDC_LINK: 'claim:user_id',
      }),
    );
    const account = await edge.operate('account create', [], { name: 'Taqueria Luna' });
    const userId = await edge.operate('user create', [], { name: 'Ana Luna', account });
    issuer = await startRealIssuer({
      port,
      hub: edge.origin,
      people: [{ sub: 'ana', name: 'Ana Luna', user_id: userId }, { sub: 'stranger' }],
      client: { client_secret: known.clientSecret },
    });
  });
  afterAll(async () => {
    await edge?.stop();
    await issuer?.stop();
  });

  test('a person comes in, and a stranger does not', async () => {
    const jar = createJar(edge.origin);
    const answer = await signInAt(edge, jar, 'ana', '/portal/sign-in/begin?next=/portal/tokens');
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/portal/tokens']);
    expect(await (await jar.ask('/portal/tokens')).text()).toContain('Taqueria Luna');
    expect((await signInAt(edge, createJar(edge.origin), 'stranger')).status).toBe(403);
    await edge.requireWithinLimits();
  });
});
