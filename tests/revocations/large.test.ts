import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { previewRevocation } from '../../src/revocations/index.ts';
import { startTestHub, type TestHub } from '../harness/hub.ts';
import { partnerApp } from '../subscriptions/partner-app.ts';

/** Numbers in a preview stop at ten thousand; what is beyond is not read. */
describe('a preview of much', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await startTestHub();
  });
  afterAll(() => hub.stopAndForget());

  test('past ten thousand a number is a lower bound, and says so', async () => {
    const { store, ids, clock, gate } = hub.hub;
    const { tokens, grants } = store.tables;
    const app = await partnerApp(hub);
    const account = await hub.account();
    const epochs = gate.snapshot({ app: app.appId, partner: app.partnerId });
    const shared = {
      env: 'live' as const,
      ...app,
      scopes: [],
      epochs,
      createdAt: clock.now(),
      accountId: account.id,
    };
    const grantIds = Array.from({ length: 120 }, () => ids.newId('grt'));
    await store.write((db) => [
      db
        .insert(grants)
        .values(
          grantIds.map((id, i) => ({ id, ...shared, userId: `usr_${i}`, sinceEvent: 0, history: false })),
        ),
      ...Array.from({ length: 51 }, () =>
        db.insert(tokens).values(
          Array.from({ length: 200 }, () => {
            const id = ids.newId('tok');
            return {
              id,
              kind: 'a' as const,
              hash: id,
              pepperVersion: 1,
              locator: 'x',
              label: 'x',
              ...shared,
            };
          }),
        ),
      ),
    ]);
    const seen = await previewRevocation(hub.hub, { level: 'partner', id: app.partnerId });
    expect(seen).toMatchObject({
      tokens: { total: { count: 10_000, at_least: true } },
      grants: { count: 120, at_least: false },
      accounts: { count: 1, at_least: false },
      users: { count: 120, at_least: false },
    });
  });

  test('every question of a preview is answered by an index', async () => {
    const { store } = hub.hub;
    const plan = async (text: string) =>
      JSON.stringify(await store.db.all(sql.raw(`explain query plan ${text}`)));
    for (const column of ['user_id', 'app_id', 'partner_id', 'account_id', 'grant_id'])
      expect(await plan(`select 1 from tokens where ${column} = 'x' and revoked_at is null`)).toMatch(
        /USING INDEX/,
      );
    for (const column of ['user_id', 'app_id', 'partner_id', 'account_id'])
      expect(await plan(`select 1 from grants where ${column} = 'x' and ended_at is null`)).toMatch(
        /USING INDEX/,
      );
    expect(
      await plan(`select 1 from epochs where suspended_at is not null order by suspended_at desc`),
    ).toMatch(/epochs_suspended/);
  });
});
