import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createAccount,
  createAuthenticator,
  createPersonalToken,
  createServiceToken,
  readerOf,
} from '../../src/access/index.ts';
import { createMemoryGate } from '../../src/adapters/gate-memory.ts';
import { openPostgresStore } from '../../src/adapters/store-postgres.ts';
import type { Ctx } from '../../src/context/index.ts';
import { publish } from '../../src/events/index.ts';
import { readFeed } from '../../src/events/feed.ts';
import { createDirectory } from '../../src/subscriptions/index.ts';
import { migrationsFolder } from '../contracts/store/rivals.ts';
import { eventFor, memoryLog, startTestHub, type TestHub } from '../harness/hub.ts';
import { describeWith } from '../services/describe.ts';
import { freshDatabase } from '../services/postgres.ts';

/** What one connection cannot prove: a transaction that began first and commits last. */
await describeWith('postgres', 'the feed on PostgreSQL', (server) => {
  const state = {} as { hub: TestHub; ctx: Ctx; other: Client; publisher: Ctx; accountId: string };
  beforeAll(async () => {
    const url = await freshDatabase(server.url);
    const hub = await startTestHub();
    const store = await openPostgresStore({ url, migrationsFolder });
    const [gate, directory] = [await createMemoryGate(store), await createDirectory(store, memoryLog())];
    const ports = { ...hub.hub, store, gate, directory };
    const { authenticate } = createAuthenticator(ports);
    const ctxOf = async (token: string): Promise<Ctx> => ({
      ...ports,
      ...(await authenticate({ authorization: `Bearer ${token}`, method: 'GET', address: '' })),
      requestId: 'req_test',
    });
    const account = await createAccount(ports, 'test', { name: 'A', kind: 'organisation' });
    const reader = await createPersonalToken(ports, 'test', {
      label: 't',
      env: 'live',
      scopes: ['bookings:read'],
      accountId: account.id,
    });
    const service = await createServiceToken(ports, 'test', {
      label: 't',
      env: 'live',
      scopes: ['events:publish'],
    });
    const other = new Client({ connectionString: url });
    await other.connect();
    Object.assign(state, {
      hub,
      other,
      accountId: account.id,
      ctx: await ctxOf(reader.token),
      publisher: await ctxOf(service.token),
    });
  });
  afterAll(async () => {
    await state.other.end();
    await state.ctx.store.close();
    await state.hub.stopAndForget();
  });

  const accept = async (audience: string[]): Promise<string> => {
    const { results } = await publish(
      state.publisher,
      new TextEncoder().encode(JSON.stringify(eventFor(audience))),
      null,
    );
    return results[0]!.id!;
  };
  const read = async (after?: string) => {
    const page = await readFeed(state.ctx, await readerOf(state.ctx), { limit: 100, after });
    return { ids: page.data.map((event) => event['id']), cursor: page.next_cursor };
  };

  test('what a slow transaction commits late is not skipped by a reader who was faster', async () => {
    const { other, accountId } = state;
    const slow = await accept(['acc_somebody-else']);
    await other.query('begin');
    await other.query(
      `insert into feed (tx, account_id, event_position)
       select pg_current_xact_id()::text::bigint, $1, position from events where id = $2`,
      [accountId, slow],
    );
    const fast = await accept([accountId]);
    const early = await read();
    expect(early.ids).toEqual([]);
    await other.query('commit');
    // Any transaction of the server, of another database too, holds the end of the feed back.
    await expect.poll(async () => (await read(early.cursor)).ids).toEqual([slow, fast]);
  });
});
