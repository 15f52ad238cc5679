import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { narrowGrant } from '../../src/access/index.ts';
import { eventFor } from '../harness/hub.ts';
import { type Client, type Stand, startStand } from '../oauth/stand.ts';

describe('a scope that is taken away later', () => {
  const state = {} as { stand: Stand };
  beforeAll(async () => {
    state.stand = await startStand();
  });
  afterAll(() => state.stand.stop());

  const grantOf = async ({ clientId }: Client) => {
    const { grants } = state.stand.ports.store.tables;
    const [grant] = await state.stand.ports.store.db.select().from(grants).where(eq(grants.appId, clientId));
    return grant?.id ?? '';
  };
  const narrow = async (client: Client, scopes: string[], accountId = state.stand.account.id) =>
    narrowGrant(state.stand.ports, 'test', { accountId, grantId: await grantOf(client), scopes });

  test('is gone at once: the token ends, the next one has what is left, nobody links again', async () => {
    const { app, hub, linked, me, refresh } = state.stand;
    const client = await app({ kind: 'confidential' });
    const { access_token, refresh_token } = await linked(client);
    expect((await me(access_token)).status).toBe(200);
    await narrow(client, ['reviews:read']);
    expect((await me(access_token)).status).toBe(401);
    const { body } = await refresh(client, refresh_token);
    expect(body.scope).toBe('reviews:read');
    const service = await hub.service();
    await hub.call('POST', '/v1/events', service, eventFor([state.stand.account.id]));
    expect((await hub.call('GET', '/v1/events', body.access_token)).body.data).toEqual([]);
  });

  test('more than the grant has, nothing at all, and a grant of another account are refused', async () => {
    const { app, hub, linked } = state.stand;
    const client = await app();
    await linked(client);
    const other = await hub.account();
    await expect(narrow(client, ['webhooks:manage'])).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(narrow(client, [])).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(narrow(client, ['reviews:read'], other.id)).rejects.toMatchObject({ code: 'not_found' });
    const own = narrowGrant(state.stand.ports, 'test', {
      accountId: other.id,
      grantId: other.grantId,
      scopes: ['reviews:read'],
    });
    await expect(own).rejects.toMatchObject({ code: 'not_found' });
  });

  test('two at once: one is done, and the other is told to look again', async () => {
    const { app, linked } = state.stand;
    const client = await app();
    await linked(client);
    const made = await Promise.allSettled([
      narrow(client, ['reviews:read']),
      narrow(client, ['bookings:read']),
    ]);
    expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});
