import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createAccount,
  createAuthenticator,
  createPersonalToken,
  createServiceToken,
} from '../../src/access/index.ts';
import { createMemoryGate } from '../../src/adapters/gate-memory.ts';
import { openPostgresStore } from '../../src/adapters/store-postgres.ts';
import { createApp, type Hub } from '../../src/app.ts';
import { openNodeHub } from '../../src/node.ts';
import { createDirectory } from '../../src/subscriptions/index.ts';
import { createPglitePool } from '../contracts/store/pglite-pool.ts';
import { type Answer, eventFor, memoryLog } from '../harness/hub.ts';

type Json = Answer['body'];

/** Every read of this hub on Postgres's dialect: commit order, partial indexes, text that is compared. */
describe('reading on Postgres', () => {
  const state = {} as {
    hub: Hub;
    app: ReturnType<typeof createApp>;
    end: () => Promise<void>;
    scraped: number[];
  };
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-test-'));
    const log = memoryLog();
    const { hub: node, metrics } = await openNodeHub(
      { PATCHBAY_DATA: folder, PATCHBAY_ALLOW_LOOPBACK: '1' },
      log,
    );
    const { pool, close } = createPglitePool();
    const store = await openPostgresStore({ pool, migrationsFolder: 'migrations/postgres' });
    const [gate, directory] = [await createMemoryGate(store), await createDirectory(store, log)];
    const ports = { ...node, store, gate, directory };
    state.hub = { ...ports, authenticator: createAuthenticator(ports) };
    const scrape = async () => ({ body: await metrics.scrape(), contentType: metrics.contentType });
    state.app = createApp(state.hub, { scrape });
    state.end = async () => {
      await store.close();
      await close();
      await node.http.close();
      await node.store.close();
      rmSync(folder, { recursive: true, force: true });
    };
  });
  afterAll(() => state.end());

  const call = async (
    method: string,
    path: string,
    token: string | null,
    body?: unknown,
  ): Promise<{ status: number; body: Json }> => {
    const answer = await state.app.request(path, {
      method,
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text };
  };

  test('feed, event, trace, deliveries, retry, current state, me and metrics answer as they do on SQLite', async () => {
    const { hub } = state;
    const account = await createAccount(hub, 'test', { name: 'A', kind: 'organisation' });
    const scopes = ['bookings:read', 'webhooks:manage'];
    const { token } = await createPersonalToken(hub, 'test', {
      label: 't',
      env: 'live',
      scopes,
      accountId: account.id,
    });
    const { token: publisher } = await createServiceToken(hub, 'test', {
      label: 't',
      env: 'live',
      scopes: ['events:publish'],
    });
    const made = await call('POST', '/v1/subscriptions', token, {
      endpoint: { type: 'webhook', url: 'http://127.0.0.1:9/hook' },
      event_types: ['booking.*'],
    });
    expect(made.status).toBe(201);
    const ids: string[] = [];
    for (let i = 0; i < 3; i++)
      ids.push((await call('POST', '/v1/events', publisher, eventFor([account.id]))).body.id);

    const first = await call('GET', '/v1/events?limit=2', token);
    const rest = await call('GET', `/v1/events?after=${first.body.next_cursor}`, token);
    expect([...first.body.data, ...rest.body.data].map((one: Json) => one.id)).toEqual(ids);
    expect((await call('GET', `/v1/events?after=${rest.body.next_cursor}`, token)).body.data).toEqual([]);
    expect((await call('GET', `/v1/events/${ids[0]}`, token)).body).toEqual(first.body.data[0]);

    const line = (await call('GET', `/v1/events/${ids[0]}/trace`, token)).body.subscriptions[0];
    expect(line).toMatchObject({ subscription: made.body.id, verdict: 'queued', code: 'accepted' });
    const page = await call('GET', '/v1/deliveries?limit=2&state=pending', token);
    expect(page.body.data.map((one: Json) => one.event)).toEqual([ids[2], ids[1]]);
    const last = await call('GET', `/v1/deliveries?limit=2&after=${page.body.next_cursor}`, token);
    expect(last.body).toMatchObject({ data: [{ event: ids[0] }], next_cursor: null });
    for (const state of ['held', 'dead', 'retrying', 'leased', 'delivered']) {
      expect((await call('GET', `/v1/deliveries?state=${state}`, token)).body.data).toEqual([]);
    }
    const delivery = line.delivery as string;
    expect((await call('GET', `/v1/deliveries/${delivery}`, token)).body).toMatchObject({
      state: 'pending',
      attempts: [],
    });
    expect((await call('POST', `/v1/deliveries/${delivery}/retry`, token)).body.code).toBe('state_conflict');
    const { deliveries } = hub.store.tables;
    await hub.store.write((db) => [db.update(deliveries).set({ state: 'dead', dueAt: null })]);
    expect((await call('GET', '/v1/deliveries?state=dead', token)).body.data).toHaveLength(3);
    expect((await call('POST', `/v1/deliveries/${delivery}/retry`, token)).body).toMatchObject({
      state: 'pending',
      reason: 'retry_asked',
    });

    const bookings = await call('GET', '/v1/bookings?limit=2', token);
    const others = await call('GET', `/v1/bookings?limit=2&after=${bookings.body.next_cursor}`, token);
    const keys = [...bookings.body.data, ...others.body.data].map((one: Json) => one.id);
    expect(keys.every((key, i) => i === 0 || key < keys[i - 1])).toBe(true);
    expect(keys).toHaveLength(3);
    expect((await call('GET', `/v1/bookings/${keys[0]}`, token)).body).toEqual(bookings.body.data[0]);

    expect((await call('GET', '/v1/me', token)).body).toMatchObject({ account: { id: account.id }, scopes });
    expect((await call('GET', '/readyz', null)).status).toBe(200);
    const metrics = (await call('GET', '/metrics', null)).body as string;
    expect(metrics).toContain('patchbay_deliveries_by_state{state="pending"} 1\n');
    expect(metrics).toMatch(/patchbay_events_accepted_not_attempted_seconds [0-9.]+\n/);
  });
});
