import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { revoke, setAccountStatus, suspend } from '../../src/access/index.ts';
import { patchbay } from '../cli/spawn.ts';
import { eventFor, startTestHub } from '../harness/hub.ts';
import { startSink, until } from '../harness/sink.ts';

/** The real command in a process of its own, beside a real hub on the same file. */
describe('a backup of SQLite', { timeout: 120_000 }, () => {
  const undo: (() => unknown)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  });
  const newFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-backup-'));
    undo.push(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  };
  const stand = async (environment: Record<string, string> = {}) => {
    const [folder, shelf] = [newFolder(), newFolder()];
    const start = () => startTestHub({ ...environment, PATCHBAY_DATA: folder });
    const run = (...args: string[]) => patchbay(folder, args, environment);
    const done = async (...args: string[]) => expect(await run(...args)).toMatchObject({ code: 0 });
    return { folder, file: join(shelf, 'backup.db'), shelf, start, run, done };
  };

  test('is taken while the hub accepts events, is whole, and has all that was accepted before it', async () => {
    const { folder, file, start, run } = await stand();
    const hub = await start();
    undo.push(() => hub.stop());
    const account = await hub.account();
    const service = await hub.service();
    const publish = async () => {
      const answer = await hub.call('POST', '/v1/events', service, {
        events: Array.from({ length: 50 }, () => eventFor([account.id])),
      });
      expect(answer.status).toBe(202);
    };
    for (let n = 0; n < 10; n++) await publish();
    const state = { isOver: false, accepted: 0 };
    const load = (async () => {
      for (; !state.isOver; state.accepted += 50) await publish();
    })();
    const made = await run('backup', file, '--json');
    state.isOver = true;
    await load;
    expect(made).toMatchObject({ code: 0 });
    expect(JSON.parse(made.out)).toMatchObject({ file });
    expect((JSON.parse(made.out) as { events: number }).events).toBeGreaterThanOrEqual(500);
    expect(made.err).toContain('The keys are not in it');
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);
    const again = await run('backup', file);
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('is there already') as string });
  });

  test('is not restored under a running hub, and nothing is touched by the attempt', async () => {
    const { folder, file, start, run, done } = await stand();
    const hub = await start();
    undo.push(() => hub.stop());
    const account = await hub.account();
    await done('backup', file);
    const refused = await run('restore', file);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('Stop it first') as string });
    expect(readdirSync(folder).filter((name) => /restoring|before/.test(name))).toEqual([]);
    expect((await hub.call('GET', '/v1/me', account.token)).status).toBe(200);
  });

  test('brings no revoked token back to life: everything that was made before is dead, the old file is kept', async () => {
    const { folder, file, start, run, done } = await stand();
    const first = await start();
    const [revoked, living] = [await first.account(), await first.account()];
    await done('backup', file);
    await done('token', 'revoke', revoked.tokenId);
    await first.stop();

    const restored = await run('restore', file);
    expect(restored).toMatchObject({ code: 0, out: 'restored (all)\n' });
    expect(restored.err).toContain('make every token anew');
    expect(readdirSync(folder).filter((name) => name.includes('.before-'))).toHaveLength(1);

    const second = await start();
    undo.push(() => second.stop());
    for (const { token } of [revoked, living])
      expect(await second.call('GET', '/v1/me', token)).toMatchObject({
        status: 401,
        body: { code: 'token_revoked' },
      });
    expect((await second.call('GET', '/v1/me', (await second.account()).token)).status).toBe(200);
  });

  test('with a revocation journal only what was revoked stays dead, and the rest goes on', async () => {
    const journal = join(newFolder(), 'revocations.journal');
    const { file, start, run, done } = await stand({ PATCHBAY_REVOCATION_JOURNAL: journal });
    const sink = await startSink();
    undo.push(() => sink.close());
    const first = await start();
    const [byHub, byCommand, byGrant, suspended, leaked, erased, living] = [
      await first.account(['tokens:manage']),
      await first.account(),
      await first.account(),
      await first.account(),
      await first.account(),
      await first.account(),
      await first.account(),
    ];
    const subscribe = async (token: string) =>
      (
        await first.call('POST', '/v1/subscriptions', token, {
          endpoint: { type: 'webhook', url: sink.origin },
          event_types: ['booking.*'],
        })
      ).body.id as string;
    const ofLeaked = await subscribe(leaked.token);
    await subscribe(living.token);
    await done('backup', file);
    expect((await first.call('DELETE', `/v1/tokens/${byHub.tokenId}`, byHub.token)).status).toBe(202);
    await done('token', 'revoke', byCommand.tokenId);
    const by = { actor: 'test', reason: 'abuse' };
    await revoke(first.hub, { ...by, level: 'token', id: leaked.tokenId, reason: 'leaked' });
    await revoke(first.hub, { ...by, level: 'grant', id: byGrant.grantId });
    await suspend(first.hub, { ...by, level: 'account', id: suspended.id });
    await setAccountStatus(first.hub, 'test', erased.id, 'erased');
    await first.stop();

    const restored = await run('restore', file);
    expect(restored).toMatchObject({ code: 0, out: 'restored (journal)\n' });
    expect(restored.err).toContain('6 revocation(s) and suspension(s)');
    const second = await start();
    undo.push(() => second.stop());
    const status = async ({ token }: { token: string }) => (await second.call('GET', '/v1/me', token)).status;
    expect(
      await Promise.all([byHub, byCommand, leaked, byGrant, erased, suspended, living].map(status)),
    ).toEqual([401, 401, 401, 401, 401, 403, 200]);
    const people = await second.hub.store.db.select().from(second.hub.store.tables.accounts);
    expect(people.find(({ id }) => id === erased.id)).toMatchObject({
      status: 'erased',
      name: `erased ${erased.id}`,
    });
    const { db, tables } = second.hub.store;
    const rows = await db.select().from(tables.subscriptions);
    expect(rows.find(({ id }) => id === ofLeaked)).toMatchObject({
      state: 'disabled',
      stateReason: 'token_leaked',
    });
    // What lives is still sent to.
    await second.call('POST', '/v1/events', await second.service(), eventFor([living.id]));
    await until('the event arrives', () => sink.received.length > 0);
  });

  test('a journal that began after the backup is no proof, and one is kept by all or by nobody', async () => {
    const journal = join(newFolder(), 'late.journal');
    const { file, folder, start, done } = await stand();
    const first = await start();
    await first.account();
    await done('backup', file);
    await first.stop();
    const keeping = { PATCHBAY_DATA: folder, PATCHBAY_REVOCATION_JOURNAL: journal };
    const kept = (...args: string[]) => patchbay(folder, args, keeping);
    await (await startTestHub(keeping)).stop();
    expect(readFileSync(journal, 'utf8')).toMatch(/^\{"journal":"patchbay","sinceMs":\d+\}\n$/);
    await expect(start()).rejects.toThrow('keeps a revocation journal');

    const late = await kept('restore', file);
    expect(late).toMatchObject({ code: 1, err: expect.stringContaining('--revoke-all') as string });
    // The file is in its place by now, and nothing starts on it until that is settled.
    await expect(startTestHub(keeping)).rejects.toThrow('patchbay restored');
    expect((await kept('restored', '--revoke-all')).code).toBe(0);
    await (await startTestHub({ ...keeping, PATCHBAY_REVOCATION_JOURNAL: 'end' })).stop();
    await (await start()).stop();
  });

  test('copied back by hand it is refused by the hub, until somebody says what it missed', async () => {
    const { folder, file, start, run, done } = await stand();
    const first = await start();
    const account = await first.account();
    await done('backup', file);
    await first.stop();
    copyFileSync(file, join(folder, 'patchbay.db'));
    await expect(start()).rejects.toThrow('patchbay restored');
    expect((await run('doctor')).out).toContain('BAD   epochs: this database is a backup');
    expect(await run('restored', '--nothing-since')).toMatchObject({ code: 0, out: 'restored (nothing)\n' });
    const second = await start();
    undo.push(() => second.stop());
    expect((await second.call('GET', '/v1/me', account.token)).status).toBe(200);
  });

  test('a reader whose cursor is from the time that was lost skips nothing that comes after it', async () => {
    const { file, start, done } = await stand();
    const first = await start();
    const account = await first.account();
    const service = await first.service();
    await first.call('POST', '/v1/events', service, eventFor([account.id]));
    await done('backup', file);
    for (let n = 0; n < 3; n++) await first.call('POST', '/v1/events', service, eventFor([account.id]));
    const page = await first.call('GET', '/v1/events', account.token);
    expect(page.body.data).toHaveLength(4);
    await first.stop();
    await done('restore', file, '--nothing-since');
    const second = await start();
    undo.push(() => second.stop());
    const event = await second.call('POST', '/v1/events', service, eventFor([account.id]));
    const next = await second.call('GET', `/v1/events?after=${page.body.next_cursor}`, account.token);
    expect(next.body.data.map(({ id }: { id: string }) => id)).toEqual([event.body.id]);
  });

  test('what is none, what is damaged and a folder without its keys are refused before anything is touched', async () => {
    const { folder, file, shelf, start, run, done } = await stand();
    const hub = await start();
    await done('backup', file);
    await hub.stop();
    const before = readdirSync(folder).sort();
    const text = join(shelf, 'letter.txt');
    writeFileSync(text, 'Dear hub');
    expect(await run('restore', text)).toMatchObject({
      code: 1,
      err: expect.stringContaining('no backup') as string,
    });
    expect((await run('restore', join(shelf, 'nothing.db'))).err).toContain('There is no file');
    const torn = join(shelf, 'torn.db');
    writeFileSync(torn, readFileSync(file).subarray(0, 100_000));
    expect((await run('restore', torn)).code).toBe(1);
    const elsewhere = newFolder();
    expect((await patchbay(elsewhere, ['restore', file])).err).toContain('There are no keys');
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  test('takes the place of a database that is broken, on the word that no hub runs', async () => {
    const { folder, file, start, run, done } = await stand();
    const hub = await start();
    await done('backup', file);
    await hub.stop();
    writeFileSync(join(folder, 'patchbay.db'), 'burnt');
    expect((await run('restore', file)).err).toContain('--hub-is-stopped');
    expect((await run('restore', file, '--hub-is-stopped')).code).toBe(0);
    const second = await start();
    await second.stop();
  });
});

test('a hub makes no new keys beside a database whose keys are gone', async () => {
  const hub = await startTestHub();
  await hub.stop();
  rmSync(join(hub.folder, 'keys.json'));
  await expect(startTestHub({ PATCHBAY_DATA: hub.folder })).rejects.toThrow('no keys.json');
  expect((await patchbay(hub.folder, ['doctor'])).out).toContain(
    'BAD   keys: there is a database, but keys.json is gone',
  );
  rmSync(hub.folder, { recursive: true, force: true });
});
