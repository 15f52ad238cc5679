import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eq as eqId } from 'drizzle-orm';
import { revoke } from '../../../src/access/index.ts';
import { type Client, oauthError, type Stand, startStand } from '../stand.ts';

describe('RFC 9700 §4.14: refresh tokens', () => {
  const state = {} as { stand: Stand };
  beforeAll(async () => {
    state.stand = await startStand();
  });
  afterAll(() => state.stand.stop());

  /** Every refresh token of the app looks as if it had been superseded this long ago. */
  const age = async ({ clientId }: Client, ms: number) => {
    const { store } = state.stand.ports;
    const { refreshes, tokens } = store.tables;
    const mine = await store.db.select().from(tokens);
    const rows = await store.db.select().from(refreshes);
    const ids = new Set(mine.filter(({ appId }) => appId === clientId).map(({ id }) => id));
    for (const row of rows.filter(({ id, supersededAt }) => ids.has(id) && supersededAt))
      await store.write((db) => [
        db
          .update(refreshes)
          .set({ supersededAt: new Date((row.supersededAt?.getTime() ?? 0) - ms) })
          .where(eqId(refreshes.id, row.id)),
      ]);
  };
  const isStopped = async (accessToken: string) => (await state.stand.me(accessToken)).status === 403;
  const casesOf = async (client: Client) => {
    const { grants, cases } = state.stand;
    const mine = (await grants())
      .filter(({ appId }) => appId === client.clientId)
      .map(({ id }) => `grant:${id}`);
    return (await cases()).filter(({ kind, subject }) => kind === 'refresh_reuse' && mine.includes(subject));
  };

  describe('a public client: rotation (§4.14.2)', () => {
    test('each refresh gives a new one', async () => {
      const { app, linked, refresh, me } = state.stand;
      const client = await app();
      const first = await linked(client);
      const second = (await refresh(client, first.refresh_token)).body;
      expect(second.refresh_token).not.toBe(first.refresh_token);
      expect(second.access_token).not.toBe(first.access_token);
      expect((await me(second.access_token)).status).toBe(200);
    });

    test('parallel × 10: all get the same answer, nothing is suspended', async () => {
      const { app, linked, refresh, me } = state.stand;
      const client = await app();
      const { refresh_token } = await linked(client);
      const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(client, refresh_token)));
      expect(answers.map(({ status }) => status)).toEqual(Array<number>(10).fill(200));
      expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
      expect(new Set(answers.map(({ body }) => body.access_token)).size).toBe(1);
      expect((await me(answers[0]?.body.access_token)).status).toBe(200);
      expect(await casesOf(client)).toEqual([]);
    });

    test('lost answer: asked again within a minute it is given again, and minted nothing new', async () => {
      const { app, linked, refresh, ports } = state.stand;
      const client = await app();
      const { refresh_token } = await linked(client);
      const lost = await refresh(client, refresh_token);
      const count = async () => (await ports.store.db.select().from(ports.store.tables.tokens)).length;
      const before = await count();
      const again = await refresh(client, refresh_token);
      expect(again.body).toEqual(lost.body);
      expect(await count()).toBe(before);
      expect((await refresh(client, again.body.refresh_token)).status).toBe(200);
    });

    test('late reuse: after a minute it is a theft; the grant is suspended, a case opens', async () => {
      const { app, linked, refresh } = state.stand;
      const client = await app();
      const first = await linked(client);
      const second = (await refresh(client, first.refresh_token)).body;
      await age(client, 61_000);
      expect(await refresh(client, first.refresh_token)).toMatchObject(oauthError('invalid_grant'));
      expect(await isStopped(second.access_token)).toBe(true);
      expect(await refresh(client, second.refresh_token)).toMatchObject(oauthError('invalid_grant'));
      const [opened, more] = await casesOf(client);
      expect(opened?.evidence).toMatchObject({ client: client.clientId, generation: 1 });
      expect(more).toBeUndefined();
    });

    test('two generations: once the successor was used, the old one is a theft within the minute', async () => {
      const { app, linked, refresh } = state.stand;
      const client = await app();
      const first = await linked(client);
      const second = (await refresh(client, first.refresh_token)).body;
      const third = (await refresh(client, second.refresh_token)).body;
      expect(await refresh(client, first.refresh_token)).toMatchObject(oauthError('invalid_grant'));
      expect(await isStopped(third.access_token)).toBe(true);
      expect(await casesOf(client)).toHaveLength(1);
    });

    test('the thief comes first: the owner’s refresh gives them away', async () => {
      const { app, linked, refresh } = state.stand;
      const client = await app();
      const { refresh_token } = await linked(client);
      const thief = (await refresh(client, refresh_token)).body;
      const thiefAgain = (await refresh(client, thief.refresh_token)).body;
      expect((await refresh(client, refresh_token)).body.error).toBe('invalid_grant');
      expect(await isStopped(thiefAgain.access_token)).toBe(true);
      expect((await refresh(client, thiefAgain.refresh_token)).body.error).toBe('invalid_grant');
    });

    test('both hold the successor: the second to use it gives the theft away', async () => {
      const { app, linked, refresh } = state.stand;
      const client = await app();
      const { refresh_token } = await linked(client);
      const owner = (await refresh(client, refresh_token)).body;
      const thief = (await refresh(client, refresh_token)).body;
      expect(thief.refresh_token).toBe(owner.refresh_token);
      const next = (await refresh(client, thief.refresh_token)).body;
      await age(client, 61_000);
      expect((await refresh(client, owner.refresh_token)).body.error).toBe('invalid_grant');
      expect(await isStopped(next.access_token)).toBe(true);
    });

    test('asked again with fewer scopes it is no retry: refused, and not given', async () => {
      const { app, linked, refresh } = state.stand;
      const client = await app();
      const { refresh_token } = await linked(client);
      await refresh(client, refresh_token);
      expect((await refresh(client, refresh_token, { scope: 'bookings:read' })).body.error).toBe(
        'invalid_grant',
      );
    });

    test('lost answer, asked again from another network: refused, and nothing stops; from the same one it is given', async () => {
      const stand = await startStand({ PATCHBAY_PROXY_HOPS: '1' });
      const from = (address: string) => ({ 'x-forwarded-for': address });
      const client = await stand.app();
      const code = await stand.codeFor(client);
      const { body: first } = await stand.redeem(client, code, {}, from('198.51.100.7'));
      const lost = await stand.refresh(client, first.refresh_token, {}, from('198.51.100.8'));
      const strange = await stand.refresh(client, first.refresh_token, {}, from('203.0.113.9'));
      expect(strange).toMatchObject(oauthError('invalid_grant'));
      expect((await stand.me(lost.body.access_token)).status).toBe(200);
      const again = await stand.refresh(client, first.refresh_token, {}, from('198.51.100.9'));
      expect(again.body).toEqual(lost.body);
      await stand.stop();
    });

    test('a race of a theft against its owner never leaves two living chains', async () => {
      const { app, linked, refresh } = state.stand;
      const client = await app();
      const { refresh_token } = await linked(client);
      const [a, b] = await Promise.all([refresh(client, refresh_token), refresh(client, refresh_token)]);
      const nexts = await Promise.all([
        refresh(client, a.body.refresh_token),
        refresh(client, b.body.refresh_token),
      ]);
      expect(new Set(nexts.map(({ body }) => body.refresh_token)).size).toBe(1);
    });

    test('RFC 6749 §10.4: another client cannot use it, and stops nobody by trying', async () => {
      const { app, linked, refresh, me } = state.stand;
      const [client, other] = [await app(), await app()];
      const { refresh_token, access_token } = await linked(client);
      expect(await refresh(other, refresh_token)).toMatchObject(oauthError('invalid_grant'));
      expect((await me(access_token)).status).toBe(200);
      expect((await refresh(client, refresh_token)).status).toBe(200);
    });

    test('it ends 30 days after its last use, and after 180 days in any case', async () => {
      const { app, linked, ports } = state.stand;
      const client = await app();
      await linked(client);
      const { tokens, refreshes } = ports.store.tables;
      const rows = (await ports.store.db.select().from(tokens)).filter(
        ({ kind, appId }) => kind === 'r' && appId === client.clientId,
      );
      const chains = await ports.store.db.select().from(refreshes);
      const days = (from: Date | undefined, to: Date | null | undefined) =>
        Math.round(((to?.getTime() ?? 0) - (from?.getTime() ?? 0)) / 86_400_000);
      const chain = chains.find(({ id }) => id === rows[0]?.id);
      expect(days(rows[0]?.createdAt, rows[0]?.expiresAt)).toBe(30);
      expect(days(rows[0]?.createdAt, chain?.chainEndsAt)).toBe(180);
    });
  });

  describe('a confidential client: bound to its authentication (FAPI 2.0 §5.3.2.1)', () => {
    test('does not rotate, and parallel × 20 all get tokens of their own', async () => {
      const { app, linked, refresh } = state.stand;
      const client = await app({ kind: 'confidential' });
      const { refresh_token } = await linked(client);
      const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(client, refresh_token)));
      expect(answers.map(({ status }) => status)).toEqual(Array<number>(20).fill(200));
      expect(new Set(answers.map(({ body }) => body.access_token)).size).toBe(20);
      for (const { body } of answers) expect(body.refresh_token ?? refresh_token).toBe(refresh_token);
    });

    test('it has no end but that of not being used: a Zap must not die in half a year', async () => {
      const { app, linked, ports } = state.stand;
      const client = await app({ kind: 'confidential' });
      await linked(client);
      const { tokens, refreshes } = ports.store.tables;
      const [row] = (await ports.store.db.select().from(tokens)).filter(
        ({ kind, appId }) => kind === 'r' && appId === client.clientId,
      );
      const chain = (await ports.store.db.select().from(refreshes)).find(({ id }) => id === row?.id);
      expect(chain?.chainEndsAt).toBeNull();
    });

    test('more than 100 living access tokens of a grant are refused, and none of them is put out', async () => {
      const { app, linked, refresh, me } = state.stand;
      const client = await app({ kind: 'confidential' });
      const first = await linked(client);
      for (let i = 0; i < 99; i++) expect((await refresh(client, first.refresh_token)).status).toBe(200);
      const over = await refresh(client, first.refresh_token);
      expect(over.status).toBe(429);
      expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await me(first.access_token)).status).toBe(200);
    });
  });

  describe('scopes (RFC 6749 §6)', () => {
    test('more than was granted is refused', async () => {
      const { app, linked, refresh } = state.stand;
      const client = await app();
      const { refresh_token } = await linked(client);
      const seen = await refresh(client, refresh_token, { scope: 'bookings:read webhooks:manage' });
      expect(seen).toMatchObject(oauthError('invalid_scope'));
      expect((await refresh(client, refresh_token)).status).toBe(200);
    });

    test('fewer may be asked, and the next refresh may have them all again', async () => {
      const { app, linked, refresh } = state.stand;
      const client = await app({ kind: 'confidential' });
      const { refresh_token } = await linked(client);
      expect((await refresh(client, refresh_token, { scope: 'bookings:read' })).body.scope).toBe(
        'bookings:read',
      );
      expect((await refresh(client, refresh_token)).body.scope).toBe('bookings:read reviews:read');
    });

    test('a scope that the person took away is gone from the next token', async () => {
      const { app, linked, refresh, ports } = state.stand;
      const client = await app();
      const { refresh_token } = await linked(client);
      const { grants } = ports.store.tables;
      await ports.store.write((db) => [
        db
          .update(grants)
          .set({ scopes: ['reviews:read'] })
          .where(eqId(grants.appId, client.clientId)),
      ]);
      expect((await refresh(client, refresh_token)).body.scope).toBe('reviews:read');
    });
  });

  test.each(['grant', 'user', 'account', 'app', 'installation'] as const)(
    'a refresh token of a %s that was revoked gives nothing',
    async (level) => {
      const stand = level === 'app' || level === 'grant' ? state.stand : await startStand();
      const client = await stand.app();
      const { refresh_token } = await stand.linked(client);
      const grant = (await stand.grants()).find(({ appId }) => appId === client.clientId);
      const ids = {
        grant: grant?.id ?? '',
        user: stand.userId,
        account: stand.account.id,
        app: client.clientId,
        installation: '',
      };
      await revoke(stand.ports, { level, id: ids[level], reason: 'user', actor: 'test' });
      const seen = await stand.refresh(client, refresh_token);
      expect(['invalid_grant', 'invalid_client']).toContain(seen.body.error);
      if (stand !== state.stand) await stand.stop();
    },
  );

  test('revoke against mint: whatever the order, nothing minted lives after the revocation was answered', async () => {
    const { app, linked, refresh, ports, grants, me } = state.stand;
    for (let round = 0; round < 8; round++) {
      const client = await app({ kind: 'confidential' });
      const { refresh_token } = await linked(client);
      const grant = (await grants()).find(({ appId }) => appId === client.clientId);
      const [answers] = await Promise.all([
        Promise.all(Array.from({ length: 6 }, () => refresh(client, refresh_token))),
        revoke(ports, { level: 'grant', id: grant?.id ?? '', reason: 'user', actor: 'test' }),
      ]);
      for (const { body } of answers.filter(({ status }) => status === 200))
        expect((await me(body.access_token)).status).toBe(401);
    }
  });

  test('a fresh consent after a theft begins anew; what the thief has stays dead', async () => {
    const { app, linked, refresh, me } = state.stand;
    const client = await app();
    const first = await linked(client);
    const second = (await refresh(client, first.refresh_token)).body;
    await age(client, 61_000);
    await refresh(client, first.refresh_token);
    const fresh = await linked(client);
    expect((await me(fresh.access_token)).status).toBe(200);
    expect((await me(second.access_token)).status).toBeGreaterThanOrEqual(401);
    expect((await refresh(client, second.refresh_token)).body.error).toBe('invalid_grant');
  });
});
