import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addMember,
  createPersonalToken,
  joinAccount,
  revoke,
  suspend,
  unsuspend,
} from '../../src/access/index.ts';
import { createSignInLink } from '../../src/sessions/index.ts';
import { startTestHub, type TestHub } from '../harness/hub.ts';

describe('a session', () => {
  let hub: TestHub;
  let account: Awaited<ReturnType<TestHub['account']>>;
  beforeAll(async () => {
    hub = await startTestHub();
    account = await hub.account();
  });
  afterAll(() => hub.stopAndForget());

  const person = (accountId = account.id) =>
    addMember(hub.hub, 'test', { accountId, userName: 'Ana', role: 'owner' });
  const secretOf = async (userId: string) =>
    new URL((await createSignInLink(hub.hub, 'test', userId)).url).searchParams.get('link') ?? '';
  const ask = (path: string, init: RequestInit = {}, cookie = '') =>
    fetch(hub.origin + path, {
      redirect: 'manual',
      ...init,
      headers: { ...(cookie ? { cookie } : {}), ...(init.headers as Record<string, string>) },
    });
  const post = (
    path: string,
    fields: Record<string, string>,
    cookie = '',
    headers: Record<string, string> = { origin: hub.origin },
  ) => ask(path, { method: 'POST', body: new URLSearchParams(fields), headers }, cookie);
  const signIn = async (userId: string): Promise<string> => {
    const answer = await post('/portal/sign-in', { link: await secretOf(userId) });
    return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  };
  const keyOf = async (cookie: string): Promise<string> =>
    /name="form_key" value="([^"]+)"/.exec(await (await ask('/portal/account', {}, cookie)).text())?.[1] ??
    '';

  test('a link signs in once; opening it spends nothing', async () => {
    const link = await secretOf(await person());
    expect((await ask(`/portal/sign-in?link=${link}`)).status).toBe(200);
    expect((await ask(`/portal/sign-in?link=${link}`)).status).toBe(200);
    const both = await Promise.all([post('/portal/sign-in', { link }), post('/portal/sign-in', { link })]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 404]);
    expect((await ask(`/portal/sign-in?link=${link}`)).status).toBe(404);
  });

  test('a link that has expired, or was never made, signs nobody in', async () => {
    const userId = await person();
    const link = await secretOf(userId);
    const { signInLinks } = hub.hub.store.tables;
    await hub.hub.store.write((db) => [db.update(signInLinks).set({ expiresAt: new Date(0) })]);
    expect((await post('/portal/sign-in', { link })).status).toBe(404);
    expect((await post('/portal/sign-in', { link: 'x'.repeat(43) })).status).toBe(404);
    expect((await post('/portal/sign-in', { link: `'; drop table users` })).status).toBe(404);
  });

  test('the cookie is for this host alone, out of reach of scripts, and not sent from elsewhere', async () => {
    const answer = await post('/portal/sign-in', { link: await secretOf(await person()) });
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^patchbay=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=43200$/);
    const secure = await startTestHub({ PATCHBAY_PUBLIC_URL: 'https://hub.example.com' });
    try {
      const there = await secure.account();
      const userId = await addMember(secure.hub, 'test', {
        accountId: there.id,
        userName: 'A',
        role: 'owner',
      });
      const { url } = await createSignInLink(secure.hub, 'test', userId);
      expect(url).toMatch(/^https:\/\/hub\.example\.com\/portal\/sign-in\?link=/);
      const signed = await fetch(`${secure.origin}/portal/sign-in`, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ link: new URL(url).searchParams.get('link') ?? '' }),
        headers: { origin: secure.origin },
      });
      expect(signed.headers.get('set-cookie')).toMatch(
        /^__Host-patchbay=.*; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age/,
      );
    } finally {
      await secure.stopAndForget();
    }
  });

  test('over http on an address that is not this machine nobody signs in, and the link is not spent', async () => {
    const open = await startTestHub({ PATCHBAY_PUBLIC_URL: 'http://hub.example.com' });
    try {
      const there = await open.account();
      const userId = await addMember(open.hub, 'test', { accountId: there.id, userName: 'A', role: 'owner' });
      const link =
        new URL((await createSignInLink(open.hub, 'test', userId)).url).searchParams.get('link') ?? '';
      const answer = await fetch(`${open.origin}/portal/sign-in`, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ link }),
        headers: { origin: open.origin },
      });
      expect(answer.status).toBe(422);
      expect(await answer.text()).toContain('PATCHBAY_PUBLIC_URL');
      expect((await fetch(`${open.origin}/portal/sign-in?link=${link}`)).status).toBe(200);
    } finally {
      await open.stopAndForget();
    }
  });

  test('a form from another site, or without the session’s key, does nothing', async () => {
    const cookie = await signIn(await person());
    const fields = { label: 'x', scopes: 'bookings:read', days: '30' };
    const refused = [
      await post('/portal/tokens/new', { ...fields, form_key: await keyOf(cookie) }, cookie, {
        origin: 'https://evil.example',
      }),
      await post('/portal/tokens/new', { ...fields, form_key: await keyOf(cookie) }, cookie, {
        'sec-fetch-site': 'cross-site',
        origin: hub.origin,
      }),
      await post('/portal/tokens/new', { ...fields, form_key: await keyOf(cookie) }, cookie, {}),
      await post('/portal/tokens/new', fields, cookie),
      await post(
        '/portal/tokens/new',
        { ...fields, form_key: await keyOf(await signIn(await person())) },
        cookie,
      ),
    ];
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    expect(
      (await post('/portal/tokens/new', { ...fields, form_key: await keyOf(cookie) }, cookie)).status,
    ).toBe(201);
    expect(
      (
        await post('/portal/sign-in', { link: await secretOf(await person()) }, '', {
          origin: 'https://evil.example',
        })
      ).status,
    ).toBe(403);
  });

  test('signing out ends it for good, and expiry ends it by itself', async () => {
    const cookie = await signIn(await person());
    expect((await ask('/portal', {}, cookie)).status).toBe(200);
    expect((await post('/portal/sign-out', { form_key: await keyOf(cookie) }, cookie)).status).toBe(303);
    expect((await ask('/portal', {}, cookie)).headers.get('location')).toBe('/portal/sign-in?next=%2Fportal');
    const other = await signIn(await person());
    const { sessions } = hub.hub.store.tables;
    await hub.hub.store.write((db) => [db.update(sessions).set({ expiresAt: new Date(0) })]);
    expect((await ask('/portal', {}, other)).status).toBe(303);
  });

  test('what is revoked or suspended above it ends or stops it at once', async () => {
    const userId = await person();
    const cookie = await signIn(userId);
    await suspend(hub.hub, { level: 'user', id: userId, reason: 'test', actor: 'test' });
    expect((await ask('/portal', {}, cookie)).status).toBe(403);
    await unsuspend(hub.hub, { level: 'user', id: userId, actor: 'test' });
    expect((await ask('/portal', {}, cookie)).status).toBe(200);
    await revoke(hub.hub, { level: 'user', id: userId, reason: 'test', actor: 'test' });
    const after = await ask('/portal', {}, cookie);
    expect(after.status).toBe(303);
    expect(after.headers.get('set-cookie')).toContain('Max-Age=0');
  });

  test('a person of two accounts chooses, and sees of each only its own', async () => {
    const other = await hub.account();
    const userId = await person();
    await joinAccount(hub.hub, 'test', { accountId: other.id, userId, role: 'member' });
    const wish = {
      endpoint: { type: 'webhook', url: 'https://example.com/' },
      event_types: ['booking.*'],
      description: 'of the other',
    };
    const made = await hub.call('POST', '/v1/subscriptions', other.token, wish);
    const cookie = await signIn(userId);
    expect((await ask('/portal', {}, cookie)).headers.get('location')).toContain('/portal/account');
    const form_key = await keyOf(cookie);
    await post('/portal/account', { form_key, account: account.id, env: 'live' }, cookie);
    expect((await ask(`/portal/subscriptions/${made.body.id}`, {}, cookie)).status).toBe(404);
    await post('/portal/account', { form_key, account: other.id, env: 'live' }, cookie);
    expect((await ask(`/portal/subscriptions/${made.body.id}`, {}, cookie)).status).toBe(200);
    await post('/portal/account', { form_key, account: other.id, env: 'test' }, cookie);
    expect((await ask(`/portal/subscriptions/${made.body.id}`, {}, cookie)).status).toBe(404);
    const stranger = await hub.account();
    expect(
      (await post('/portal/account', { form_key, account: stranger.id, env: 'live' }, cookie)).status,
    ).toBe(403);
  });

  test('the caps of a person hold across their sessions and tokens, and forms count as what creates', async () => {
    // One comes back in ten seconds, and in a minute.
    const tight = await startTestHub({
      PATCHBAY_USER_UNITS_PER_MINUTE: '12',
      PATCHBAY_CREATES_PER_MINUTE: '1',
    });
    try {
      const { id: accountId } = await tight.account();
      const of = { accountId, userName: 'Ana', role: 'owner' } as const;
      const userId = await addMember(tight.hub, 'test', of);
      const ask = async (path: string, headers: Record<string, string>, method = 'GET') =>
        (await fetch(tight.origin + path, { headers, method, redirect: 'manual' })).status;
      const signIn = async (id: string) => {
        const link =
          new URL((await createSignInLink(tight.hub, 'test', id)).url).searchParams.get('link') ?? '';
        const answer = await fetch(`${tight.origin}/portal/sign-in`, {
          method: 'POST',
          redirect: 'manual',
          body: new URLSearchParams({ link }),
          headers: { origin: tight.origin },
        });
        return { cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
      };
      const made = await createPersonalToken(tight.hub, 'test', {
        label: 'sync',
        scopes: ['bookings:read'],
        env: 'live',
        expiresAt: null,
        accountId,
        userId,
      });
      const token = { authorization: `Bearer ${made.token}` };
      const [one, two] = [await signIn(userId), await signIn(userId)];
      for (const session of [one, two, one, two]) expect(await ask('/portal/account', session)).toBe(200);
      for (let i = 0; i < 8; i += 1) expect(await ask('/v1/me', token)).toBe(200);
      expect([
        await ask('/portal/account', one),
        await ask('/portal/account', two),
        await ask('/v1/me', token),
      ]).toEqual([429, 429, 429]);

      // Another person's forms: the second of a minute is refused by the cap on what creates, their pages are not.
      const other = await signIn(await addMember(tight.hub, 'test', { ...of, userName: 'Ben' }));
      const form = { ...other, origin: tight.origin };
      expect(await ask('/portal/tokens/new', form, 'POST')).not.toBe(429);
      expect(await ask('/portal/tokens/new', form, 'POST')).toBe(429);
      expect(await ask('/portal/account', other)).toBe(200);
    } finally {
      await tight.stopAndForget();
    }
  });

  test('what it does is in the audit trail under the person’s name', async () => {
    const userId = await person();
    const cookie = await signIn(userId);
    await post(
      '/portal/tokens/new',
      { form_key: await keyOf(cookie), label: 'mine', scopes: 'bookings:read', days: '30' },
      cookie,
    );
    const { audit } = hub.hub.store.tables;
    const rows = await hub.hub.store.db.select().from(audit);
    const actions = rows.filter(({ actor }) => actor === userId).map(({ action }) => action);
    expect(actions).toEqual(['session.start', 'token.create']);
  });

  test('no page answers 500, and none repeats what was sent into it', async () => {
    const cookie = await signIn(await person());
    const evil = '<script>alert(1)</script>';
    const paths = [
      `/portal/deliveries?state=${evil}&event=${evil}&subscription=${evil}`,
      '/portal/deliveries?after=nonsense',
      '/portal/subscriptions?after=nonsense',
      '/portal/tokens?after=nonsense',
      `/portal/subscriptions/new?type=${evil}`,
      `/portal/event-types/${encodeURIComponent(evil)}`,
      `/portal/events/${encodeURIComponent(evil)}`,
      '/portal/deliveries/nothing',
      '/portal/subscriptions/nothing/delete',
      '/portal/tokens/nothing/revoke',
      '/portal/revocations/nothing',
      `/portal?done=${evil}`,
      `/portal/sign-in?link=${evil}`,
      `/portal/account?next=${evil}`,
    ];
    for (const path of paths) {
      const answer = await ask(path, {}, cookie);
      expect(answer.status, path).toBeLessThan(500);
      expect(await answer.text(), path).not.toContain('<script>alert');
      expect(
        answer.headers.get('content-security-policy') ?? answer.headers.get('location'),
        path,
      ).toBeTruthy();
    }
  });
});
