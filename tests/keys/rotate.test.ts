import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, test } from 'vitest';
import { patchbay } from '../cli/spawn.ts';
import { eventFor, startTestHub } from '../harness/hub.ts';
import { startSink, until } from '../harness/sink.ts';

const key = (n: number): string => Buffer.alloc(32, n).toString('base64');
const [oldKeys, bothKeys, newKeys] = [`1:${key(1)}`, `2:${key(3)},1:${key(1)}`, `2:${key(3)}`];
const [oldPepper, bothPeppers] = [`1:${key(2)}`, `2:${key(4)},1:${key(2)}`];

describe('rotating keys', () => {
  const undo: (() => unknown)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  });
  const stand = () => {
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-keys-'));
    undo.push(() => rmSync(folder, { recursive: true, force: true }));
    const environmentOf = (masterKeys: string, peppers: string, more: Record<string, string> = {}) => ({
      PATCHBAY_DATA: folder,
      PATCHBAY_MASTER_KEYS: masterKeys,
      PATCHBAY_PEPPERS: peppers,
      ...more,
    });
    const status = async (environment: Record<string, string>) => {
      const ran = await patchbay(folder, ['keys', 'status', '--json'], environment);
      const rows = JSON.parse(ran.out) as { kind: string; version: number; uses: number; state: string }[];
      return { code: ran.code, rows: rows.map((row) => [row.kind, row.version, row.uses, row.state]) };
    };
    return { folder, environmentOf, status };
  };

  test('every secret comes under the new master key, signatures stay as they were, and the old key may go', async () => {
    const { folder, environmentOf, status } = stand();
    const sink = await startSink();
    undo.push(() => sink.close());
    const first = await startTestHub(environmentOf(oldKeys, oldPepper));
    const account = await first.account();
    const made = await first.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: sink.origin },
      event_types: ['booking.*'],
    });
    const { secret } = made.body as { secret: string };
    // Past one chunk of the task.
    const { store, ids, vault } = first.hub;
    const rows = await Promise.all(
      Array.from({ length: 250 }, async () => {
        const [id, owner] = [ids.newId('key'), ids.newId('sub')];
        const sealed = await vault.seal(new TextEncoder().encode('x'), {
          owner,
          record: id,
          field: 'secret',
        });
        return { id, subscriptionId: owner, sealed, createdAt: new Date() };
      }),
    );
    await store.write((db) => [db.insert(store.tables.secrets).values(rows)]);
    await first.stop();

    const both = environmentOf(bothKeys, oldPepper);
    const second = await startTestHub(both);
    expect((await status(both)).rows.slice(0, 2)).toEqual([
      ['master key', 2, 0, 'current'],
      ['master key', 1, 251, 'in use'],
    ]);
    expect((await patchbay(folder, ['keys', 'rotate'], both)).code).toBe(0);
    const old = async () => (await status(both)).rows[1];
    await until('all are re-wrapped', async () => (await old())?.[3] === 'may go');
    expect(await old()).toEqual(['master key', 1, 0, 'may go']);
    await second.stop();

    const third = await startTestHub(environmentOf(newKeys, oldPepper));
    undo.push(() => third.stop());
    await third.call('POST', '/v1/events', await third.service(), eventFor([account.id]));
    await until('the event arrives', () => sink.received.length > 0);
    const [received] = sink.received;
    expect(() =>
      new Webhook(secret).verify(received!.body, received!.headers as Record<string, string>),
    ).not.toThrow();
  });

  test('a hub that was not started with the new key does not wrap backwards: the task waits for one that was', async () => {
    const { folder, environmentOf } = stand();
    const behind = environmentOf(oldKeys, oldPepper);
    const hub = await startTestHub(behind);
    undo.push(() => hub.stop());
    await patchbay(folder, ['keys', 'rotate'], environmentOf(bothKeys, oldPepper));
    const { tasks } = hub.hub.store.tables;
    const read = async () =>
      (await hub.hub.store.db.select().from(tasks)).find(({ kind }) => kind === 'rewrap');
    await until('it was tried', async () => ((await read())?.failures ?? 0) > 0);
    expect(await read()).toMatchObject({
      state: 'open',
      error: expect.stringContaining('restart it with the new key') as string,
    });
  });

  test('new tokens are hashed by the new pepper, old ones still verify, and status counts both', async () => {
    const { environmentOf, status } = stand();
    const first = await startTestHub(environmentOf(oldKeys, oldPepper));
    const old = await first.account();
    await first.stop();
    const both = environmentOf(oldKeys, bothPeppers);
    const second = await startTestHub(both);
    undo.push(() => second.stop());
    const fresh = await second.account();
    for (const { token } of [old, fresh])
      expect((await second.call('GET', '/v1/me', token)).status).toBe(200);
    expect((await status(both)).rows.slice(1)).toEqual([
      ['pepper', 2, 1, 'current'],
      ['pepper', 1, 1, 'in use'],
    ]);
    // Taken away too early: it is said, and the command fails.
    const gone = await status(environmentOf(oldKeys, `2:${key(4)}`));
    expect(gone).toMatchObject({
      code: 1,
      rows: expect.arrayContaining([['pepper', 1, 1, 'missing']]) as unknown,
    });
  });

  test('a key may be everywhere before anybody uses it', async () => {
    const { environmentOf, status } = stand();
    const waiting = environmentOf(bothKeys, bothPeppers, {
      PATCHBAY_MASTER_KEY_IN_USE: '1',
      PATCHBAY_PEPPER_IN_USE: '1',
    });
    const hub = await startTestHub(waiting);
    undo.push(() => hub.stop());
    await hub.account();
    expect((await status(waiting)).rows).toEqual([
      ['master key', 2, 0, 'ready'],
      ['master key', 1, 0, 'current'],
      ['pepper', 2, 0, 'ready'],
      ['pepper', 1, 1, 'current'],
    ]);
    const wrong = environmentOf(bothKeys, bothPeppers, { PATCHBAY_PEPPER_IN_USE: '7' });
    await expect(startTestHub(wrong)).rejects.toThrow('PATCHBAY_PEPPER_IN_USE is 7');
  });

  test('keys.json takes several versions as well', async () => {
    const { folder, environmentOf } = stand();
    const { PATCHBAY_DATA } = environmentOf('', '');
    const first = await startTestHub({ PATCHBAY_DATA });
    const account = await first.account();
    await first.stop();
    const file = join(folder, 'keys.json');
    const kept = JSON.parse(readFileSync(file, 'utf8')) as { masterKeys: string; peppers: string };
    writeFileSync(
      file,
      JSON.stringify({
        masterKeys: `2:${key(3)},${kept.masterKeys}`,
        peppers: `2:${key(4)},${kept.peppers}`,
      }),
    );
    const second = await startTestHub({ PATCHBAY_DATA });
    undo.push(() => second.stop());
    expect((await second.call('GET', '/v1/me', account.token)).status).toBe(200);
    expect(second.hub.vault.masterKeys.current).toBe(2);
  });
});
