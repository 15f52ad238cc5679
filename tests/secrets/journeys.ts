/** The product as people and programs use it, with every secret on the way learned where it is given. */
import { createHash, createHmac } from 'node:crypto';
import { eventFor } from '../harness/hub.ts';
import { type Sink, until } from '../harness/sink.ts';
import type { CanaryStand, Seen } from './stand.ts';

const verifier = 'a-verifier-of-enough-length-for-rfc-7636-section-4.1';
const redirectUri = 'https://app.example/callback';
const ownScopes = ['bookings:read', 'reviews:read', 'webhooks:manage', 'tokens:manage'];

export type World = Awaited<ReturnType<typeof settle>>;

/** Accounts, people, partners and apps, by the operator's commands. */
export async function settle(stand: CanaryStand) {
  const { command, learn } = stand;
  const accountId = (await command('account create', [], { name: 'Luna', city: 'houston' })).out;
  const scopes = 'events:publish,accounts:write,intents:read';
  const service = await command('token create', [], { scopes });
  const own = await command('token create', [], { scopes: ownScopes.join(','), account: accountId });
  const person = await command('user create', [], { name: 'Ana Luna', account: accountId });
  const partner = (await command('partner create', [], { name: 'Acme Tools' })).out;
  const registration = await command('partner registration', [partner]);
  const appOf = (name: string, more: object) =>
    command('app create', [], { partner, name, scopes: 'bookings:read,webhooks:manage', ...more });
  const publicApp = (await appOf('Shot List', { redirectUri, type: 'public' })).out;
  const confidential = await appOf('Sync', { redirectUri });
  const device = (await appOf('Kiosk', { device: true, type: 'public' })).out;
  const clientId = /app_\w+/.exec(confidential.out)?.[0] ?? '';
  const second = await command('app secret', [clientId]);
  return {
    accountId,
    userId: /usr_\w+/.exec(person.out)?.[0] ?? '',
    service: learn('service token', tokenIn(service.out), service),
    own: learn('personal token', tokenIn(own.out), own),
    registration: learn('registration token', tokenIn(registration.out), registration),
    publicApp: /app_\w+/.exec(publicApp)?.[0] ?? '',
    device: /app_\w+/.exec(device)?.[0] ?? '',
    confidential: {
      clientId,
      secret: learn('client secret', tokenIn(confidential.out), confidential),
      second: learn('second client secret', tokenIn(second.out), second),
    },
  };
}

const tokenIn = (text: string): string | undefined => /pbk_[a-z]{2}_\w{8}_\w{36}/.exec(text)?.[0];
const jsonOf = (seen: Seen): any => JSON.parse(seen.text);

/** Signed in by a link; answers the cookie, and a form's own key for any page. */
export async function signIn({ ask, command, learn }: CanaryStand, userId: string, name: string) {
  const link = await command('user link', [userId]);
  const secret = /link=([\w-]+)/.exec(link.out)?.[1] ?? '';
  const opened = await ask('GET', `/portal/sign-in?link=${secret}`);
  learn(`link of ${name}`, secret, link, opened);
  const entered = await ask('POST', '/portal/sign-in', {
    form: { link: secret },
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  learn(`session of ${name}`, cookie.split('=')[1], entered);
  // Once more: it is spent.
  await ask('POST', '/portal/sign-in', {
    form: { link: secret },
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  return cookie;
}
export const hiddenOf = (page: string): Record<string, string> =>
  Object.fromEntries(
    [...page.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([input]) => [
      /name="([^"]*)"/.exec(input)?.[1] ?? '',
      /value="([^"]*)"/.exec(input)?.[1] ?? '',
    ]),
  );

