import { join } from 'node:path';
import Database from 'better-sqlite3';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newToken } from '../../src/access/index.ts';
import { eventFor } from '../harness/hub.ts';
import { addStaff } from '../harness/staff.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';
import { type OpenApi, operationsOf } from '../wire/operations.ts';
import { hiddenOf, link, settle, signIn, subscribe, walk, type World } from './journeys.ts';
import { type CanaryStand, startCanaryStand } from './stand.ts';

/**
 * The whole product is driven with secrets that are known, and each is looked for in every line of the log, in every
 * answer and page but the one that shows it, in what receivers get, and in every byte of the data folder. The tests build
 * on each other; the last one looks.
 */
describe('no secret is where it should not be', { timeout: 240_000 }, () => {
  const state = {} as {
    stand: CanaryStand;
    sink: Sink;
    world: World;
    cookie: string;
    staff: string;
    made: Awaited<ReturnType<typeof subscribe>>;
    given: { access: string; refresh: string };
  };
  beforeAll(async () => {
    [state.stand, state.sink] = await Promise.all([startCanaryStand(), startSink()]);
    state.world = await settle(state.stand);
  });
  afterAll(async () => {
    await state.stand.stop();
    await state.sink.close();
  });

  const form = async (path: string, fields: Record<string, string | string[]>, cookie = state.cookie) => {
    const page = await state.stand.ask('GET', path, { cookie });
    const sent = await state.stand.ask('POST', path, { cookie, form: { ...hiddenOf(page.text), ...fields } });
    return sent;
  };

  test('the API: subscriptions, deliveries, tokens, and everything a list shows', async () => {
    const { stand, world, sink } = state;
    state.made = await subscribe(stand, world, sink);
    const made = await stand.ask('POST', '/v1/tokens', {
      token: world.own,
      json: { label: 'child', scopes: ['bookings:read'] },
    });
    stand.learn('child token', JSON.parse(made.text).token, made);
    for (const path of ['tokens', 'grants', 'subscriptions', 'deliveries', 'events', 'usage', 'me'])
      expect((await stand.ask('GET', `/v1/${path}`, { token: world.own })).status).toBe(200);
  });

  test('people: sign in by a link, make a token and a subscription, turn a secret over', async () => {
    const { stand, world, sink, made } = state;
    state.cookie = await signIn(stand, world.userId, 'Ana');
    const token = await form('/portal/tokens/new', { label: 'page', scopes: ['bookings:read'], days: '30' });
    stand.learn('token of a page', /pbk_\w{2}_\w{8}_\w{36}/.exec(token.text)?.[0], token);
    const subscription = await form('/portal/subscriptions/new', {
      url: `${sink.origin}/page`,
      types: ['booking.confirmed'],
      intent: 'make',
      ordering: 'none',
      format: 'standard',
      signature: 'v1',
    });
    stand.learn('signing secret of a page', /whsec_[\w+/=]+/.exec(subscription.text)?.[0], subscription);
    const rotated = await form(`/portal/subscriptions/${made.subscription}/rotate`, { overlap: '86400' });
    stand.learn('rotated secret of a page', /whsec_[\w+/=]+/.exec(rotated.text)?.[0], rotated);
    expect([token.status, subscription.status]).toEqual([201, 201]);
  });

  test('OAuth: every flow, lost answers, replays and refusals', async () => {
    state.given = await link(state.stand, state.world, state.cookie);
    expect(state.stand.detector.names()).toEqual(
      expect.arrayContaining([
        'code of public',
        'refresh token of confidential',
        'device code',
        'request uri',
      ]),
    );
  });

  test('staff: sign in, elevate, make a token, look one up that is live', async () => {
    const { stand, world } = state;
    const id = await addStaff(stand.hub, ['security']);
    state.staff = await signIn(stand, id, 'Sam');
    const cookie = state.staff;
    await stand.ask('POST', '/admin/v1/elevations', {
      cookie,
      json: { permissions: ['staff:script', 'people:unmask'], reason: 'a test of what it opens' },
    });
    const made = await stand.ask('POST', '/admin/v1/staff-tokens', {
      cookie,
      json: { label: 'script', permissions: ['search:read', 'tokens:lookup'] },
    });
    stand.learn('staff token', JSON.parse(made.text).token, made);
    for (const token of [world.own, world.service, state.given.refresh, world.confidential.secret]) {
      const found = await stand.ask('POST', '/admin/v1/token-lookups', {
        cookie,
        json: { token: `x ${token}` },
      });
      expect(JSON.parse(found.text)).toMatchObject({ result: 'known' });
    }
  });

  test('every page of people and of staff', async () => {
    const { stand } = state;
    const seen = await walk(stand, state.cookie, ['/portal'], 120);
    const staff = await walk(stand, state.staff, ['/admin'], 120);
    expect(seen.length).toBeGreaterThan(15);
    expect(staff.length).toBeGreaterThan(5);
  });

  test('every route of the document with secrets in place of what it wants', async () => {
    const { stand, world } = state;
    // One of a form that could be ours, since what a caller calls its things is kept and shown to it.
    const planted = newToken('k', 'live', stand.hub.chance).token;
    const document = JSON.parse((await stand.ask('GET', '/openapi.json')).text) as OpenApi;
    const operations = operationsOf(document);
    expect(operations.length).toBeGreaterThan(40);
    const before = stand.said.length;
    for (const { method, path, body, queryParameters, scopes } of operations) {
      const isStaffs = path.startsWith('/admin/');
      const isCores = (scopes ?? []).some((scope) => /^(?:events:publish|intents|accounts)/.test(scope));
      const who = isStaffs ? { cookie: state.staff } : { token: isCores ? world.service : world.own };
      const filled = path.replaceAll(/\{\w+\}/g, planted);
      const nothing = path.replaceAll(/\{(\w+)\}/g, 'nothing');
      await stand.ask(method, filled, { ...who, ...(body ? { json: {} } : {}) });
      for (const name of queryParameters) await stand.ask(method, `${nothing}?${name}=${planted}`, who);
      const bad = { authorization: `Bearer ${planted.slice(0, -1)}` };
      await stand.ask(method, `${nothing}?access_token=${planted}`, { headers: bad });
      if (!body) continue;
      const schema = body.$ref
        ? (document.components?.schemas?.[body.$ref.split('/').at(-1) ?? ''] ?? body)
        : body;
      for (const name of Object.keys(schema.properties ?? {}))
        for (const value of [planted, [planted], { [name]: planted }])
          await stand.ask(method, nothing, { ...who, json: { [name]: value } });
      await stand.ask(method, nothing, { ...who, json: `{"a": ${planted}` });
      await stand.ask(method, nothing, { ...who, json: [planted] });
    }
    for (const path of ['', 'portal/', 'admin/', 'v1/', 'oauth/', 'docs/'])
      await stand.ask('GET', `/${path}${planted}`, { cookie: state.cookie });
    for (const path of ['/admin/search', '/portal/deliveries', '/portal/sign-in', '/portal/consent'])
      await stand.ask(
        'GET',
        `${path}?q=${planted}&after=${planted}&link=${planted}&interaction=${planted}&event=${planted}`,
        {
          cookie: state.staff,
        },
      );
    stand.learn('planted', planted, ...stand.said.slice(before).filter(({ isError }) => !isError));
  });

  test('reports of leaks, a revocation, what goes wrong inside, and what an operator asks', async () => {
    const { stand, world, sink } = state;
    const lost = await stand.command('token create', [], {
      scopes: 'bookings:read',
      account: world.accountId,
    });
    const token = stand.learn('lost token', lost.out.split('\n').at(-1), lost);
    const url = `https://paste.example/raw?t=${token}`;
    for (let n = 0; n < 2; n++)
      await stand.ask('POST', '/leak-reports', {
        json: { text: `a ${token} b`, url, contact: `me ${token}` },
      });
    await stand.ask('POST', '/leak-reports', { json: { text: [token] } });
    await stand.ask('POST', '/leak-reports/github', {
      json: [{ token, type: 'x', url }],
      headers: { 'github-public-key-identifier': token, 'github-public-key-signature': token },
    });
    await stand.ask('GET', '/v1/me', { token });

    // The store fails under everybody who brings a secret; the log says why, and not with what.
    const db = new Database(join(stand.folder, 'patchbay.db'));
    const broken = ['tokens', 'sessions', 'sign_in_links', 'authorizations', 'subscriptions'];
    for (const name of broken) db.exec(`alter table ${name} rename to ${name}_away`);
    const faults = [
      await stand.ask('GET', '/v1/me', { token: world.registration }),
      await stand.ask('GET', '/v1/me', { token: state.given.refresh.replace('pbk_r', 'pbk_r') }),
      await stand.ask('GET', '/portal', { cookie: state.cookie }),
      await stand.ask('GET', '/admin', { cookie: state.staff }),
      await stand.ask('POST', '/oauth/token', {
        form: { grant_type: 'refresh_token', refresh_token: state.given.refresh, client_id: world.publicApp },
      }),
      await stand.ask('POST', '/oauth/introspect', {
        form: {
          token: state.given.access,
          client_id: world.confidential.clientId,
          client_secret: world.confidential.secret,
        },
      }),
      await stand.ask('POST', '/leak-reports', { json: { tokens: [world.own] } }),
      await stand.ask('GET', `/portal/sign-in?link=${state.cookie.split('=')[1]}`),
      await stand.ask('POST', '/v1/subscriptions', {
        token: world.own,
        json: { endpoint: { type: 'webhook', url: `${sink.origin}/x` }, event_types: ['booking.*'] },
      }),
      await stand.ask('POST', '/v1/events', { token: world.service, json: eventFor([world.accountId]) }),
    ];
    for (const name of broken) db.exec(`alter table ${name}_away rename to ${name}`);
    db.close();
    expect(faults.filter(({ status }) => status >= 500).length).toBeGreaterThan(3);
    expect(stand.lines.some((line) => line.includes('request.fault'))).toBe(true);

    for (const path of [
      '/metrics',
      '/healthz',
      '/readyz',
      '/docs',
      '/.well-known/oauth-authorization-server',
    ])
      await stand.ask('GET', path);
    const all = { all: true, json: true };
    for (const name of [
      'token list',
      'case list',
      'app list',
      'partner list',
      'account list',
      'keys status',
      'purge',
    ])
      await stand.command(name, [], all);
    const copy = join(stand.folder, 'copy.db');
    const programs = [
      ['doctor', '--json'],
      ['status', '--json'],
      ['backup', copy, '--json'],
      ['token', 'nothing'],
    ];
    await Promise.all(programs.map((args) => stand.program(...args)));
  });

  test('the detector sees a secret that somebody logs, and one that somebody stores', () => {
    const { stand, world } = state;
    const before = stand.leaks();
    stand.hub.log.info('test.leak', { token: world.own });
    stand.hub.log.error('test.leak', new Error(`what happened with ${world.own.slice(0, 40)}`));
    const leaks = stand.leaks([
      { label: 'a row', text: JSON.stringify({ kept: world.confidential.secret }) },
    ]);
    expect(leaks.filter((leak) => !before.includes(leak))).toEqual([
      expect.stringMatching(/^client secret in a row/),
      expect.stringMatching(/^personal token in the log: /),
      expect.stringMatching(/^personal token in the log: /),
    ]);
    stand.lines.splice(-2);
  });

  test('nothing is found: not in the log, in no answer or page, at no receiver, in no file', async () => {
    const { stand, sink } = state;
    await until('the tasks are done', async () => {
      const { tasks } = stand.hub.store.tables;
      const open = await stand.hub.store.db.select().from(tasks).where(eq(tasks.state, 'open'));
      // One is put off on purpose: a last look at what was resumed, a minute later.
      return open.every(({ kind, leaseId }) => kind === 'release' && leaseId === null);
    });
    const received = sink.received.map((one, n) => ({
      label: `request ${n} to a receiver`,
      text: JSON.stringify(one),
    }));
    expect(stand.detector.names().length).toBeGreaterThan(30);
    expect(stand.lines.length).toBeGreaterThan(500);
    const files = stand.files();
    expect(files.map(({ label }) => label)).toEqual(
      expect.arrayContaining([
        'the bytes of patchbay.db',
        'the bytes of copy.db',
        'the table tokens',
        'the table audit',
        'the table cases',
      ]),
    );
    expect(stand.leaks([...received, ...files])).toEqual([]);
  });
});
