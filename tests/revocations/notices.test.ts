import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPartner, reviewPartner } from '../../src/oauth/index.ts';
import { revoke } from '../../src/access/index.ts';
import { createSealSet, ensureSetKey, publicSetKeys, rotateSetKey } from '../../src/signatures/set-keys.ts';
import { until } from '../harness/sink.ts';
import { appToken } from '../subscriptions/partner-app.ts';
import { type RevocationStand, startRevocationStand } from './stand.ts';

describe('what an app hears of access that has ended', () => {
  const state = {} as { stand: RevocationStand };
  beforeAll(async () => {
    state.stand = await startRevocationStand();
  });
  afterAll(() => state.stand.stop());

  const ends = ['grant.revoked', 'token.revoked'];
  /** An app with a subscription of its own, made with the app's own token. */
  const listening = async (over: Record<string, unknown> = {}) => {
    const { ports, app, token, subscribe } = state.stand;
    const partnerId = await createPartner(ports, 'test', 'A partner');
    await reviewPartner(ports, 'test', { partnerId, outcome: 'passed', note: 'looked at' });
    const client = await app({
      partnerId,
      kind: 'confidential',
      grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
    });
    const own = await token(client, { grant_type: 'client_credentials', scope: 'webhooks:manage' });
    expect(own.status, own.text).toBe(200);
    const accessToken = own.body.access_token as string;
    const sub = await subscribe(accessToken, { owner: 'app', event_types: ends, ...over });
    const said = () => sub.arrived().map(({ body }) => JSON.parse(body));
    return { partnerId, client, accessToken, ...sub, said };
  };
  /** The grant lets the app read bookings and nothing else: it hears of its end all the same. */
  const consentTo = async (client: Awaited<ReturnType<typeof listening>>['client']) => {
    const { access_token } = await state.stand.link(client, ['bookings:read']);
    return { accessToken: access_token, grant: await state.stand.grantOf(access_token) };
  };

  test('the account takes back its consent: the app hears it once, with ids and a reason alone; other apps hear nothing', async () => {
    const { hub, account, subscribe, ports } = state.stand;
    const [mine, theirs] = [await listening(), await listening()];
    const { grant } = await consentTo(mine.client);
    await consentTo(theirs.client);
    const foreign = await state.stand.link(theirs.client);
    const foreignSub = await subscribe(foreign.access_token, { event_types: ends });
    const own = await subscribe(account.token, { event_types: ends });
    const answer = await revoke(ports, { level: 'grant', id: grant, reason: 'user', actor: 'test' });
    await until('app and account have heard', () => mine.said().length === 1 && own.arrived().length === 1);
    expect(mine.said()[0]).toMatchObject({
      type: 'grant.revoked',
      grant,
      account: account.id,
      subscription: mine.id,
      data: { grant_id: grant, revocation_id: answer.id, reason: 'user' },
    });
    expect(Object.keys(mine.said()[0].data).sort()).toEqual([
      'grant_id',
      'reason',
      'revocation_id',
      'revoked_at',
    ]);
    expect([theirs.said(), foreignSub.arrived()]).toEqual([[], []]);
    // The feed shows no more than a webhook would have brought; the account reads it there, too.
    const feed = async (token: string) =>
      (await hub.call('GET', '/v1/events?types=grant.revoked', token)).body.data as { data: unknown }[];
    expect(await feed(foreign.access_token)).toEqual([]);
    expect(await feed(account.token)).toMatchObject([{ data: { grant_id: grant } }]);
    const event = mine.said()[0].id as string;
    expect((await hub.call('GET', `/v1/events/${event}`, foreign.access_token)).status).toBe(404);
  });

  test('a token that staff revokes is told to the app that had it', async () => {
    const app = await listening();
    const { accessToken, grant } = await consentTo(app.client);
    const me = await state.stand.hub.call('GET', '/v1/me', accessToken);
    await state.stand.completed(await state.stand.revoke({ level: 'token', id: me.body.token }, 'abuse'));
    await until('the app has heard', () => app.said().length === 1);
    expect(app.said()).toMatchObject([
      {
        type: 'token.revoked',
        grant,
        data: { token_id: me.body.token, grant_id: grant, reason: 'abuse' },
      },
    ]);
  });

  test('a person is revoked: each app hears of each grant that this person gave [S2-54]', async () => {
    const { userId, revoke: byStaff, completed } = state.stand;
    const [one, other] = [await listening(), await listening()];
    const grants = [await consentTo(one.client), await consentTo(other.client)];
    const done = await completed(await byStaff({ level: 'user', id: userId }, 'requested'));
    expect(done.stopped.grants).toBeGreaterThanOrEqual(2);
    await until('both have heard', () => one.said().length > 0 && other.said().length > 0);
    expect(one.said()).toMatchObject([{ data: { grant_id: grants[0]!.grant, revocation_id: done.id } }]);
    expect(other.said()).toMatchObject([{ data: { grant_id: grants[1]!.grant, revocation_id: done.id } }]);
  });

  test('an app is revoked with more grants than a chunk: it hears of each, once, and of nothing else', async () => {
    const { hub, revoke: byStaff, completed, publish, ports } = state.stand;
    const app = await listening({ event_types: [...ends, 'subscription.disabled'] });
    const bookings = await state.stand.subscribe((await state.stand.link(app.client)).access_token, {
      owner: 'app',
      max_per_second: 1,
    });
    const accounts = await Promise.all(Array.from({ length: 70 }, () => hub.account()));
    const ids = { appId: app.client.clientId, partnerId: app.partnerId };
    for (const { id } of accounts) await appToken(hub, ids, id, ['bookings:read']);
    await publish(5);
    await until('it flows', () => bookings.arrived().length > 0);
    const done = await completed(await byStaff({ level: 'app', id: app.client.clientId }, 'violation'));
    expect(done.stopped).toMatchObject({ grants: 71, subscriptions: 2 });
    await until('it has heard of all', () => app.said().length === 71);
    expect(new Set(app.said().map(({ data }) => data.grant_id)).size).toBe(71);
    expect(new Set(app.said().map(({ data }) => data.reason))).toEqual(new Set(['abuse']));
    // The notices are not among what was cancelled, and not what the receipt calls the last delivery.
    const { deliveries } = ports.store.tables;
    const rows = await ports.store.db.select().from(deliveries).where(eq(deliveries.subscriptionId, app.id));
    expect(rows.every(({ state: one }) => one === 'delivered')).toBe(true);
    expect(rows.some(({ id }) => id === done.last_delivery)).toBe(false);
    const left = bookings.arrived().length;
    expect(left + done.cancelled).toBe(5);
  });

  test('the app’s endpoint was away: a later revocation of the app itself does not lose the notice', async () => {
    const { sink, revoke: byStaff, completed, deliveriesOf } = state.stand;
    const app = await listening();
    const { grant } = await consentTo(app.client);
    const tried: string[] = [];
    sink.answer((request, response) => {
      tried.push(request.body);
      response.statusCode = 503;
      response.end();
    });
    await completed(await byStaff({ level: 'grant', id: grant }, 'requested'));
    await until('it was tried', () => tried.some((body) => body.includes(grant)));
    await until('it waits', async () => (await deliveriesOf(app.id))[0]?.state === 'retrying');
    await completed(await byStaff({ level: 'app', id: app.client.clientId }));
    // A retry may just be under way; while none succeeds it waits again.
    await until('it still waits', async () => (await deliveriesOf(app.id))[0]?.state === 'retrying');
    expect(await deliveriesOf(app.id)).toMatchObject([{ grantId: grant }]);
    sink.answer((_, response) => void response.end('ok'));
    await until('it arrives', async () => (await deliveriesOf(app.id))[0]?.state === 'delivered');
  });

  test('a security event token, verified by the published keys: CAEP for an end, RISC for a leak, the same at a retry', async () => {
    const { issuer, hub, sink, revoke: byStaff, send } = state.stand;
    const app = await listening({ format: 'secevent' });
    const { body: metadata } = await send('/.well-known/oauth-authorization-server');
    const keys = createRemoteJWKSet(new URL(metadata.jwks_uri as string));
    const verified = (token: string) =>
      jwtVerify(token, keys, {
        issuer,
        audience: app.client.clientId,
        typ: 'secevent+jwt',
        algorithms: ['RS256'],
      });
    const { keys: published } = (await send('/oauth/jwks')).body as { keys: object[] };
    expect(published.map((key) => Object.keys(key).sort())).toEqual([['alg', 'e', 'kid', 'kty', 'n', 'use']]);

    const first = await consentTo(app.client);
    const state503 = { left: 1 };
    sink.answer((request, response) => {
      const isMine = request.headers['content-type'] === 'application/secevent+jwt';
      response.statusCode = isMine && (state503.left -= 1) >= 0 ? 503 : 202;
      response.end();
    });
    const revoked = await byStaff({ level: 'grant', id: first.grant }, 'requested');
    await until('it was tried twice', () => app.arrived().length === 2);
    sink.answer((_, response) => void response.end());
    const [failed, delivered] = app.arrived();
    expect(delivered!.body).toBe(failed!.body);
    expect(delivered!.headers).toMatchObject({
      'content-type': 'application/secevent+jwt',
      accept: 'application/json',
    });
    const { payload } = await verified(delivered!.body);
    expect(payload).toMatchObject({
      jti: delivered!.headers['webhook-id'],
      txn: revoked.body.id,
      sub_id: { format: 'opaque', id: first.grant },
      events: {
        'https://schemas.openid.net/secevent/caep/event-type/session-revoked': {
          event_timestamp: payload.iat,
          initiating_entity: 'user',
        },
      },
    });
    expect(payload).not.toHaveProperty('sub');

    const second = await consentTo(app.client);
    const me = await hub.call('GET', '/v1/me', second.accessToken);
    await byStaff({ level: 'token', id: me.body.token }, 'leaked');
    await until('the leak is told', () => app.arrived().length === 3);
    expect((await verified(app.arrived()[2]!.body)).payload).toMatchObject({
      sub_id: { format: 'opaque', id: me.body.token },
      events: {
        'https://schemas.openid.net/secevent/risc/event-type/credential-compromise': {
          credential_type: 'oauth_token',
        },
      },
    });
    await expect(verified(`${app.arrived()[2]!.body.slice(0, -4)}AAAA`)).rejects.toThrow();
    // And the receiver can be tried, under a consent that covers it: the framework's own verification event.
    await state.stand.link(app.client);
    const tested = await hub.call('POST', `/v1/subscriptions/${app.id}/test`, app.accessToken);
    expect(tested.status).toBe(202);
    await until('the test arrives', () => app.arrived().length === 4);
    expect((await verified(app.arrived()[3]!.body)).payload).toMatchObject({
      sub_id: { format: 'opaque', id: app.id },
      events: { 'https://schemas.openid.net/secevent/ssf/event-type/verification': {} },
    });
  });

  test('a rotated key is published before it signs, and the one before it until the overlap ends', async () => {
    const { ports, send } = state.stand;
    const at = (hours: number) => ({
      ...ports,
      clock: {
        ...ports.clock,
        ms: () => ports.clock.ms() + hours * 3_600_000,
        now: () => new Date(ports.clock.ms() + hours * 3_600_000),
      },
    });
    const published = async (hours: number) => (await publicSetKeys(at(hours))).keys.map(({ kid }) => kid);
    const signer = async (hours: number) =>
      decodeProtectedHeader(await createSealSet(at(hours))('{}', { jti: '1', aud: 'x' })).kid;
    await ensureSetKey(ports);
    const [old] = await published(0);

    const { kid } = await rotateSetKey(ports, 'test', 24 * 3_600_000);
    expect((await send('/oauth/jwks')).body.keys.map((key: { kid: string }) => key.kid)).toEqual([kid, old]);
    expect([await signer(0), await signer(0.2)]).toEqual([old, kid]);
    expect([await published(23), await published(25)]).toEqual([[kid, old], [kid]]);

    // One that has leaked signs nothing more, and nobody finds it.
    const { kid: last } = await rotateSetKey(ports, 'test', 0);
    expect(await published(0)).toEqual([last]);
    expect(await signer(0)).toBe(last);
  });

  test('security event tokens are for an app’s own subscription and for what has ended, nothing else', async () => {
    const { hub, account, sink } = state.stand;
    const app = await listening();
    const wish = { endpoint: { type: 'webhook', url: `${sink.origin}/x` }, format: 'secevent' };
    const create = (token: string, over: object) =>
      hub.call('POST', '/v1/subscriptions', token, { ...wish, ...over });
    expect(await create(account.token, { event_types: ends })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/owner' }] },
    });
    expect(
      await create(app.accessToken, {
        owner: 'app',
        event_types: ['grant.revoked', 'subscription.disabled'],
      }),
    ).toMatchObject({ status: 422, body: { errors: [{ pointer: '/event_types' }] } });
    const change = await hub.call('PATCH', `/v1/subscriptions/${app.id}`, app.accessToken, {
      format: 'secevent',
    });
    expect(change).toMatchObject({ status: 200, body: { format: 'secevent' } });
    const wider = { event_types: ['*'] };
    expect((await hub.call('PATCH', `/v1/subscriptions/${app.id}`, app.accessToken, wider)).status).toBe(422);
  });
});