/** Subscriptions with both kinds of signatures, rotated, delivered, failed, replayed, traced. */
export async function subscribe(stand: CanaryStand, world: World, sink: Sink) {
  const { ask, learn, hub } = stand;
  const { own: token, service, accountId } = world;
  const wish = (path: string, more: object) => ({
    endpoint: { type: 'webhook', url: `${sink.origin}/${path}` },
    event_types: ['booking.*'],
    ...more,
  });
  const made = await ask('POST', '/v1/subscriptions', { token, json: wish('v1', {}) });
  learn('signing secret', jsonOf(made).secret, made);
  const { id } = jsonOf(made);
  const rotated = await ask('POST', `/v1/subscriptions/${id}/secret/rotate`, { token, json: {} });
  learn('rotated signing secret', jsonOf(rotated).secret, rotated);
  const keyed = jsonOf(
    await ask('POST', '/v1/subscriptions', { token, json: wish('v1a', { signature: 'v1a' }) }),
  );
  for (const what of ['test', 'pause', 'resume'])
    await ask('POST', `/v1/subscriptions/${id}/${what}`, { token });
  // What nobody is shown: the private key, from where it lies sealed.
  const { secrets } = hub.store.tables;
  for (const row of await hub.store.db.select().from(secrets)) {
    const about = { owner: row.subscriptionId, record: row.id, field: 'secret' };
    const opened = await hub.vault.open(row.sealed, about);
    learn(`sealed ${row.id}`, Buffer.from(opened).toString('base64'), made, rotated);
  }
  sink.answer((request, response) => {
    response.statusCode = request.path === '/v1a' ? 503 : 200;
    response.end('{"answer":"of the receiver"}');
  });
  const published = await ask('POST', '/v1/events', { token: service, json: eventFor([accountId]) });
  await until(
    'it arrives',
    () =>
      sink.received.some(({ path }) => path === '/v1a') && sink.received.some(({ path }) => path === '/v1'),
  );
  const event = jsonOf(published).id;
  await ask('GET', `/v1/events/${event}/trace`, { token });
  const { data } = jsonOf(await ask('GET', '/v1/deliveries', { token }));
  for (const one of data) {
    await ask('GET', `/v1/deliveries/${one.id}`, { token });
    await ask('POST', `/v1/deliveries/${one.id}/retry`, { token });
  }
  await ask('POST', `/v1/subscriptions/${id}/replay`, {
    token,
    json: { since: '2026-01-01T00:00:00Z', only: 'all' },
  });
  await ask('POST', `/v1/subscriptions/${id}/dry-run`, { token, json: { last: 10 } });
  // The signature proves that the secrets that are looked for are the real ones.
  const taken = sink.received.find(({ path, headers }) => path === '/v1' && headers['webhook-signature']);
  const content = `${String(taken?.headers['webhook-id'])}.${String(taken?.headers['webhook-timestamp'])}.${taken?.body}`;
  const signatures = String(taken?.headers['webhook-signature']);
  const secret = Buffer.from(String(jsonOf(made).secret).slice(6), 'base64');
  if (!signatures.includes(createHmac('sha256', secret).update(content).digest('base64')))
    throw new Error('the delivery is not signed with the secret that was shown');
  return { subscription: id as string, keyed: keyed.id as string, event: event as string };
}

