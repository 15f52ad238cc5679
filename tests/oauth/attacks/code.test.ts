import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { revoke, suspend } from '../../../src/access/index.ts';
import { challengeOf, newVerifier, oauthError, redirectUri, type Stand, startStand } from '../stand.ts';

describe('authorization codes', () => {
  const state = {} as { stand: Stand };
  beforeAll(async () => {
    state.stand = await startStand();
  });
  afterAll(() => state.stand.stop());

  describe('RFC 9700 §4.5: code injection', () => {
    test.each<[string, Record<string, string | null>]>([
      ['no verifier', { code_verifier: null }],
      ['an empty verifier', { code_verifier: '' }],
      ['another verifier', { code_verifier: newVerifier() }],
      ['the challenge in place of the verifier', { code_verifier: challengeOf('x') }],
      ['a verifier too short (RFC 7636 §4.1)', { code_verifier: 'short' }],
      ['a verifier too long', { code_verifier: 'a'.repeat(129) }],
      ['another redirect URI (RFC 6749 §4.1.3)', { redirect_uri: 'https://app.example/other' }],
      ['no redirect URI', { redirect_uri: null }],
      ['another spelling of the redirect URI', { redirect_uri: `${redirectUri}/` }],
    ])('%s is refused, and the code stays good for its owner', async (_, over) => {
      const { codeFor, redeem, publicApp } = state.stand;
      const code = await codeFor(publicApp);
      const refused = await redeem(publicApp, code, over);
      expect(refused.status).toBe(400);
      expect(['invalid_grant', 'invalid_request']).toContain(refused.body.error);
      expect((await redeem(publicApp, code)).status).toBe(200);
    });

    test('a code of one client is nothing in the hands of another (RFC 6749 §10.5)', async () => {
      const { app, codeFor, redeem, publicApp, confidentialApp, cases } = state.stand;
      const code = await codeFor(publicApp);
      const other = await app();
      const before = (await cases()).length;
      expect(await redeem(other, code)).toMatchObject(oauthError('invalid_grant'));
      expect(await redeem(confidentialApp, code)).toMatchObject(oauthError('invalid_grant'));
      expect((await redeem(publicApp, code)).status).toBe(200);
      expect((await cases()).length).toBe(before);
    });

    test('a code of another session of the same client fails at the verifier', async () => {
      const { codeFor, redeem, publicApp } = state.stand;
      const mine = newVerifier();
      await codeFor(publicApp, { code_challenge: challengeOf(mine) });
      const stolen = await codeFor(publicApp);
      expect(await redeem(publicApp, stolen, { code_verifier: mine })).toMatchObject(
        oauthError('invalid_grant'),
      );
    });
  });

  describe('RFC 6749 §4.1.2: replay', () => {
    test('a code that is used twice gives one set of tokens, suspends its grant and opens a case', async () => {
      const { codeFor, redeem, publicApp, me, cases, grants } = state.stand;
      const code = await codeFor(publicApp);
      const first = await redeem(publicApp, code);
      expect((await me(first.body.access_token)).status).toBe(200);
      expect(await redeem(publicApp, code)).toMatchObject(oauthError('invalid_grant'));
      expect((await me(first.body.access_token)).status).toBe(403);
      const opened = (await cases()).filter(({ kind }) => kind === 'code_replay');
      const grant = (await grants()).find(({ appId }) => appId === publicApp.clientId);
      expect(opened.map(({ subject, state: is }) => [subject, is])).toContainEqual([
        `grant:${grant?.id}`,
        'open',
      ]);
      expect(JSON.stringify(opened)).not.toContain(code);
    });

    test('many at once: one gets tokens', async () => {
      const { app, codeFor, redeem } = state.stand;
      const client = await app();
      const code = await codeFor(client);
      const answers = await Promise.all(Array.from({ length: 12 }, () => redeem(client, code)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ body }) => body.error === 'invalid_grant')).toHaveLength(11);
    });

    test('whoever has only the code, and not its verifier, can stop nobody with it', async () => {
      const { app, codeFor, redeem, me } = state.stand;
      const client = await app();
      const code = await codeFor(client);
      const first = await redeem(client, code);
      expect(await redeem(client, code, { code_verifier: newVerifier() })).toMatchObject(
        oauthError('invalid_grant'),
      );
      expect((await me(first.body.access_token)).status).toBe(200);
    });

    test('only that grant is suspended: the app goes on for others', async () => {
      const { app, approval, codeFor, redeem, me, hub, ports } = state.stand;
      const { addMember } = await import('../../../src/access/index.ts');
      const client = await app();
      const other = await hub.account();
      const userId = await addMember(ports, 'test', { accountId: other.id, userName: 'Bo', role: 'owner' });
      const theirs = await redeem(
        client,
        await codeFor(client, {}, approval({ accountId: other.id, userId })),
      );
      const code = await codeFor(client);
      await redeem(client, code);
      await redeem(client, code);
      expect((await me(theirs.body.access_token)).status).toBe(200);
    });
  });

  test('RFC 6749 §4.1.2: a code lives for a minute', async () => {
    const { app, codeFor, redeem, ports } = state.stand;
    const client = await app();
    const code = await codeFor(client);
    const { authorizations } = ports.store.tables;
    await ports.store.write((db) => [db.update(authorizations).set({ expiresAt: new Date(Date.now() - 1) })]);
    expect(await redeem(client, code)).toMatchObject(oauthError('invalid_grant'));
  });

  test.each([
    ['nothing', ''],
    ['a word', 'hello'],
    ['a code that was never given', newVerifier()],
    ['SQL', "' or 1=1 --"],
    ['far too much', 'x'.repeat(20_000)],
  ])('%s for a code is refused', async (_, code) => {
    const { redeem, publicApp } = state.stand;
    expect((await redeem(publicApp, code)).status).toBe(400);
  });

  test.each(['grant', 'user', 'account', 'app', 'partner'] as const)(
    'a code of a %s that was revoked before it was redeemed gives nothing',
    async (level) => {
      const stand = level === 'partner' ? await startStand() : state.stand;
      const { app, codeFor, redeem, ports, grants, hub, approval } = stand;
      const { addMember } = await import('../../../src/access/index.ts');
      const client = await app();
      const account = await hub.account();
      const userId = await addMember(ports, 'test', { accountId: account.id, userName: 'Cy', role: 'owner' });
      const code = await codeFor(client, {}, approval({ accountId: account.id, userId }));
      const grant = (await grants()).find(({ appId }) => appId === client.clientId);
      const ids = {
        grant: grant?.id ?? '',
        user: userId,
        account: account.id,
        app: client.clientId,
        partner: stand.partnerId,
      };
      await revoke(ports, { level, id: ids[level], reason: 'user', actor: 'test' });
      const seen = await redeem(client, code);
      expect([400, 401]).toContain(seen.status);
      expect(seen.body.access_token).toBeUndefined();
      if (level === 'partner') await stand.stop();
    },
  );

  test('a code of a suspended grant gives nothing', async () => {
    const { app, codeFor, redeem, ports, grants } = state.stand;
    const client = await app();
    const code = await codeFor(client);
    const grant = (await grants()).find(({ appId }) => appId === client.clientId);
    await suspend(ports, { level: 'grant', id: grant?.id ?? '', reason: 'odd', actor: 'test' });
    expect(await redeem(client, code)).toMatchObject(oauthError('invalid_grant'));
  });

  test('RFC 9700 §4.3: code and tokens are in no log, and in the store only as hashes', async () => {
    const { app, codeFor, redeem, hub, ports } = state.stand;
    const client = await app({ kind: 'confidential' });
    const code = await codeFor(client);
    const { body } = await redeem(client, code);
    const { tokens, authorizations, refreshes, audit } = ports.store.tables;
    const rows = await Promise.all(
      [tokens, authorizations, refreshes, audit].map((table) => ports.store.db.select().from(table)),
    );
    const kept = JSON.stringify(rows) + hub.log.lines.join('\n');
    for (const secret of [code, body.access_token, body.refresh_token, client.secret])
      expect(kept.includes(secret)).toBe(false);
  });
});
