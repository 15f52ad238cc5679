import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { purge } from '../../src/retention/index.ts';
import { type Stand, startStand } from '../oauth/stand.ts';

describe('a purge of what the authorization server left behind', () => {
  const state = {} as { stand: Stand };
  beforeAll(async () => {
    state.stand = await startStand();
  });
  afterAll(() => state.stand.stop());

  test('takes old requests, used ids and ended tokens, and leaves what still counts', async () => {
    const { authorize, confidentialApp, linked, me, ports, publicApp, refresh } = state.stand;
    const { authorizations, tokens, usedIds } = ports.store.tables;
    const given = await linked(confidentialApp);
    await authorize(publicApp);
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000);
    await ports.store.write((db) => [
      db.update(authorizations).set({ expiresAt: ago(2) }),
      db
        .update(tokens)
        .set({ expiresAt: ago(31), createdAt: ago(32) })
        .where(eq(tokens.kind, 'a')),
      db.insert(usedIds).values([
        { id: 'old', expiresAt: ago(1) },
        { id: 'young', expiresAt: ago(-1) },
      ]),
    ]);
    const purged = await purge(ports);
    expect(purged).toMatchObject({ authorizations: 1, usedIds: 1, appTokens: 1 });
    const left = await ports.store.db.select().from(authorizations);
    expect(left.map(({ state: is }) => is)).toEqual(['redeemed']);
    expect((await ports.store.db.select().from(usedIds)).map(({ id }) => id)).toEqual(['young']);
    const { body } = await refresh(confidentialApp, given.refresh_token);
    expect((await me(body.access_token)).status).toBe(200);
    await ports.store.write((db) => [db.update(authorizations).set({ expiresAt: ago(31) })]);
    expect((await purge(ports)).authorizations).toBe(1);
  });
});