/** Authorization code with and without a push, refresh, replay, device, client credentials, registration, and refusals. */
export async function link(stand: CanaryStand, world: World, cookie: string) {
  const { ask, learn, origin } = stand;
  const { publicApp, confidential, device, accountId, registration } = world;
  const request = (client: string) => ({
    client_id: client,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'bookings:read',
    state: 'of the app',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const basic = (secret: string) => ({
    authorization: `Basic ${Buffer.from(`${confidential.clientId}:${secret}`).toString('base64')}`,
  });
  const consent = async (name: string, location: string | null): Promise<string> => {
    const path = (location ?? '').replace(origin, '');
    const page = await ask('GET', path, { cookie });
    const done = await ask('POST', path.split('?')[0] ?? '', {
      cookie,
      form: { ...hiddenOf(page.text), answer: 'allow', account: accountId, scopes: ['bookings:read'] },
    });
    const code = /[?&](?:amp;)?code=([\w-]+)/.exec(done.text)?.[1];
    return name === 'device' ? '' : learn(`code of ${name}`, code, done);
  };
  const tokensOf = (name: string, seen: Seen): { access_token: string; refresh_token: string } => {
    const body = jsonOf(seen);
    learn(`access token of ${name}`, body.access_token, seen);
    if (body.refresh_token) learn(`refresh token of ${name}`, body.refresh_token, seen);
    return body;
  };
  const redeemed = (client: string, code: string) => ({
    grant_type: 'authorization_code',
    client_id: client,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    code,
  });

  // A public client.
  const query = new URLSearchParams(request(publicApp)).toString();
  const asked = await ask('GET', `/oauth/authorize?${query}`);
  const code = await consent('public', asked.headers.get('location'));
  const given = tokensOf('public', await ask('POST', '/oauth/token', { form: redeemed(publicApp, code) }));
  const refreshForm = { grant_type: 'refresh_token', client_id: publicApp };
  const renewedSeen = await ask('POST', '/oauth/token', {
    form: { ...refreshForm, refresh_token: given.refresh_token },
  });
  const renewed = tokensOf('public, renewed', renewedSeen);
  // The answer that was lost, once more.
  const again = await ask('POST', '/oauth/token', {
    form: { ...refreshForm, refresh_token: given.refresh_token },
  });
  learn('access token of public, renewed', renewed.access_token, renewedSeen, again);
  learn('refresh token of public, renewed', renewed.refresh_token, renewedSeen, again);
  await ask('GET', '/v1/me', { token: renewed.access_token });
  await ask('GET', '/v1/me', { token: renewed.refresh_token });
  await ask('POST', '/oauth/token', { form: redeemed(publicApp, code) });

  // A confidential one, pushed.
  const headers = basic(confidential.secret);
  const pushed = await ask('POST', '/oauth/par', { form: request(confidential.clientId), headers });
  const uri = String(jsonOf(pushed).request_uri);
  learn('request uri', uri.split(':').at(-1), pushed);
  const opened = await ask(
    'GET',
    `/oauth/authorize?${new URLSearchParams({ client_id: confidential.clientId, request_uri: uri }).toString()}`,
  );
  const second = await consent('confidential', opened.headers.get('location'));
  const tokens = tokensOf(
    'confidential',
    await ask('POST', '/oauth/token', { form: redeemed(confidential.clientId, second), headers }),
  );
  const renew = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
  const told = await ask('POST', '/oauth/token', { form: renew, headers: basic(confidential.second) });
  learn('refresh token of confidential', tokens.refresh_token, told, { label: labelBefore(stand, told) });
  learn('access token of confidential, renewed', jsonOf(told).access_token, told);
  await ask('POST', '/oauth/introspect', { form: { token: tokens.access_token }, headers });
  await ask('POST', '/oauth/introspect', { form: { token: renewed.access_token }, headers });
  tokensOf(
    'the app itself',
    await ask('POST', '/oauth/token', { form: { grant_type: 'client_credentials' }, headers }),
  );

  // A device.
  const began = await ask('POST', '/oauth/device_authorization', {
    form: { client_id: device, scope: 'bookings:read' },
  });
  const { device_code, user_code } = jsonOf(began);
  learn('device code', device_code, began);
  const poll = {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    client_id: device,
    device_code,
  };
  await ask('POST', '/oauth/token', { form: poll });
  await ask('GET', '/oauth/device');
  const typed = await ask('GET', `/oauth/device?user_code=${user_code}`);
  await consent('device', typed.headers.get('location'));

  // Registration, and what is refused, each with a secret where it does not belong.
  const registered = await ask('POST', '/oauth/register', {
    token: registration,
    json: { client_name: 'Made by itself', redirect_uris: [redirectUri], scope: 'bookings:read' },
  });
  learn('registered client secret', jsonOf(registered).client_secret, registered);
  const refused: [string, Parameters<typeof ask>[2]][] = [
    ['/oauth/token', { form: { ...redeemed(publicApp, second) } }],
    [
      '/oauth/token',
      { form: { ...redeemed(publicApp, tokens.access_token), code_verifier: tokens.refresh_token } },
    ],
    ['/oauth/token', { form: { grant_type: tokens.refresh_token, client_id: publicApp } }],
    [
      '/oauth/token',
      { form: { grant_type: 'refresh_token', client_id: tokens.access_token, refresh_token: 'x' } },
    ],
    ['/oauth/token', { form: { grant_type: 'client_credentials', scope: tokens.access_token }, headers }],
    ['/oauth/token', { form: {}, headers: basic(`${confidential.secret}x`) }],
    ['/oauth/token', { form: {}, headers: { authorization: `Bearer ${confidential.secret}` } }],
    [
      '/oauth/par',
      {
        form: { ...request(confidential.clientId), redirect_uri: `https://x.example/${tokens.access_token}` },
        headers,
      },
    ],
    ['/oauth/register', { token: tokens.access_token, json: {} }],
    [
      '/oauth/register',
      {
        token: registration,
        json: { client_name: 'x', redirect_uris: [tokens.access_token], scope: tokens.access_token },
      },
    ],
    ['/oauth/revoke', { form: { token: given.access_token }, headers }],
    ['/oauth/device_authorization', { form: { client_id: device, scope: tokens.access_token } }],
  ];
  for (const [path, how] of refused) await ask('POST', path, how);
  await ask(
    'GET',
    `/oauth/authorize?${new URLSearchParams({ ...request(tokens.access_token), state: tokens.access_token }).toString()}`,
  );
  await ask('GET', `/oauth/authorize?request_uri=${tokens.access_token}&client_id=${publicApp}`);
  await ask('GET', `/oauth/device?user_code=${tokens.access_token}`);
  await ask('POST', `/oauth/token?access_token=${tokens.access_token}`, { form: {} });
  await ask('POST', '/oauth/revoke', { form: { token: tokens.refresh_token }, headers });
  return { access: renewed.access_token, refresh: renewed.refresh_token };
}

/** The answer that came right before this one. */
const labelBefore = ({ said }: CanaryStand, { label }: { label: string }): string =>
  said[said.findIndex((one) => one.label === label) - 1]?.label ?? '';

/** Every page that a link leads to, from these on, at most this many. */
export async function walk(
  { ask }: CanaryStand,
  cookie: string,
  from: string[],
  most: number,
): Promise<string[]> {
  const seen = new Set(from);
  for (const path of seen) {
    if (seen.size > most) break;
    const page = await ask('GET', path, { cookie });
    for (const [, href = ''] of page.text.matchAll(/href="(\/(?:portal|admin)[^"#]*)"/g))
      if (seen.size <= most) seen.add(href.replaceAll('&amp;', '&'));
  }
  return [...seen];
}
