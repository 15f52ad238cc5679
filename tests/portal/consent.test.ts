import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp, createPartner } from '../../src/oauth/index.ts';
import { describeWith } from '../services/describe.ts';
import { desk, findings, openContext, openStand, type Stand } from './stand.ts';

const verifier = 'a'.repeat(64);

await describeWith('chromium', 'consent in a real browser', ({ url }) => {
  let stand: Stand;
  let clientId: string;
  beforeAll(async () => {
    stand = await openStand(url);
    const { hub } = stand.hub;
    const partnerId = await createPartner(hub, 'test', 'Acme Tools');
    ({ clientId } = await createApp(hub, 'test', {
      partnerId,
      name: 'Shot List',
      env: 'live',
      kind: 'public',
      redirectUris: [`${stand.sinks.good.origin}/callback`],
      scopes: ['bookings:read', 'reviews:read'],
    }));
  });
  afterAll(() => stand?.stop());

  const ask = () => {
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const query = new URLSearchParams({
      client_id: clientId,
      response_type: 'code',
      redirect_uri: `${stand.sinks.good.origin}/callback`,
      scope: 'bookings:read reviews:read',
      state: 'of the app',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    });
    return `${stand.hub.origin}/oauth/authorize?${query.toString()}`;
  };

  test('a person gives an unverified app less than it asked for, and is led back with a code that works', async () => {
    const { context, page } = await stand.signedIn();
    await page.goto(ask());
    await expect
      .poll(() => page.getByRole('heading', { level: 1 }).textContent())
      .toBe('Shot List asks for access');
    expect(await page.locator('main').textContent()).toContain('This app is not verified');
    expect(await findings(page)).toEqual([]);
    await page.locator('input[value="reviews:read"]').uncheck();
    await page.getByRole('button', { name: 'Allow what is ticked' }).click();
    await page.waitForURL('**/callback?*');
    const back = new URL(page.url()).searchParams;
    expect([back.get('state'), back.get('iss')]).toEqual(['of the app', stand.hub.origin]);
    const tokens = await fetch(`${stand.hub.origin}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: clientId,
        code: back.get('code') ?? '',
        redirect_uri: `${stand.sinks.good.origin}/callback`,
        code_verifier: verifier,
      }),
    });
    expect(((await tokens.json()) as { scope: string }).scope).toBe('bookings:read');
    await context.close();
  });

  test('a refusal leads back with access_denied, and without script there is a link', async () => {
    const { context, page } = await stand.signedIn({ ...desk, width: 390, script: false });
    await page.goto(ask());
    await page.getByRole('button', { name: 'Refuse' }).click();
    await page.waitForURL('**/callback?*');
    expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied');
    await context.close();
  });

  test('who is not signed in signs in first, and finds the way back to the question', async () => {
    const context = await openContext(stand.browser, desk);
    const page = await context.newPage();
    await page.goto(ask());
    await expect.poll(() => new URL(page.url()).pathname).toBe('/portal/sign-in');
    const other = await context.newPage();
    await other.goto(await stand.link());
    await other.getByRole('button', { name: 'Sign in' }).click();
    await other.waitForURL('**/portal');
    await page.getByRole('link', { name: 'Go on where you were going' }).click();
    await expect
      .poll(() => page.getByRole('heading', { level: 1 }).textContent())
      .toBe('Shot List asks for access');
    await context.close();
  });
});
