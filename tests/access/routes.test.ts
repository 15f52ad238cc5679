import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPersonalToken, revoke } from '../../src/access/index.ts';
import { startTestHub, type TestHub } from '../harness/hub.ts';
import { until } from '../harness/sink.ts';

const person = { name: 'Emily Chen', kind: 'person', actor: 'photographer', city: 'houston' };

describe('the routes of access', () => {
  const state = {} as { hub: TestHub; core: string };
  beforeAll(async () => {
    state.hub = await startTestHub();
    state.core = await state.hub.service();
  });
  afterAll(() => state.hub.stopAndForget());

  const call = (method: string, path: string, token: string | null, body?: unknown) =>
    state.hub.call(method, path, token, body);
  const manager = () => state.hub.account(['bookings:read', 'webhooks:manage', 'tokens:manage']);

  describe('accounts', () => {
    test('the core tells of an account; telling it again changes nothing', async () => {
      const first = await call('PUT', '/v1/accounts/acc_emily', state.core, person);
      expect(first).toMatchObject({
        status: 201,
        body: { id: 'acc_emily', country: 'US', status: 'active' },
      });
      const again = await call('PUT', '/v1/accounts/acc_emily', state.core, person);
      expect(again).toMatchObject({ status: 200, body: { updated_at: first.body.updated_at } });
      const moved = await call('PUT', '/v1/accounts/acc_emily', state.core, { ...person, city: 'austin' });
      expect(moved).toMatchObject({ status: 200, body: { city: 'austin' } });
      expect((await call('GET', '/v1/accounts/acc_emily', state.core)).body).toEqual(moved.body);
    });

    test('an account outside the United States is refused by policy [S1-19]', async () => {
      const foreign = await call('PUT', '/v1/accounts/acc_paris', state.core, {
        ...person,
        name: 'Élodie',
        country: 'FR',
        time_zone: 'Europe/Paris',
      });
      expect(foreign).toMatchObject({ status: 422, body: { code: 'policy_refused' } });
      const zone = { ...person, name: 'Zoned', time_zone: 'Europe/Paris' };
      expect((await call('PUT', '/v1/accounts/acc_zone', state.core, zone)).status).toBe(422);
      const actor = { ...person, name: 'Acted', actor: 'astronaut' };
      expect((await call('PUT', '/v1/accounts/acc_actor', state.core, actor)).status).toBe(422);
      const moved = { ...person, country: 'FR' };
      expect((await call('PUT', '/v1/accounts/acc_emily', state.core, moved)).status).toBe(422);
      expect((await call('GET', '/v1/accounts/acc_paris', state.core)).status).toBe(404);
    });

    test('an account in Boise can register [S1-22]', async () => {
      const boise = {
        name: 'Boise Studio',
        kind: 'organisation',
        actor: 'studio',
        city: 'boise',
        time_zone: 'America/Boise',
      };
      expect((await call('PUT', '/v1/accounts/acc_boise', state.core, boise)).status).toBe(201);
    });

    test('refusals: 401, 403 without accounts:write, 404, 409 after closing, 422', async () => {
      const account = await manager();
      expect((await call('PUT', '/v1/accounts/acc_x', null, person)).status).toBe(401);
      expect((await call('PUT', '/v1/accounts/acc_x', account.token, person)).status).toBe(403);
      expect(
        (await call('PUT', `/v1/accounts/${account.id}/status`, account.token, { status: 'active' })).status,
      ).toBe(403);
      expect(
        (await call('PUT', '/v1/accounts/acc_none/status', state.core, { status: 'active' })).status,
      ).toBe(404);
      expect((await call('PUT', '/v1/accounts/someone', state.core, person)).status).toBe(404);
      expect(
        (await call('PUT', `/v1/accounts/${account.id}/status`, state.core, { status: 'gone' })).status,
      ).toBe(422);
      await call('PUT', `/v1/accounts/${account.id}/status`, state.core, { status: 'closed' });
      const back = await call('PUT', `/v1/accounts/${account.id}/status`, state.core, { status: 'active' });
      expect(back).toMatchObject({ status: 409, body: { code: 'state_conflict' } });
    });

    test('a closed account gets no new token', async () => {
      const account = await manager();
      await call('PUT', `/v1/accounts/${account.id}/status`, state.core, { status: 'closed' });
      const wish = { label: 'x', env: 'live' as const, scopes: ['bookings:read'], accountId: account.id };
      await expect(createPersonalToken(state.hub.hub, 'test', wish)).rejects.toMatchObject({
        code: 'state_conflict',
      });
    });
  });

  describe('tokens', () => {
    test('a personal token makes another with some of its scopes, listed without the token itself', async () => {
      const account = await manager();
      const made = await call('POST', '/v1/tokens', account.token, {
        label: 'zap',
        scopes: ['bookings:read'],
      });
      expect(made).toMatchObject({ status: 201, body: { label: 'zap', scopes: ['bookings:read'] } });
      expect((await call('GET', '/v1/me', made.body.token)).body.account.id).toBe(account.id);
      const listed = await call('GET', '/v1/tokens', account.token);
      expect(listed.body.data.map((one: { id: string }) => one.id)).toEqual([made.body.id, account.tokenId]);
      expect(JSON.stringify(listed.body)).not.toContain(made.body.token);
      expect(JSON.stringify(listed.body)).not.toContain('hash');
      const first = await call('GET', '/v1/tokens?limit=1', account.token);
      const second = await call('GET', `/v1/tokens?limit=1&after=${first.body.next_cursor}`, account.token);
      expect(second.body.data[0].id).toBe(account.tokenId);
    });

    test('it never has more scopes, nor a longer life, than its maker', async () => {
      const account = await manager();
      const more = await call('POST', '/v1/tokens', account.token, { label: 'x', scopes: ['money:read'] });
      expect(more).toMatchObject({ status: 422, body: { errors: [{ pointer: '/scopes/0' }] } });
      const expiresAt = new Date(Date.now() + 3_600_000);
      const short = await createPersonalToken(state.hub.hub, 'test', {
        label: 'short',
        env: 'live',
        scopes: ['tokens:manage'],
        accountId: account.id,
        expiresAt,
      });
      const wish = { label: 'long', scopes: ['tokens:manage'] };
      const endless = await call('POST', '/v1/tokens', short.token, wish);
      expect(endless.body.expires_at).toBe(expiresAt.toISOString());
      const years = { ...wish, expires_at: '2099-01-01T00:00:00Z' };
      expect((await call('POST', '/v1/tokens', short.token, years)).body.expires_at).toBe(
        expiresAt.toISOString(),
      );
    });

    test('a revoked token is refused at once, and its receipt completes [S2-54]', async () => {
      const account = await manager();
      const other = await call('POST', '/v1/tokens', account.token, {
        label: 'x',
        scopes: ['bookings:read'],
      });
      expect((await call('GET', '/v1/me', other.body.token)).status).toBe(200);
      const gone = await call('DELETE', `/v1/tokens/${other.body.id}`, account.token);
      expect(gone).toMatchObject({ status: 202, body: { id: expect.stringMatching(/^rvk_/) as string } });
      expect(await call('GET', '/v1/me', other.body.token)).toMatchObject({
        status: 401,
        body: { code: 'token_revoked' },
      });
      const receipt = () => call('GET', `/v1/revocations/${gone.body.id}`, account.token);
      await until('it completes', async () => (await receipt()).body.completed_at !== null);
      expect((await receipt()).body).toMatchObject({
        level: 'token',
        subject: other.body.id,
        reason: 'user',
      });
    });

    test('a leaked token takes with it what it made: tokens, and the tokens of those', async () => {
      const account = await manager();
      const wish = { label: 'x', scopes: ['tokens:manage', 'webhooks:manage'] };
      const leaked = await call('POST', '/v1/tokens', account.token, wish);
      const child = await call('POST', '/v1/tokens', leaked.body.token, wish);
      const grandchild = await call('POST', '/v1/tokens', child.body.token, wish);
      const sibling = await call('POST', '/v1/tokens', account.token, wish);
      await call('DELETE', `/v1/tokens/${leaked.body.id}?reason=leaked`, account.token);
      for (const dead of [leaked, child, grandchild])
        expect((await call('GET', '/v1/me', dead.body.token)).status).toBe(401);
      expect((await call('GET', '/v1/me', sibling.body.token)).status).toBe(200);
    });

    test('the account hears of it as an event, said once', async () => {
      const account = await manager();
      const other = await call('POST', '/v1/tokens', account.token, {
        label: 'x',
        scopes: ['bookings:read'],
      });
      const gone = await call('DELETE', `/v1/tokens/${other.body.id}?reason=leaked`, account.token);
      const { store } = state.hub.hub;
      const said = async () =>
        (await store.db.select().from(store.tables.events)).filter(
          (e) => e.subject === `tokens/${other.body.id}`,
        );
      await until('it is said', async () => (await said()).length > 0);
      expect(await said()).toMatchObject([
        {
          type: 'token.revoked',
          audience: [account.id],
          data: { token_id: other.body.id, revocation_id: gone.body.id, reason: 'leaked' },
        },
      ]);
    });

    test('refusals: another account’s token is 404, an unknown reason 400, no scope 403', async () => {
      const [mine, other] = [await manager(), await manager()];
      expect((await call('DELETE', `/v1/tokens/${other.tokenId}`, mine.token)).status).toBe(404);
      expect((await call('DELETE', '/v1/tokens/tok_x', mine.token)).status).toBe(404);
      expect((await call('DELETE', `/v1/tokens/${mine.tokenId}?reason=bored`, mine.token)).status).toBe(400);
      const poor = await state.hub.account(['bookings:read']);
      expect((await call('GET', '/v1/tokens', poor.token)).status).toBe(403);
      expect((await call('DELETE', `/v1/tokens/${poor.tokenId}`, poor.token)).status).toBe(403);
      expect((await call('GET', '/v1/tokens', state.core)).status).toBe(403);
      const receipt = await revoke(state.hub.hub, {
        level: 'token',
        id: other.tokenId,
        reason: 'user',
        actor: 'test',
      });
      expect((await call('GET', `/v1/revocations/${receipt.id}`, mine.token)).status).toBe(404);
    });
  });

  describe('grants', () => {
    test('taking back the own grant ends every token under it', async () => {
      const account = await manager();
      const other = await call('POST', '/v1/tokens', account.token, {
        label: 'x',
        scopes: ['bookings:read'],
      });
      const listed = await call('GET', '/v1/grants', account.token);
      expect(listed.body.data).toMatchObject([{ id: account.grantId, app: null, ended_at: null }]);
      const gone = await call('DELETE', `/v1/grants/${account.grantId}`, account.token);
      expect(gone.status).toBe(202);
      expect((await call('GET', '/v1/me', account.token)).status).toBe(401);
      expect((await call('GET', '/v1/me', other.body.token)).status).toBe(401);
    });

    test('another account’s grant is 404, and without tokens:manage it is 403', async () => {
      const [mine, other] = [await manager(), await manager()];
      expect((await call('DELETE', `/v1/grants/${other.grantId}`, mine.token)).status).toBe(404);
      const poor = await state.hub.account(['bookings:read']);
      expect((await call('DELETE', `/v1/grants/${poor.grantId}`, poor.token)).status).toBe(403);
    });
  });
});
