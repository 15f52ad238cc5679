import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMember, setAccountStatus } from '../../../src/access/index.ts';
import { decide, readInteraction } from '../../../src/oauth/index.ts';
import { type Client, type Stand, startStand } from '../stand.ts';

describe('the person’s decision', () => {
  const state = {} as { stand: Stand };
  beforeAll(async () => {
    state.stand = await startStand();
  });
  afterAll(() => state.stand.stop());
  const begin = async (client: Client = state.stand.publicApp, over = {}) => {
    const { location } = await state.stand.authorize(client, over);
    return new URL(location ?? '', state.stand.issuer).searchParams.get('interaction') ?? '';
  };

  test('what is shown: who asks, whether anybody looked at them, what for, and for whom one may act', async () => {
    const { ports, publicApp, userId, account } = state.stand;
    const shown = await readInteraction(ports, await begin(), userId);
    expect(shown).toMatchObject({
      app: { id: publicApp.clientId, name: 'Acme' },
      partner: { name: 'Acme Tools', isVerified: false },
      scopes: [
        { name: 'bookings:read', reason: expect.stringContaining('Bookings') as string },
        { name: 'reviews:read' },
      ],
      accounts: [{ id: account.id }],
      redirectHost: 'app.example',
    });
  });

  test('RFC 6749 §10.12: an interaction that nobody began is nothing', async () => {
    const { ports, userId, approval } = state.stand;
    for (const id of ['', 'x', 'par_01kam0000000000000000000zz']) {
      await expect(readInteraction(ports, id, userId)).rejects.toMatchObject({ code: 'not_found' });
      await expect(decide(ports, id, approval())).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  test('is made once, however often and fast it is sent', async () => {
    const { ports, approval } = state.stand;
    const interaction = await begin();
    const made = await Promise.allSettled(
      Array.from({ length: 5 }, () => decide(ports, interaction, approval())),
    );
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(
      decide(ports, interaction, { kind: 'denied', userId: state.stand.userId }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  test('who is no member of the account cannot give its consent', async () => {
    const { ports, hub, approval } = state.stand;
    const other = await hub.account();
    const stranger = await addMember(ports, 'test', { accountId: other.id, userName: 'Eve', role: 'owner' });
    const interaction = await begin();
    await expect(decide(ports, interaction, approval({ userId: stranger }))).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(decide(ports, interaction, approval({ accountId: other.id }))).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(decide(ports, interaction, approval({ userId: 'usr_none' }))).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test.each(['suspended', 'closed'] as const)('an account that is %s gives none', async (status) => {
    const { ports, hub, approval } = state.stand;
    const account = await hub.account();
    const userId = await addMember(ports, 'test', { accountId: account.id, userName: 'Di', role: 'owner' });
    await setAccountStatus(ports, 'test', account.id, status);
    await expect(
      decide(ports, await begin(), approval({ accountId: account.id, userId })),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });

  test.each([
    ['more than was asked', ['bookings:read', 'webhooks:manage']],
    ['what nobody may give', ['events:publish']],
    ['nothing', []],
    ['the same twice', ['bookings:read', 'bookings:read']],
  ])('%s cannot be granted', async (_, scopes) => {
    const { ports, approval } = state.stand;
    await expect(decide(ports, await begin(), approval({ scopes }))).rejects.toMatchObject({
      code: 'validation_failed',
    });
  });

  test('fewer than were asked can, and the token has no more', async () => {
    const { approval, linked, me, publicApp } = state.stand;
    const given = await linked(publicApp, {}, approval({ scopes: ['reviews:read'] }));
    expect(given.scope).toBe('reviews:read');
    expect((await me(given.access_token)).body.scopes).toEqual(['reviews:read']);
  });

  test('an interaction ends, and one whose app was revoked meanwhile too', async () => {
    const { app, approval, ports } = state.stand;
    const { revoke } = await import('../../../src/access/index.ts');
    const client = await app();
    const interaction = await begin(client);
    await revoke(ports, { level: 'app', id: client.clientId, reason: 'abuse', actor: 'test' });
    await expect(decide(ports, interaction, approval())).rejects.toMatchObject({ code: 'not_found' });
    const late = await begin();
    const { authorizations } = ports.store.tables;
    await ports.store.write((db) => [db.update(authorizations).set({ expiresAt: new Date(0) })]);
    await expect(decide(ports, late, approval())).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a review that was taken back meanwhile takes the restricted scope with it [S2-17]', async () => {
    const { reviewPartner } = await import('../../../src/oauth/index.ts');
    const stand = await startStand();
    await stand.review();
    const client = await stand.app({ scopes: ['money:read'] });
    const { location } = await stand.authorize(client, { scope: 'money:read' });
    expect(location).toContain('/portal/consent');
    await reviewPartner(stand.ports, 'test', { partnerId: stand.partnerId, outcome: 'refused', note: 'odd' });
    await expect(stand.consent(location, stand.approval({ scopes: ['money:read'] }))).rejects.toMatchObject({
      code: 'validation_failed',
    });
    await stand.stop();
  });

  test('a review opens what it covers, past its end or withdrawn nothing [S2-17]', async () => {
    const { reviewPartner, withdrawReview, createPartner } = await import('../../../src/oauth/index.ts');
    const { ports, app, authorize } = state.stand;
    const partnerId = await createPartner(ports, 'test', 'Lens & Co');
    const client = await app({ partnerId, scopes: ['money:read', 'messages:read'] });
    const isAsked = async (scope: string): Promise<boolean> =>
      ((await authorize(client, { scope })).location ?? '').includes('/portal/consent');
    const review = { partnerId, outcome: 'passed' as const, note: 'looked at' };
    expect(await isAsked('money:read')).toBe(false);
    await reviewPartner(ports, 'test', { ...review, scopes: ['money:read'] });
    expect([await isAsked('money:read'), await isAsked('messages:read')]).toEqual([true, false]);
    expect(await isAsked('money:read messages:read')).toBe(false);
    await reviewPartner(ports, 'test', { ...review, expiresAt: new Date(ports.clock.ms() + 3_600_000) });
    expect(await isAsked('messages:read')).toBe(true);
    const { reviews } = ports.store.tables;
    await ports.store.write((db) => [db.update(reviews).set({ expiresAt: new Date(ports.clock.ms() - 1) })]);
    expect(await isAsked('messages:read')).toBe(false);
    await reviewPartner(ports, 'test', review);
    expect(await isAsked('messages:read')).toBe(true);
    await withdrawReview(ports, 'test', { partnerId, note: 'sold to somebody' });
    expect(await isAsked('messages:read')).toBe(false);
  });

  test('a consent without history shows nothing of before it', async () => {
    const { app, hub, linked } = state.stand;
    const { eventFor } = await import('../../harness/hub.ts');
    const service = await hub.service();
    await hub.call('POST', '/v1/events', service, eventFor([state.stand.account.id]));
    const { access_token } = await linked(await app());
    expect((await hub.call('GET', '/v1/events', access_token)).body.data).toEqual([]);
    await hub.call('POST', '/v1/events', service, eventFor([state.stand.account.id]));
    expect((await hub.call('GET', '/v1/events', access_token)).body.data).toHaveLength(1);
    const past = await linked(await app(), {}, state.stand.approval({ history: true }));
    expect((await hub.call('GET', '/v1/events', past.access_token)).body.data).toHaveLength(2);
  });

  test('a second consent to the same app is the same grant, with what both gave', async () => {
    const { app, approval, grants, linked } = state.stand;
    const client = await app();
    await linked(client, {}, approval({ scopes: ['reviews:read'] }));
    const second = await linked(client, {}, approval({ scopes: ['bookings:read'] }));
    expect(second.scope).toBe('bookings:read');
    const mine = (await grants()).filter(({ appId }) => appId === client.clientId);
    expect(mine.map(({ scopes }) => scopes.toSorted())).toEqual([['bookings:read', 'reviews:read']]);
  });

  test('what staff suspended is not begun anew by another consent', async () => {
    const { app, linked, grants, ports } = state.stand;
    const { suspend } = await import('../../../src/access/index.ts');
    const client = await app();
    await linked(client);
    const grant = (await grants()).find(({ appId }) => appId === client.clientId);
    await suspend(ports, { level: 'grant', id: grant?.id ?? '', reason: 'abuse', actor: 'test' });
    await expect(linked(client)).rejects.toMatchObject({ code: 'forbidden' });
  });
});
