import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createAccount,
  createPersonalToken,
  eraseAccount,
  eraseWhatCameLate,
} from '../../src/access/index.ts';
import { createMemoryGate } from '../../src/adapters/gate-memory.ts';
import { openPostgresStore } from '../../src/adapters/store-postgres.ts';
import type { Ctx } from '../../src/context/index.ts';
import { expandEvent, hubCaller, publish, redrive } from '../../src/events/index.ts';
import { openNodeHub } from '../../src/node.ts';
import { createDirectory, createSubscription } from '../../src/subscriptions/index.ts';
import { createPglitePool } from '../contracts/store/pglite-pool.ts';
import { eventFor, memoryLog } from '../harness/hub.ts';

/** The statements of re-driving, expansion and erasure are spelled for two dialects; this runs Postgres's. */
describe('re-driving and erasing on Postgres', () => {
  const state = {} as { ctx: Ctx; end: () => Promise<void> };
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-test-'));
    const log = memoryLog();
    const { hub } = await openNodeHub({ PATCHBAY_DATA: folder, PATCHBAY_ALLOW_LOOPBACK: '1' }, log);
    const { pool, close } = createPglitePool();
    const store = await openPostgresStore({ pool, migrationsFolder: 'migrations/postgres' });
    const [gate, directory] = [await createMemoryGate(store), await createDirectory(store, log)];
    const caller = hubCaller('live', ['events:publish']);
    state.ctx = { ...hub, store, gate, directory, caller, requestId: 'req_test' };
    state.end = async () => {
      await store.close();
      await close();
      await hub.http.close();
      await hub.store.close();
      rmSync(folder, { recursive: true, force: true });
    };
  });
  afterAll(() => state.end());

  test('the event, its feed row, its read model and its deliveries are made once', async () => {
    const { ctx } = state;
    const { store } = ctx;
    const account = await createAccount(ctx, 'test', { name: 'A', kind: 'organisation' });
    const scopes = ['bookings:read', 'webhooks:manage'];
    const made = await createPersonalToken(ctx, 'test', {
      label: 'test',
      env: 'live',
      scopes,
      accountId: account.id,
    });
    const caller = {
      ...ctx.caller,
      tokenId: made.id,
      kind: 'k' as const,
      accountId: account.id,
      grantId: made.grantId,
      scopes: new Set(scopes),
      epochs: ctx.gate.snapshot({ account: account.id, grant: made.grantId }),
    };
    await createSubscription(
      { ...ctx, caller },
      {
        owner: 'grant',
        endpoint: { type: 'webhook', url: 'http://127.0.0.1:9/hook' },
        event_types: ['booking.*'],
        cities: [],
        schema_version: null,
        format: 'standard',
        signature: 'v1',
        ordering: 'none',
        description: '',
      },
    );
    const good = eventFor([account.id]);
    const { confirmed_at: _, ...broken } = good['data'] as Record<string, unknown>;
    const body = new TextEncoder().encode(JSON.stringify({ ...good, data: broken }));
    const { results } = await publish(ctx, body, null);
    expect(results[0]).toMatchObject({ status: 'quarantined', sequence: 1 });
    const id = results[0]!.id!;

    const data = good['data'] as Record<string, unknown>;
    const answers = await Promise.allSettled([redrive(ctx, id, { data }), redrive(ctx, id, { data })]);
    expect(answers.map((answer) => answer.status).sort()).toEqual(['fulfilled', 'rejected']);
    const { events, feed, tasks, entities, entityAccounts, deliveries, audit } = store.tables;
    const [task] = (await store.db.select().from(tasks)).filter((one) => one.subject === id);
    expect(task).toMatchObject({ kind: 'expand', state: 'open', payload: { redriven: true } });
    for (let i = 0; i < 2; i++) {
      const chunk = await expandEvent(ctx)(task!);
      expect(chunk).toMatchObject({ isLast: true, count: 1 });
      await store.write((db) => chunk.statements(db));
    }

    const [event] = await store.db.select().from(events);
    expect(event).toMatchObject({ id, state: 'accepted', sequence: 1, data, reasons: [] });
    expect(await store.db.select().from(feed)).toMatchObject([
      { accountId: account.id, eventPosition: event!.position },
    ]);
    expect(await store.db.select().from(entities)).toMatchObject([
      { kind: 'booking', eventPosition: event!.position, sequence: 1 },
    ]);
    expect(await store.db.select().from(entityAccounts)).toHaveLength(1);
    expect(await store.db.select().from(deliveries)).toMatchObject([
      { state: 'pending', eventPosition: event!.position, sequence: 1, dueAt: event!.acceptedAt },
    ]);
    const done = (await store.db.select().from(audit)).filter((row) => row.action === 'event.redrive');
    expect(done).toMatchObject([{ subject: id, actor: 'token:hub', requestId: 'req_test' }]);
  });

  test('what two accounts alone saw is erased with the second, in quarantine too; so is what comes late', async () => {
    const { ctx } = state;
    const { store } = ctx;
    const { accounts, events, feed, tasks } = store.tables;
    const [one, two] = [
      await createAccount(ctx, 'test', { name: 'One', kind: 'person' }),
      await createAccount(ctx, 'test', { name: 'Two', kind: 'person' }),
    ];
    const both = eventFor([one.id, two.id]);
    const say = async (event: object) =>
      (await publish(ctx, new TextEncoder().encode(JSON.stringify(event)), null)).results[0]?.id ?? '';
    const ids = [await say(both), await say({ ...both, data: { booking_id: 'x' } })];
    const dataOf = async () =>
      (await store.db.select().from(events)).filter(({ id }) => ids.includes(id)).map(({ data }) => data);
    const erase = async (id: string) => {
      await store.write((db) => [db.update(accounts).set({ status: 'erased' }).where(eq(accounts.id, id))]);
      await eraseWhatCameLate(ctx);
      const [task] = (await store.db.select().from(tasks)).filter(
        ({ kind, subject }) => kind === 'erase' && subject === id,
      );
      for (let isLast = false; !isLast;) {
        const chunk = await eraseAccount(ctx)(task!);
        await store.write((db) => chunk.statements(db));
        ({ isLast } = chunk);
      }
    };
    await erase(one.id);
    expect((await dataOf()).every((data) => 'booking_id' in data)).toBe(true);
    await erase(two.id);
    expect(await dataOf()).toEqual([{}, {}]);
    const left = (await store.db.select().from(feed)).map(({ accountId }) => accountId);
    expect(left.filter((id) => id === one.id || id === two.id)).toEqual([]);
  });
});
