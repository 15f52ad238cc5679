import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPersonalToken, parseToken, revoke, suspend, unsuspend } from '../../src/access/index.ts';
import { openNodeHub } from '../../src/node.ts';
import { appGrant } from '../events/app-grant.ts';
import { eventFor, memoryLog, startTestHub, type TestHub } from '../harness/hub.ts';

describe('authentication', () => {
  const state = {} as { hub: TestHub };
  beforeAll(async () => {
    state.hub = await startTestHub();
  });
  afterAll(() => state.hub.stopAndForget());
  const me = (token: string) => state.hub.call('GET', '/v1/me', token);

  describe('the form of a token', () => {
    // Checksums by Python's zlib.crc32, so that both sides of the code do not share one mistake.
    const vectors = [
      'pbk_kl_00000000_00000000000000000000000000000044XYLn',
      'pbk_st_abcdEFGH_0123456789ABCDEFGHIJKLMNOPQRST3gIfPa',
    ];

    test('a known token has a known checksum', () => {
      expect(parseToken(vectors[0]!)).toEqual({ kind: 'k', env: 'live', locator: '00000000' });
      expect(parseToken(vectors[1]!)).toEqual({ kind: 's', env: 'test', locator: 'abcdEFGH' });
    });

    test('a token with any one character changed, dropped, doubled or swapped is refused', () => {
      const [token] = vectors as [string];
      for (let i = 0; i < token.length; i++) {
        const [before, here, after] = [token.slice(0, i), token.charAt(i), token.slice(i + 1)];
        for (const other of ['0', '1', 'a', 'Z', '_', ' '].filter((one) => one !== here))
          expect(parseToken(before + other + after)).toBeNull();
        expect(parseToken(before + after)).toBeNull();
        expect(parseToken(before + here + here + after)).toBeNull();
        const next = after.charAt(0);
        if (next !== here && next !== '')
          expect(parseToken(before + next + here + after.slice(1))).toBeNull();
      }
    });

    test('each refusal is a 401 that says what to do', async () => {
      const refusals = [
        [{}, 'unauthenticated', 'Send a token'],
        [{ authorization: 'Basic abc' }, 'unauthenticated', 'must be: Bearer'],
        [{ authorization: 'Bearer hello' }, 'token_malformed', 'Was it cut when copied?'],
        [{ authorization: `Bearer ${vectors[0]}` }, 'unauthenticated', 'not known here'],
      ] as const;
      for (const [headers, code, text] of refusals) {
        const answer = await state.hub.call('GET', '/v1/me', null, undefined, headers);
        expect(answer).toMatchObject({ status: 401, body: { code } });
        expect(answer.body.detail).toContain(text);
        expect(answer.headers.get('www-authenticate')).toContain('Bearer');
      }
    });
  });

  test('an expired token is refused, and says since when', async () => {
    const account = await state.hub.account();
    const expiresAt = new Date(Date.now() - 1_000);
    const wish = { label: 'x', env: 'live' as const, scopes: ['bookings:read'], accountId: account.id };
    const { token } = await createPersonalToken(state.hub.hub, 'test', { ...wish, expiresAt });
    const answer = await me(token);
    expect(answer).toMatchObject({ status: 401, body: { code: 'token_expired' } });
    expect(answer.body.detail).toContain(expiresAt.toISOString());
  });

  test('a test token sees no live data, and a live token no test data', async () => {
    const account = await state.hub.account();
    const wish = { label: 'x', scopes: ['bookings:read'], accountId: account.id };
    const other = await createPersonalToken(state.hub.hub, 'test', { ...wish, env: 'test' });
    await state.hub.call('POST', '/v1/events', await state.hub.service(), eventFor([account.id]));
    const seen = async (token: string) =>
      (await state.hub.call('GET', '/v1/events', token)).body.data.length as number;
    expect(await seen(account.token)).toBe(1);
    expect(await seen(other.token)).toBe(0);
    expect((await me(other.token)).body.env).toBe('test');
  });

  test('a missing scope is a 403 that names it', async () => {
    const { token } = await state.hub.account(['bookings:read']);
    const answer = await state.hub.call('POST', '/v1/events', token, eventFor(['acc_x']));
    expect(answer).toMatchObject({ status: 403, body: { code: 'scope_missing' } });
    expect(answer.body.detail).toContain('events:publish');
  });

  describe('revocation at every level is at once [S2-54]', () => {
    const levels = ['token', 'grant', 'account', 'user', 'installation'] as const;
    for (const level of levels) {
      test(`at the level of the ${level}`, async () => {
        const hub = level === 'installation' ? await startTestHub() : state.hub;
        const account = await hub.account();
        const userId = hub.hub.ids.newId('usr');
        const wish = { label: 'x', env: 'live' as const, scopes: ['bookings:read'], accountId: account.id };
        const made = await createPersonalToken(hub.hub, 'test', { ...wish, userId });
        expect((await hub.call('GET', '/v1/me', made.token)).status).toBe(200);
        const ids = {
          token: made.id,
          grant: made.grantId,
          account: account.id,
          user: userId,
          installation: '',
        };
        await revoke(hub.hub, { level, id: ids[level], reason: 'abuse', actor: 'test' });
        expect(await hub.call('GET', '/v1/me', made.token)).toMatchObject({
          status: 401,
          body: { code: 'token_revoked' },
        });
        if (level === 'installation') await hub.stopAndForget();
      });
    }

    test.each(['app', 'partner'] as const)('at the level of the %s', async (level) => {
      const { id: accountId, token: own } = await state.hub.account();
      const made = await appGrant(state.hub, accountId, ['bookings:read']);
      expect((await me(made.token)).status).toBe(200);
      const id = level === 'app' ? made.appId : made.partnerId;
      await revoke(state.hub.hub, { level, id, reason: 'abuse', actor: 'test' });
      expect(await me(made.token)).toMatchObject({ status: 401, body: { code: 'token_revoked' } });
      expect((await me(own)).status).toBe(200);
    });
  });

  test('suspension is a 403; lifting it revives nothing that was revoked meanwhile', async () => {
    const account = await state.hub.account();
    const about = { level: 'account' as const, id: account.id, actor: 'test' };
    await suspend(state.hub.hub, { ...about, reason: 'odd' });
    expect(await me(account.token)).toMatchObject({ status: 403, body: { code: 'suspended' } });
    await revoke(state.hub.hub, { level: 'grant', id: account.grantId, reason: 'user', actor: 'test' });
    await unsuspend(state.hub.hub, about);
    expect(await me(account.token)).toMatchObject({ status: 401, body: { code: 'token_revoked' } });
  });

  test('two hubs on one store: what one revokes, the other refuses at its next call', async () => {
    const account = await state.hub.account();
    expect((await me(account.token)).status).toBe(200);
    const environment = { PATCHBAY_DATA: state.hub.folder, PATCHBAY_SEND_THREAD: '0' };
    const { hub: other } = await openNodeHub(environment, memoryLog());
    await revoke(other, { level: 'token', id: account.tokenId, reason: 'user', actor: 'test' });
    expect((await me(account.token)).status).toBe(401);
    const second = await state.hub.account();
    expect((await me(second.token)).status).toBe(200);
    await revoke(other, { level: 'account', id: second.id, reason: 'user', actor: 'test' });
    expect((await me(second.token)).status).toBe(401);
    await other.http.close();
    await other.store.close();
  });
});
