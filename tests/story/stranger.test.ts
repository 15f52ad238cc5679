import { type Browser, chromium, type Page } from 'playwright-core';
import * as oauth from 'oauth4webapi';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { patchbay } from '../cli/spawn.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';
import { desk, openContext } from '../portal/stand.ts';
import { describeWith } from '../services/describe.ts';
import { freePort } from '../services/free-port.ts';

/** A grant may ask so much a minute here; a read costs one. */
const unitsPerMinute = 120;

/**
 * One story, each part by what a stranger has: the operator's shell, a real OAuth client, a real browser. An app is
 * registered, a person consents to less than it asked for, events arrive and are looked at, the app is capped, and an
 * officer ends it.
 */
await describeWith('chromium', 'from a registration to a revocation', ({ url }) => {
  const insecure = { [oauth.allowInsecureRequests]: true };
  const state = {} as {
    hub: TestHub;
    sink: Sink;
    browser: Browser;
    as: oauth.AuthorizationServer;
    client: oauth.Client;
    auth: oauth.ClientAuth;
    tokens: oauth.TokenEndpointResponse;
    secret: string;
    person: Page;
    accountId: string;
    core: string;
  };
  beforeAll(async () => {
    const port = await freePort();
    const issuer = `http://127.0.0.1:${port}`;
    const hub = await startTestHub({
      PORT: String(port),
      PATCHBAY_PUBLIC_URL: issuer,
      PATCHBAY_GRANT_UNITS_PER_MINUTE: String(unitsPerMinute),
    });
    const browser = await chromium.launch({
      executablePath: url,
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    });
    Object.assign(state, { hub, browser, sink: await startSink() });
    const answer = await oauth.discoveryRequest(new URL(issuer), { algorithm: 'oauth2', ...insecure });
    state.as = await oauth.processDiscoveryResponse(new URL(issuer), answer);
  });
  afterAll(async () => {
    await state.browser.close();
    await state.hub.stopAndForget();
    await state.sink.close();
  });

  /** What the command prints; the operator sits at the shell of the machine. */
  const operator = async (...args: string[]): Promise<string> => {
    const ran = await patchbay(state.hub.folder, args, { PATCHBAY_PUBLIC_URL: state.hub.origin });
    expect(ran, ran.err).toMatchObject({ code: 0 });
    return ran.out.trim();
  };
  const signIn = async (who: string): Promise<Page> => {
    const page = await (await openContext(state.browser, desk)).newPage();
    await page.goto(/http\S+/.exec(await operator('user', 'link', who))?.[0] ?? '');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/portal*');
    return page;
  };
  const callback = () => `${state.sink.origin}/callback`;
  const call = (method: string, path: string, body?: unknown) =>
    state.hub.call(method, path, state.tokens.access_token, body);
  const publish = (over: Record<string, unknown> = {}) =>
    state.hub.call('POST', '/v1/events', state.core, eventFor([state.accountId], over));
  const hooks = () => state.sink.received.filter(({ path }) => path === '/hook');

  test('the operator lets a partner in, and its app registers itself', async () => {
    const partner = /ptr_\w+/.exec(await operator('partner', 'create', '--name', 'Acme Tools'))?.[0] ?? '';
    await operator('partner', 'review', partner, 'passed', '--note', 'looked at');
    const admission = /pbk_\w+/.exec(await operator('partner', 'registration', partner))?.[0] ?? '';
    const answer = await oauth.dynamicClientRegistrationRequest(
      state.as,
      {
        client_name: 'Shot List',
        redirect_uris: [callback()],
        scope: 'bookings:read reviews:read webhooks:manage',
        token_endpoint_auth_method: 'client_secret_basic',
        grant_types: ['authorization_code', 'refresh_token'],
      },
      { initialAccessToken: admission, ...insecure },
    );
    const made = await oauth.processDynamicClientRegistrationResponse(answer);
    state.client = { client_id: made.client_id };
    expect(made.client_id).toMatch(/^app_/);
    state.auth = oauth.ClientSecretBasic(made.client_secret as string); // Its kind is what was asked for.
  });

  test('a person signs in, and gives it less than it asks for', async () => {
    state.accountId =
      /acc_\w+/.exec(await operator('account', 'create', '--name', 'Luna', '--city', 'houston'))?.[0] ?? '';
    await operator('user', 'create', '--name', 'Ana Luna', '--account', 'Luna');
    state.core = await operator('token', 'create', '--scopes', 'events:publish', '--label', 'core');
    state.person = await signIn('Ana Luna');
    const verifier = oauth.generateRandomCodeVerifier();
    const given = oauth.generateRandomState();
    const query = new URLSearchParams({
      client_id: state.client.client_id,
      response_type: 'code',
      redirect_uri: callback(),
      scope: 'bookings:read reviews:read webhooks:manage',
      state: given,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const { person, as, client, auth } = state;
    await person.goto(`${as.authorization_endpoint}?${query.toString()}`);
    await person.locator('input[value="reviews:read"]').uncheck();
    await person.getByRole('button', { name: 'Allow what is ticked' }).click();
    await person.waitForURL('**/callback?*');
    const back = oauth.validateAuthResponse(as, client, new URL(person.url()), given);
    const answer = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      auth,
      back,
      callback(),
      verifier,
      insecure,
    );
    state.tokens = await oauth.processAuthorizationCodeResponse(as, client, answer);
    expect(state.tokens.scope).toBe('bookings:read webhooks:manage');
  });

  test('its endpoint gets what the person allowed, signed, and the person looks at it', async () => {
    const made = await call('POST', '/v1/subscriptions', {
      endpoint: { type: 'webhook', url: `${state.sink.origin}/hook` },
      event_types: ['booking.*'],
    });
    expect(made.status).toBe(201);
    const event = (await publish()).body.id as string;
    await publish({ type: 'review.published', subject: 'reviews/rev_1' });
    await until('it arrives', () => hooks().length > 0);
    const [first] = hooks();
    expect(
      new Webhook(made.body.secret).verify(first!.body, first!.headers as Record<string, string>),
    ).toMatchObject({
      id: event,
      account: state.accountId,
    });
    await until('it is settled', async () => {
      const { data } = (await call('GET', '/v1/deliveries')).body;
      return data.length === 1 && data[0].state === 'delivered';
    });
    const { person } = state;
    await person.goto(`${state.hub.origin}/portal/apps`);
    await person.getByRole('link', { name: 'Shot List' }).click();
    await person.waitForURL('**/apps/grt_*');
    expect(await person.locator('main').textContent()).toMatch(
      /Lately sent to it.*booking\.confirmed.*delivered/s,
    );
    await person.goto(`${state.hub.origin}/portal/events/${event}`);
    expect(await person.locator('main').textContent()).toContain('booking.confirmed');
  });

  test('it asks too much and is told when to come back, and the person sees who asked', async () => {
    let last = await call('GET', '/v1/me');
    for (let asked = 0; last.status === 200 && asked < 2 * unitsPerMinute; asked++)
      last = await call('GET', '/v1/me');
    expect(last.status).toBe(429);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(last.body.type).toContain('quota-exceeded');
    const { person } = state;
    await expect
      .poll(async () => {
        await person.goto(`${state.hub.origin}/portal/usage`);
        return person.locator('main').textContent();
      })
      .toMatch(/Shot List/);
  });

  test('an officer finds it, sees what hangs on it, and ends it; the client and the person see that', async () => {
    await operator('staff', 'grant', 'Sam Osei', 'security', '--new');
    const officer = await (await openContext(state.browser, desk)).newPage();
    await officer.goto(/http\S+/.exec(await operator('user', 'link', 'Sam Osei'))?.[0] ?? '');
    await officer.getByRole('button', { name: 'Sign in' }).click();
    await officer.waitForLoadState();
    await officer.goto(`${state.hub.origin}/admin/search?q=Shot`);
    await officer.getByRole('link', { name: 'Shot List' }).first().click();
    await officer.waitForURL('**/admin/apps/app_*');
    await officer.getByRole('link', { name: 'Stop it' }).click();
    const reach = officer.getByRole('region', { name: 'What it reaches' });
    await expect.poll(() => reach.textContent()).toContain('Living tokens');
    await officer.getByLabel('Why?').fill('It asks far more than it ever did');
    await officer.getByRole('button', { name: /^Elevate me/ }).click();
    await officer.getByText('You are elevated.').waitFor();
    await officer.getByLabel('It is in wrong hands').check();
    await officer.getByRole('button', { name: 'Revoke for good' }).click();
    await officer.waitForURL('**/admin/revocations/rvk_*');
    await expect.poll(() => officer.locator('main').textContent()).toContain('complete');

    const { as, client, auth, tokens, hub } = state;
    expect((await call('GET', '/v1/me')).status).toBe(401);
    const refreshed = await oauth.refreshTokenGrantRequest(
      as,
      client,
      auth,
      tokens.refresh_token ?? '',
      insecure,
    );
    expect(refreshed.status).toBe(401);
    const before = hooks().length;
    await publish();
    const own = await signIn('Ana Luna');
    await own.goto(`${hub.origin}/portal/apps`);
    expect(await own.locator('tbody').textContent()).toMatch(/Shot List.*disconnected/);
    expect(hooks()).toHaveLength(before);
  });
});
