import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMember, createPersonalToken, suspend } from '../../src/access/index.ts';
import { beginInactivity, inactivityKind } from '../../src/inactivity/index.ts';
import { eventFor } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';
import { dayMs, type Stand, startInactivityStand } from './stand.ts';

/** Days are counted from now; the sweep is told what day it is. Each test has accounts of its own. */
export function inactivitySuite(environment: () => Promise<Record<string, string>>): void {
  const state = {} as { stand: Stand; sink: Sink };
  beforeAll(async () => {
    const given = await environment();
    [state.stand, state.sink] = await Promise.all([startInactivityStand(given), startSink()]);
  });
  afterAll(async () => {
    await state.stand.stop();
    await state.sink.close();
  });

  const manager = () => state.stand.hub.account(['bookings:read', 'webhooks:manage', 'tokens:manage']);
  const setToken = (id: string, over: Record<string, Date | null>) => {
    const { store } = state.stand.ports;
    return store.write((db) => [
      db.update(store.tables.tokens).set(over).where(eq(store.tables.tokens.id, id)),
    ]);
  };
  const onDay = (days: number): Date => new Date(Date.now() + days * dayMs);
  const reasonOf = async (id: string) => (await state.stand.tokenRow(id)).revokedReason;
  const subscribe = async (token: string, path: string, types: string[]): Promise<string> => {
    const made = await state.stand.hub.call('POST', '/v1/subscriptions', token, {
      endpoint: { type: 'webhook', url: `${state.sink.origin}/${path}` },
      event_types: types,
    });
    expect(made.status).toBe(201);
    return made.body.id;
  };
  const arrived = (path: string): number =>
    state.sink.received.filter((one) => one.path === `/${path}`).length;
  const linkedGrant = async (scopes: string[] = ['bookings:read', 'webhooks:manage']) => {
    const { hub, linked, publicApp, approval, ports, grants } = state.stand;
    const account = await hub.account();
    const userId = await addMember(ports, 'test', { accountId: account.id, userName: 'Bo', role: 'owner' });
    const given = await linked(
      publicApp,
      { scope: scopes.join(' ') },
      approval({ scopes, accountId: account.id, userId }),
    );
    const grant = (await grants()).find((row) => row.accountId === account.id && row.appId !== null);
    return { account, given, grantId: grant?.id ?? '' };
  };

  describe('a personal token', () => {
    test('is announced once, 14 days before, and ends once, after 90; what it made goes on', async () => {
      const { sweepAt, said, tokenRow, receiptsOf, hub } = state.stand;
      const account = await manager();
      const subscription = await subscribe(account.token, 'quiet', ['booking.cancelled']);
      const subject = `tokens/${account.tokenId}`;
      await setToken(account.tokenId, { lastUsedAt: null });
      await sweepAt(75);
      expect(await said(subject)).toEqual([]);
      await sweepAt(76.5);
      await sweepAt(77.5);
      await sweepAt(89);
      const { warnedAt } = await tokenRow(account.tokenId);
      expect(await said(subject)).toEqual([
        {
          type: 'token.expiring',
          data: {
            token_id: account.tokenId,
            ends_at: new Date((warnedAt?.getTime() ?? 0) + 14 * dayMs).toISOString(),
          },
        },
      ]);
      expect(await reasonOf(account.tokenId)).toBeNull();
      await sweepAt(91);
      await sweepAt(92);
      expect(await reasonOf(account.tokenId)).toBe('inactive');
      expect(await receiptsOf(account.tokenId)).toMatchObject([{ reason: 'inactive', actor: 'hub' }]);
      expect((await said(subject)).map(({ type }) => type)).toEqual(['token.expiring', 'token.revoked']);
      expect((await hub.call('GET', '/v1/me', account.token)).body.code).toBe('token_revoked');
      const { subscriptions } = hub.hub.store.tables;
      const [row] = await hub.hub.store.db
        .select()
        .from(subscriptions)
        .where(eq(subscriptions.id, subscription));
      expect(row?.state).toBe('active');
    });

    test('stays while a calendar feed that it made is fetched; the feed ends by itself, and with it', async () => {
      const { hub, tokenRow, sweepAt, said } = state.stand;
      const feedOf = async (token: string): Promise<string> =>
        (await hub.call('POST', '/v1/calendar-feeds', token)).body.id;
      const [fetching, sleeping] = [await manager(), await manager()];
      const [fetched, forgotten, asleep] = [
        await feedOf(fetching.token),
        await feedOf(fetching.token),
        await feedOf(sleeping.token),
      ];
      for (const id of [fetching.tokenId, fetched, forgotten, sleeping.tokenId, asleep])
        await setToken(id, { createdAt: onDay(-100), lastUsedAt: onDay(-100) });
      await setToken(fetched, { lastUsedAt: onDay(-2) });
      await sweepAt(0);
      await sweepAt(15);
      const ended = await Promise.all(
        [fetching.tokenId, fetched, forgotten, sleeping.tokenId, asleep].map(reasonOf),
      );
      expect(ended).toEqual([null, null, 'inactive', 'inactive', 'inactive']);
      // A fetch is no call of the token.
      expect((await tokenRow(fetching.tokenId)).lastUsedAt?.getTime()).toBeLessThan(Date.now() - 99 * dayMs);
      expect((await said(`tokens/${forgotten}`)).map(({ type }) => type)).toContain('token.expiring');
    });

    test('that was called yesterday stays', async () => {
      const account = await manager();
      await setToken(account.tokenId, { lastUsedAt: onDay(199) });
      await state.stand.sweepAt(200);
      expect(await state.stand.tokenRow(account.tokenId)).toMatchObject({ revokedAt: null, warnedAt: null });
    });

    test('stays while what it made is delivered; deliveries to others than its own do not keep it', async () => {
      const { hub, tokenRow, sweepAt } = state.stand;
      const account = await manager();
      const wish = { label: 'lazy', scopes: ['bookings:read'] };
      const lazy = (await hub.call('POST', '/v1/tokens', account.token, wish)).body;
      await subscribe(account.token, 'kept', ['booking.confirmed']);
      const service = await hub.service();
      await hub.call('POST', '/v1/events', service, eventFor([account.id]));
      await until('it is delivered', async () => {
        const { deliveries } = hub.hub.store.tables;
        const rows = await hub.hub.store.db
          .select()
          .from(deliveries)
          .where(eq(deliveries.accountId, account.id));
        return rows.some((row) => row.state === 'delivered');
      });
      for (const id of [account.tokenId, lazy.id])
        await setToken(id, { createdAt: onDay(-60), lastUsedAt: onDay(-50) });
      await sweepAt(40);
      const [kept, warned] = [await tokenRow(account.tokenId), await tokenRow(lazy.id)];
      expect(kept.warnedAt).toBeNull();
      expect(kept.lastDeliveredAt?.getTime()).toBeGreaterThan(Date.now() - 60_000);
      // It shows calls alone: whoever looks into a theft asks for those.
      expect(kept.lastUsedAt?.getTime()).toBeLessThan(Date.now() - 49 * dayMs);
      expect(warned.warnedAt).not.toBeNull();
    });

    test('a use after the warning makes it void, and 90 days begin anew', async () => {
      const { sweepAt, said, tokenRow } = state.stand;
      const account = await manager();
      const subject = `tokens/${account.tokenId}`;
      await sweepAt(80);
      expect((await tokenRow(account.tokenId)).warnedAt).not.toBeNull();
      await setToken(account.tokenId, { lastUsedAt: onDay(85) });
      await sweepAt(95);
      await sweepAt(160);
      expect(await reasonOf(account.tokenId)).toBeNull();
      expect(await said(subject)).toHaveLength(1);
      await sweepAt(162);
      expect(await said(subject)).toHaveLength(2);
      await sweepAt(175);
      expect(await reasonOf(account.tokenId)).toBeNull();
      await sweepAt(177);
      expect(await reasonOf(account.tokenId)).toBe('inactive');
    });

    test('is warned before it ends, however long the hub has slept', async () => {
      const { sweepAt, said } = state.stand;
      const account = await manager();
      await sweepAt(400);
      expect(await reasonOf(account.tokenId)).toBeNull();
      expect(await said(`tokens/${account.tokenId}`)).toHaveLength(1);
      await sweepAt(413);
      expect(await reasonOf(account.tokenId)).toBeNull();
      await sweepAt(415);
      expect(await reasonOf(account.tokenId)).toBe('inactive');
    });

    test('that hears of its own warning is not kept alive by that', async () => {
      const { sweepAt, hub } = state.stand;
      const account = await manager();
      await subscribe(account.token, 'warnings', ['token.expiring', 'token.revoked']);
      await setToken(account.tokenId, { createdAt: onDay(-80), lastUsedAt: onDay(-80) });
      await sweepAt(0);
      hub.hub.queue.wake('tasks');
      await until('the warning arrives', () => arrived('warnings') === 1);
      await until('that is on record', async () => {
        const { deliveries } = hub.hub.store.tables;
        const rows = await hub.hub.store.db
          .select()
          .from(deliveries)
          .where(eq(deliveries.accountId, account.id));
        return rows[0]?.state === 'delivered';
      });
      await sweepAt(14.5);
      expect(await reasonOf(account.tokenId)).toBe('inactive');
    });

    test('says in its list when it would end', async () => {
      const { hub } = state.stand;
      const account = await manager();
      const [shown] = (await hub.call('GET', '/v1/tokens', account.token)).body.data;
      const endsMs = Date.parse(shown.ends_unused_at);
      expect(Math.abs(endsMs - Date.now() - 90 * dayMs)).toBeLessThan(dayMs);
    });
  });

  test('a service token, a client secret and a token with an end of its own never end of disuse', async () => {
    const { hub, sweepAt, ports, confidentialApp, token } = state.stand;
    const service = await hub.service(['events:publish']);
    await sweepAt(300);
    await sweepAt(320);
    const refused = await hub.call('POST', '/v1/events', service, {});
    expect(refused.status).toBe(422);
    const own = { grant_type: 'client_credentials', scope: 'webhooks:manage' };
    expect((await token(confidentialApp, own)).status).toBe(200);
    const rows = await ports.store.db.select().from(ports.store.tables.tokens);
    expect(
      rows.filter(({ kind, revokedReason }) => !['k', 'f'].includes(kind) && revokedReason === 'inactive'),
    ).toEqual([]);
  });

  describe('the consent of an app', () => {
    test('is announced once, and ends once with its tokens', async () => {
      const { grantId, given } = await linkedGrant();
      const { sweepAt, said, grantRow, receiptsOf, me } = state.stand;
      await sweepAt(75);
      expect(await said(`grants/${grantId}`)).toEqual([]);
      await sweepAt(77);
      await sweepAt(78);
      expect(await said(`grants/${grantId}`)).toMatchObject([
        { type: 'grant.expiring', data: { grant_id: grantId } },
      ]);
      await sweepAt(92);
      await sweepAt(93);
      expect((await grantRow(grantId)).endedAt).not.toBeNull();
      expect(await receiptsOf(grantId)).toMatchObject([{ reason: 'inactive', actor: 'hub' }]);
      expect((await said(`grants/${grantId}`)).map(({ type }) => type)).toEqual([
        'grant.expiring',
        'grant.revoked',
      ]);
      expect((await me(given.access_token)).status).toBe(401);
    });

    test('that was used by a call, or by nothing but deliveries, stays', async () => {
      const [called, delivered] = [await linkedGrant(), await linkedGrant()];
      const { ports, deliveredOn, sweepAt, grantRow } = state.stand;
      const { tokens } = ports.store.tables;
      await ports.store.write((db) => [
        db
          .update(tokens)
          .set({ lastUsedAt: onDay(50) })
          .where(eq(tokens.grantId, called.grantId)),
      ]);
      await deliveredOn(delivered.grantId, 50);
      await sweepAt(120);
      for (const { grantId } of [called, delivered]) {
        const row = await grantRow(grantId);
        expect(row).toMatchObject({ endedAt: null, warnedAt: null });
        expect(Math.abs((row.lastUsedAt?.getTime() ?? 0) - onDay(50).getTime())).toBeLessThan(1.1 * dayMs);
      }
      // What the counts were is remembered when they are gone.
      await ports.store.write((db) => [
        db.delete(ports.store.tables.usageDays),
        db.delete(tokens).where(eq(tokens.grantId, called.grantId)),
      ]);
      await sweepAt(125);
      for (const { grantId } of [called, delivered])
        expect(await grantRow(grantId)).toMatchObject({ endedAt: null, warnedAt: null });
    });

    test('a real delivery is counted by the hub, and counts after a warning; the warning’s own does not', async () => {
      const { hub, ports, sweepAt, grantRow } = state.stand;
      const [deaf, used] = [await linkedGrant(), await linkedGrant()];
      for (const [name, { given }] of Object.entries({ deaf, used }))
        await subscribe(given.access_token, `${name}-grant`, ['booking.confirmed', 'grant.expiring']);
      // As if all of it had begun long ago, so that what is delivered today comes after the warning.
      const { grants, tokens } = ports.store.tables;
      for (const { grantId } of [deaf, used])
        await ports.store.write((db) => [
          db
            .update(grants)
            .set({ createdAt: onDay(-80) })
            .where(eq(grants.id, grantId)),
          db
            .update(tokens)
            .set({ lastUsedAt: onDay(-80) })
            .where(eq(tokens.grantId, grantId)),
        ]);
      await sweepAt(0);
      hub.hub.queue.wake('tasks');
      await until('both are warned', () => arrived('deaf-grant') === 1 && arrived('used-grant') === 1);
      expect((await grantRow(used.grantId)).warnedAt).not.toBeNull();
      await hub.call('POST', '/v1/events', await hub.service(), eventFor([used.account.id]));
      await until('the event arrives', () => arrived('used-grant') === 2);
      await until('both are counted', async () => {
        await ports.usage.flush();
        const days = await ports.store.db.select().from(ports.store.tables.usageDays);
        return [deaf, used].every(({ grantId }) =>
          days.some((row) => row.holder === `grant:${grantId}` && (row.delivered ?? 0) > 0),
        );
      });
      await sweepAt(1);
      await sweepAt(15);
      expect((await grantRow(deaf.grantId)).endedAt).not.toBeNull();
      expect((await grantRow(used.grantId)).endedAt).toBeNull();
    });

    test('an account’s own, and one that was revoked before, are left alone', async () => {
      const { grantRow, sweepAt, account, receiptsOf, ports } = state.stand;
      const gone = await linkedGrant();
      await suspend(ports, { level: 'grant', id: gone.grantId, reason: 'x', actor: 'test' });
      await sweepAt(500);
      await sweepAt(520);
      expect(await grantRow(account.grantId)).toMatchObject({ endedAt: null, warnedAt: null });
      expect(await receiptsOf(account.grantId)).toEqual([]);
      // Suspended is not used either: it ends as any.
      expect((await grantRow(gone.grantId)).endedAt).not.toBeNull();
    });

    test('says in its list when it would end', async () => {
      const { account } = await linkedGrant();
      const own = await state.stand.hub.call('GET', '/v1/grants', await tokensOf(account.id));
      const shown = own.body.data as { app: string | null; ends_unused_at: string | null }[];
      expect(shown.find(({ app }) => app === null)?.ends_unused_at).toBeNull();
      expect(shown.find(({ app }) => app !== null)?.ends_unused_at).toMatch(/^20/);
    });
  });

  test('a day has one sweep, however many processes ask for it', async () => {
    const { ports } = state.stand;
    const clock = { ...ports.clock, now: () => onDay(1_000) };
    for (let n = 0; n < 3; n++) await beginInactivity({ ...ports, clock });
    const { tasks } = ports.store.tables;
    const rows = await ports.store.db.select().from(tasks).where(eq(tasks.kind, 'inactivity'));
    const day = onDay(1_000).toISOString().slice(0, 10);
    expect(rows.filter(({ id }) => id.endsWith(day))).toHaveLength(1);
  });

  test('two workers that do the same day do it once', async () => {
    const account = await manager();
    const { sweepAt, receiptsOf, said, ports } = state.stand;
    await sweepAt(80);
    const clock = { ...ports.clock, ms: () => onDay(96).getTime(), now: () => onDay(96) };
    const task = { cursor: null } as Parameters<ReturnType<typeof inactivityKind>>[0]; // It looks at nothing else.
    await Promise.all([inactivityKind({ ...ports, clock })(task), inactivityKind({ ...ports, clock })(task)]);
    await sweepAt(97);
    expect(await receiptsOf(account.tokenId)).toHaveLength(1);
    expect((await said(`tokens/${account.tokenId}`)).map(({ type }) => type)).toEqual([
      'token.expiring',
      'token.revoked',
    ]);
  });

  async function tokensOf(accountId: string): Promise<string> {
    const wish = { label: 'own', env: 'live' as const, scopes: ['tokens:manage'], accountId };
    return (await createPersonalToken(state.stand.ports, 'test', wish)).token;
  }
}
