import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ports } from '#src/context';
import { createUsage, useByDay } from '#src/usage';
import { withLease } from '#src/limits';
import { openPostgresStore } from '../../src/adapters/store-postgres.ts';
import { openNodeHub } from '../../src/node.ts';
import { createPglitePool } from '../contracts/store/pglite-pool.ts';
import { memoryLog } from '../harness/hub.ts';

const midnight = Date.UTC(2026, 10, 23);

describe.each(['SQLite', 'Postgres'])('what a day has used, on %s', (dialect) => {
  const on = {} as { hub: Ports; close(): Promise<void>; folder: string };
  beforeAll(async () => {
    on.folder = mkdtempSync(join(tmpdir(), 'patchbay-test-'));
    const node = await openNodeHub({ PATCHBAY_DATA: on.folder }, memoryLog());
    Object.assign(on, { hub: node.hub, close: () => node.close() });
    if (dialect === 'SQLite') return;
    const { pool, close } = createPglitePool();
    const store = await openPostgresStore({ pool, migrationsFolder: 'migrations/postgres' });
    on.hub = { ...node.hub, store };
    on.close = async () => {
      await store.close();
      await close();
      await node.close();
    };
  });
  afterAll(async () => {
    await on.close();
    rmSync(on.folder, { recursive: true, force: true });
  });
  const processAt = (ms: number) => {
    const at = { ms };
    const clock = { ...on.hub.clock, ms: () => at.ms };
    return { at, usage: createUsage({ store: on.hub.store, clock }) };
  };
  const rowsOf = async (holder: string) => {
    const rows = await on.hub.store.db.select().from(on.hub.store.tables.usageDays);
    return rows.filter((row) => row.holder === holder);
  };

  test('is written in batches, and survives a restart', async () => {
    const before = processAt(midnight);
    for (let i = 0; i < 300; i += 1) before.usage.count(['grant:a', 'account:a'], { writes: 1, units: 5 });
    expect(await rowsOf('grant:a')).toEqual([]);
    await before.usage.flush();
    const after = processAt(midnight + 60_000);
    await after.usage.meet('account:a');
    expect(after.usage.unitsToday('account:a')).toBe(1_500);
    expect(await rowsOf('grant:a')).toMatchObject([
      { day: '2026-11-23', writes: 300, units: 1_500, reads: 0 },
    ]);
  });

  test('counts what is on its way to the store', async () => {
    const { usage } = processAt(midnight);
    await usage.meet('account:way');
    usage.count(['account:way'], { units: 5 });
    const written = usage.flush();
    expect(usage.unitsToday('account:way')).toBe(5);
    await written;
    expect(usage.unitsToday('account:way')).toBe(5);
  });

  test('adds what was sent to a row from before that was counted', async () => {
    const { usageDays } = on.hub.store.tables;
    const old = { reads: 1, writes: 0, creates: 0, units: 1, refused: 0, theirs: 0 };
    const row = { id: '2026-11-23 grant:old', day: '2026-11-23', holder: 'grant:old', ...old };
    await on.hub.store.write((db) => [db.insert(usageDays).values(row)]);
    const { usage } = processAt(midnight);
    usage.count(['grant:old'], { delivered: 1 });
    usage.count(['grant:old'], { failed: 1, theirs: 1 });
    await usage.flush();
    expect(await rowsOf('grant:old')).toMatchObject([{ reads: 1, theirs: 1, delivered: 1, failed: 1 }]);
    const clock = { ...on.hub.clock, ms: () => midnight + 86_400_000 };
    const used = await useByDay({ store: on.hub.store, clock }, ['grant:old', 'grant:none'], 2);
    expect(used.get('grant:old')).toMatchObject([
      { day: '2026-11-24', delivered: 0 },
      { day: '2026-11-23', delivered: 1, failed: 1 },
    ]);
    expect(used.get('grant:none')).toMatchObject([{ reads: 0 }, { reads: 0 }]);
  });

  test('is known to every process once it has flushed, and no count is lost or doubled', async () => {
    const [one, two] = [processAt(midnight), processAt(midnight)];
    await Promise.all([one.usage.meet('account:b'), two.usage.meet('account:b')]);
    for (let round = 0; round < 10; round += 1) {
      one.usage.count(['account:b'], { reads: 1, units: 1 });
      two.usage.count(['account:b'], { reads: 2, units: 2, refused: 1 });
      await Promise.all([one.usage.flush(), two.usage.flush()]);
    }
    expect(await rowsOf('account:b')).toMatchObject([{ reads: 30, units: 30, refused: 10 }]);
    one.usage.count(['account:b'], { units: 1 });
    await one.usage.flush();
    expect(one.usage.unitsToday('account:b')).toBe(31);
  });

  test('ends at midnight, UTC; what was counted before it goes to its own day', async () => {
    const { at, usage } = processAt(midnight - 1);
    usage.count(['account:c'], { units: 7 });
    at.ms = midnight;
    expect(usage.unitsToday('account:c')).toBe(0);
    usage.count(['account:c'], { units: 2 });
    await usage.flush();
    expect(usage.unitsToday('account:c')).toBe(2);
    const rows = await rowsOf('account:c');
    expect(Object.fromEntries(rows.map(({ day, units }) => [day, units]))).toEqual({
      '2026-11-22': 7,
      '2026-11-23': 2,
    });
  });

  test('is kept for the next flush where a write fails', async () => {
    const { store } = on.hub;
    const isDown = { now: true };
    const usage = createUsage({
      clock: { ...on.hub.clock, ms: () => midnight },
      store: {
        ...store,
        write: (build) => (isDown.now ? Promise.reject(new Error('the store is away')) : store.write(build)),
      },
    });
    usage.count(['account:d'], { units: 3 });
    await expect(usage.flush()).rejects.toThrow('away');
    expect(usage.unitsToday('account:d')).toBe(3);
    isDown.now = false;
    await usage.flush();
    await usage.flush();
    expect(await rowsOf('account:d')).toMatchObject([{ units: 3 }]);
  });

  test('of long calls four run at once; the fifth hears 429, and a slot comes back when its call ends', async () => {
    const gate = Promise.withResolvers<string>();
    const begun: Promise<string>[] = [];
    for (let i = 0; i < 4; i += 1) {
      const started = Promise.withResolvers<void>();
      begun.push(
        withLease(on.hub, 'replay', 'grant:e', () => {
          started.resolve();
          return gate.promise;
        }),
      );
      await started.promise;
    }
    const more = (holder: string) => withLease(on.hub, 'replay', holder, async () => 'done');
    await expect(more('grant:e')).rejects.toMatchObject({
      code: 'quota_exceeded',
      violatedPolicies: ['concurrency'],
    });
    expect(await more('grant:f')).toBe('done');
    gate.resolve('done');
    await Promise.all(begun);
    expect(await more('grant:e')).toBe('done');
    const failing = withLease(on.hub, 'replay', 'grant:e', () => Promise.reject(new Error('broke')));
    await expect(failing).rejects.toThrow('broke');
    expect(await on.hub.store.db.select().from(on.hub.store.tables.callLeases)).toEqual([]);
  });
});
