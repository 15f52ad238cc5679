import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { patchbay } from '../cli/spawn.ts';
import { eventFor, startTestHub } from '../harness/hub.ts';
import { describeWith } from '../services/describe.ts';
import { freshDatabase, postgresProgram, type PostgresServer, startPostgres } from '../services/postgres.ts';
import { provideProgram } from '../services/provide.ts';

const run = promisify(execFile);
const key = (n: number) => Buffer.alloc(32, n).toString('base64');

await describeWith('postgres', 'pg_dump, pg_restore and patchbay restored', (postgres) => {
  const state = {} as { folder: string; other: PostgresServer };
  beforeAll(async () => {
    state.folder = mkdtempSync(join(tmpdir(), 'patchbay-dump-'));
    // A server of its own: its transactions are numbered from the beginning.
    state.other = await startPostgres();
  });
  afterAll(async () => {
    await state.other?.stop();
    rmSync(state.folder, { recursive: true, force: true });
  });
  const environmentOf = (url: string, more: Record<string, string> = {}) => ({
    DATABASE_URL: url,
    PATCHBAY_DATA: state.folder,
    PATCHBAY_MASTER_KEYS: `1:${key(1)}`,
    PATCHBAY_PEPPERS: `1:${key(2)}`,
    ...more,
  });
  const tool = async (name: string, args: string[]) =>
    run(await provideProgram({ ...postgresProgram, programs: [name] }), args);
  const dump = (url: string, file: string) => tool('pg_dump', ['-Fc', '-f', file, url]);
  const load = (url: string, file: string) =>
    tool('pg_restore', ['--no-owner', '--exit-on-error', '-d', url, file]);

  test(
    'a token that was revoked after the dump stays dead, and the feed goes on after every cursor',
    { timeout: 120_000 },
    async () => {
      const [from, to] = await Promise.all([freshDatabase(postgres.url), freshDatabase(state.other.url)]);
      const file = join(state.folder, 'one.dump');
      await burnTransactions(from, 2_000);
      const first = await startTestHub(environmentOf(from));
      const account = await first.account();
      const service = await first.service();
      await first.call('POST', '/v1/events', service, eventFor([account.id]));
      await dump(from, file);
      await first.call('POST', '/v1/events', service, eventFor([account.id]));
      const page = await first.call('GET', '/v1/events', account.token);
      expect(page.body.data).toHaveLength(2);
      expect(
        (await patchbay(state.folder, ['token', 'revoke', account.tokenId], environmentOf(from))).code,
      ).toBe(0);
      expect((await first.call('GET', '/v1/me', account.token)).status).toBe(401);
      await first.stop();

      await load(to, file);
      const restored = await patchbay(state.folder, ['restored'], environmentOf(to));
      expect(restored).toMatchObject({ code: 0, out: 'restored (all)\n' });
      const second = await startTestHub(environmentOf(to));
      expect((await second.call('GET', '/v1/me', account.token)).status).toBe(401);
      expect((await second.call('GET', '/v1/me', service)).status).toBe(401);

      const { createPersonalToken } = await import('../../src/access/index.ts');
      const { token } = await createPersonalToken(second.hub, 'test', {
        label: 'new',
        env: 'live',
        scopes: ['bookings:read'],
        accountId: account.id,
      });
      const event = await second.call('POST', '/v1/events', await second.service(), eventFor([account.id]));
      const next = await second.call('GET', `/v1/events?after=${page.body.next_cursor}`, token);
      expect(next.body.data.map(({ id }: { id: string }) => id)).toEqual([event.body.id]);
      // What was in the dump is seen as well, though its transactions have higher numbers than this server's.
      expect((await second.call('GET', '/v1/events', token)).body.data).toHaveLength(2);
      await second.stop();
    },
  );

  test('with a revocation journal only what was revoked stays dead', { timeout: 120_000 }, async () => {
    const [from, to] = await Promise.all([freshDatabase(postgres.url), freshDatabase(state.other.url)]);
    const file = join(state.folder, 'two.dump');
    const more = { PATCHBAY_REVOCATION_JOURNAL: join(state.folder, 'revocations.journal') };
    const first = await startTestHub(environmentOf(from, more));
    const [revoked, living] = [await first.account(), await first.account()];
    await dump(from, file);
    expect(
      (await patchbay(state.folder, ['token', 'revoke', revoked.tokenId], environmentOf(from, more))).code,
    ).toBe(0);
    await first.stop();
    await load(to, file);
    const restored = await patchbay(state.folder, ['restored'], environmentOf(to, more));
    expect(restored).toMatchObject({ code: 0, out: 'restored (journal)\n' });
    const second = await startTestHub(environmentOf(to, more));
    expect((await second.call('GET', '/v1/me', revoked.token)).status).toBe(401);
    expect((await second.call('GET', '/v1/me', living.token)).status).toBe(200);
    await second.stop();
  });

  test('backup and restore say what to use instead', { timeout: 120_000 }, async () => {
    const environment = environmentOf(await freshDatabase(postgres.url));
    const asked = await patchbay(state.folder, ['backup', join(state.folder, 'x.db')], environment);
    expect(asked).toMatchObject({ code: 1, err: expect.stringContaining('pg_dump') as string });
  });
});

/** So that this server's numbers are well past those of one that has just begun. */
async function burnTransactions(url: string, count: number): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (let n = 0; n < count; n++) await client.query('SELECT pg_current_xact_id()');
  } finally {
    await client.end();
  }
}
