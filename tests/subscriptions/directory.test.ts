import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { raiseVersion } from '../../src/access/index.ts';
import { openSqliteStore } from '../../src/adapters/store-sqlite.ts';
import type { Directory, Lookup, Store } from '../../src/ports/index.ts';
import { createDirectory } from '../../src/subscriptions/index.ts';
import { memoryLog } from '../harness/hub.ts';
import { until } from '../harness/sink.ts';

const at = new Date(1_795_000_000_000);
const migrationsFolder = new URL('../../migrations/sqlite', import.meta.url).pathname;

describe('the directory', () => {
  let folder: string;
  let store: Store;
  let directory: Directory;
  let log: ReturnType<typeof memoryLog>;
  let reads: string[][];
  const opened: Store[] = [];
  const open = (): Store => {
    const one = openSqliteStore({ file: join(folder, 'patchbay.db'), migrationsFolder });
    opened.push(one);
    return one;
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-directory-'));
    const plain = open();
    reads = [];
    store = {
      ...plain,
      match: (env, accountIds) => {
        reads.push(accountIds);
        return plain.match(env, accountIds);
      },
    };
    log = memoryLog();
    directory = await createDirectory(store, log);
    for (const name of ['a', 'b']) await addAccount(name);
    await directory.freshen();
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const addAccount = (name: string) =>
    store.write((db) => [
      db.insert(store.tables.accounts).values({
        id: `acc_${name}`,
        kind: 'organisation',
        actor: null,
        name,
        country: 'US',
        city: null,
        timeZone: 'America/Chicago',
        status: 'active',
        createdAt: at,
        updatedAt: at,
      }),
      db.insert(store.tables.grants).values({
        id: `grt_${name}`,
        env: 'live',
        accountId: `acc_${name}`,
        userId: null,
        appId: null,
        partnerId: null,
        scopes: ['bookings:read'],
        epochs: {},
        sinceEvent: 0,
        history: true,
        createdAt: at,
      }),
      ...raiseVersion(db, { store }, { accountId: `acc_${name}` }),
    ]);
  const subscribe = (
    id: string,
    account: string,
    over: { eventTypes?: string[]; about?: string | null } = {},
    into = store,
  ) =>
    into.write((db) => [
      db.insert(into.tables.subscriptions).values({
        id,
        env: 'live',
        owner: 'grant',
        accountId: `acc_${account}`,
        grantId: `grt_${account}`,
        tokenId: 'tok_1',
        scopes: ['bookings:read'],
        epochs: {},
        endpoint: { type: 'webhook', url: 'https://sink.example/' },
        host: 'sink.example',
        eventTypes: over.eventTypes ?? ['booking.*'],
        cities: [],
        filter: null,
        format: 'standard',
        signature: 'v1',
        ordering: 'none',
        maxPerSecond: 50,
        description: '',
        state: 'active',
        sinceEvent: 0,
        createdAt: at,
        updatedAt: at,
        version: 1,
      }),
      ...raiseVersion(
        db,
        { store: into },
        { accountId: over.about === undefined ? `acc_${account}` : over.about, subscriptionId: id },
      ),
    ]);
  const idsOf = async (account: string) =>
    (await directory.load('live', [`acc_${account}`]))
      .of(`acc_${account}`)
      .map(({ subscription }) => subscription.id);

  test('what was asked for once is known without reading', async () => {
    expect(directory.known('live', ['acc_a'])).toBeNull();
    await directory.load('live', ['acc_a', 'acc_b']);
    expect(reads).toEqual([['acc_a', 'acc_b']]);
    expect(directory.known('live', ['acc_a', 'acc_b'])).not.toBeNull();
    expect(directory.known('test', ['acc_a'])).toBeNull();
  });

  test('who asks while an account is being read waits for that read; of a newer version it reads anew', async () => {
    await subscribe('sub_1', 'a');
    const plain = store.match.bind(store);
    const gates: (() => void)[] = [];
    store.match = async (env, accountIds) => {
      const rows = await plain(env, accountIds);
      await new Promise<void>((resolve) => gates.push(resolve));
      return rows;
    };
    const early = [directory.load('live', ['acc_a']), directory.load('live', ['acc_a', 'acc_b'])];
    await until('both have asked', () => reads.length === 2);
    expect(reads).toEqual([['acc_a'], ['acc_b']]);
    await subscribe('sub_2', 'a');
    const late = directory.load('live', ['acc_a']);
    await until('the newer one has asked', () => reads.length === 3);
    for (const open of gates) open();
    const idsIn = (lookup: Lookup) => lookup.of('acc_a').map(({ subscription }) => subscription.id);
    expect((await Promise.all(early)).map(idsIn)).toEqual([['sub_1'], ['sub_1']]);
    expect(idsIn(await late)).toEqual(['sub_1', 'sub_2']);
    expect(directory.known('live', ['acc_a'])?.of('acc_a')).toHaveLength(2);
  });

  test('a read that fails is nobody else’s for longer than it lasts', async () => {
    const plain = store.match.bind(store);
    store.match = () => Promise.reject(new Error('away'));
    const asked = [directory.load('live', ['acc_a']), directory.load('live', ['acc_a'])];
    await expect(Promise.allSettled(asked)).resolves.toMatchObject([
      { status: 'rejected' },
      { status: 'rejected' },
    ]);
    store.match = plain;
    expect(await idsOf('a')).toEqual([]);
  });

  test('a change in one account forgets that account and no other', async () => {
    await directory.load('live', ['acc_a', 'acc_b']);
    await subscribe('sub_1', 'a');
    await directory.freshen();
    expect(directory.known('live', ['acc_a'])).toBeNull();
    expect(directory.known('live', ['acc_b'])).not.toBeNull();
    expect(await idsOf('a')).toEqual(['sub_1']);
    expect(reads).toEqual([['acc_a', 'acc_b'], ['acc_a']]);
  });

  test('a change that concerns more than one account forgets all', async () => {
    await directory.load('live', ['acc_a', 'acc_b']);
    await subscribe('sub_1', 'a', { about: null });
    await directory.freshen();
    expect(directory.known('live', ['acc_b'])).toBeNull();
  });

  test('a change whose note is gone forgets all', async () => {
    await directory.load('live', ['acc_a', 'acc_b']);
    await subscribe('sub_1', 'a');
    await store.write((db) => [
      db.delete(store.tables.changes).where(eq(store.tables.changes.accountId, 'acc_a')),
    ]);
    await directory.freshen();
    expect(directory.known('live', ['acc_b'])).toBeNull();
  });

  test('a change by another process is noticed, and its version is that of the next answer', async () => {
    await directory.load('live', ['acc_a', 'acc_b']);
    const other = open();
    await subscribe('sub_1', 'a', {}, other);
    await directory.freshen();
    expect(directory.known('live', ['acc_a'])).toBeNull();
    expect(directory.known('live', ['acc_b'])?.version).toBe(await other.version());
    expect(await idsOf('a')).toEqual(['sub_1']);
  });

  test('a row that no longer compiles is reported and hides none of its neighbours', async () => {
    await subscribe('sub_1', 'a', { eventTypes: ['booking.lost'] });
    await subscribe('sub_2', 'a');
    expect(await idsOf('a')).toEqual(['sub_2']);
    expect(log.lines.join()).toContain('subscription.uncompilable');
  });

  test('its bound is on candidates: what does not fit is read again', async () => {
    await subscribe('sub_1', 'a');
    await subscribe('sub_2', 'b');
    directory = await createDirectory(store, log, { maxCandidates: 3 });
    await directory.load('live', ['acc_a']);
    await directory.load('live', ['acc_b']);
    expect(directory.known('live', ['acc_a'])).toBeNull();
    expect(directory.known('live', ['acc_b'])).not.toBeNull();
  });
});
