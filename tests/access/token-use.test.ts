import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { recordTokenUse } from '../../src/access/index.ts';
import { startTestHub } from '../harness/hub.ts';

test('the last use of a token is written down, and never an earlier one over a later', async () => {
  const hub = await startTestHub();
  const { store, authenticator } = hub.hub;
  const account = await hub.account();
  await hub.call('GET', '/v1/me', account.token);
  await recordTokenUse(hub.hub, authenticator);
  const { tokens } = store.tables;
  const lastUsed = async () =>
    (await store.db.select().from(tokens).where(eq(tokens.id, account.tokenId)))[0]?.lastUsedAt;
  const first = await lastUsed();
  expect(first).toBeInstanceOf(Date);
  const earlier = { ...authenticator, used: () => new Map([[account.tokenId, 1_000]]) };
  await recordTokenUse(hub.hub, earlier);
  expect(await lastUsed()).toEqual(first);
  await hub.stopAndForget();
});
