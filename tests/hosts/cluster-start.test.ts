import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { startNodeHub } from '../../src/node.ts';
import { clusterEnvironment } from '../harness/cluster.ts';
import { memoryLog } from '../harness/hub.ts';
import { describeWith, describeWithAll } from '../services/describe.ts';
import { freePort } from '../services/free-port.ts';
import { startRedis } from '../services/redis.ts';

type Environment = Record<string, string | undefined>;

/** What a start is refused with; it must not start. */
const refusal = (environment: Environment): Promise<string> =>
  startNodeHub({ PORT: '0', ...environment }, memoryLog()).then(
    async (running) => {
      await running.stop();
      return 'it started';
    },
    (error: Error) => error.message,
  );
const on = (url: string, change: (url: URL) => void): string => {
  const changed = new URL(url);
  change(changed);
  return changed.href;
};

test.each([
  [{ PORT: '80x' }, /^PORT must be a number from 0 to 65535, not "80x"/],
  [{ PORT: '99999' }, /^PORT must be/],
  [{ PATCHBAY_PUBLIC_URL: 'hub.example' }, /^PATCHBAY_PUBLIC_URL must be an address/],
  // A file, where a folder is wanted.
  [{ PATCHBAY_DATA: import.meta.filename }, /^The data cannot be kept in .* \(EEXIST\)\. .*PATCHBAY_DATA/],
  // No folder of files: it takes none, and Node's own way of making folders would try for ever.
  [
    { PATCHBAY_DATA: '/proc/patchbay/data' },
    /^The data cannot be kept in \/proc\/patchbay\/data \(E\w+\)\. .*PATCHBAY_DATA/,
  ],
  [{ DATABASE_URL: 'mysql://a/b' }, /^DATABASE_URL must be postgres:\/\/.*, not mysql:\/\/…/],
  [
    { DATABASE_URL: 'postgres://host' },
    /^DATABASE_URL must be postgres:\/\/user:password@host:5432\/database/,
  ],
  [{ REDIS_URL: 'redis://127.0.0.1' }, /^REDIS_URL is set, but DATABASE_URL is not/],
  [{ PATCHBAY_ROLE: 'worker' }, /^The role worker needs DATABASE_URL/],
  [{ PATCHBAY_ROLE: 'boss' }, /^There is no role boss: .* api, worker or all/],
  [{ DATABASE_URL: 'postgres://h/d', REDIS_URL: 'http://h' }, /^REDIS_URL must begin with redis:\/\//],
  [{ DATABASE_URL: 'postgres://h/d', REDIS_URL: 'redis://a,b/3' }, /a Redis Cluster has only database 0/],
  [
    { DATABASE_URL: 'postgres://h/d', DATABASE_CONNECTIONS: '0' },
    /^DATABASE_CONNECTIONS must be a whole number/,
  ],
  [
    { DATABASE_URL: 'postgres://h/d' },
    /PATCHBAY_MASTER_KEYS and PATCHBAY_PEPPERS must be set, alike in every/,
  ],
  [
    { DATABASE_URL: 'postgres://h/d', PATCHBAY_PEPPERS: '1:x', PATCHBAY_MASTER_KEYS: '1:y' },
    /^PATCHBAY_MASTER_KEYS must be version:base64/,
  ],
])('a start with %o is refused with what to do', async (environment, text) => {
  expect(await refusal(environment)).toMatch(text);
});

await describeWith('postgres', 'what PostgreSQL says at a start', (postgres) => {
  test('nobody listens', async () => {
    const port = String(await freePort());
    const environment = await clusterEnvironment(postgres.url);
    const DATABASE_URL = on(postgres.url, (url) => (url.port = port));
    expect(await refusal({ ...environment, DATABASE_URL })).toBe(
      `DATABASE_URL: cannot connect to 127.0.0.1:${port} (ECONNREFUSED). Is PostgreSQL up, and may this machine reach it?`,
    );
  });

  test('there is no such database', async () => {
    const environment = await clusterEnvironment(postgres.url);
    const DATABASE_URL = on(postgres.url, (url) => (url.pathname = '/nowhere'));
    expect(await refusal({ ...environment, DATABASE_URL })).toMatch(
      /there is no database nowhere .* createdb/,
    );
  });

  test('there is no such user', async () => {
    const environment = await clusterEnvironment(postgres.url);
    const DATABASE_URL = on(environment['DATABASE_URL'] ?? '', (url) => (url.username = 'stranger'));
    expect(await refusal({ ...environment, DATABASE_URL })).toMatch(/PostgreSQL at .* refuses stranger/);
  });

  test('migrations are missing and are not to be made', async () => {
    const environment = await clusterEnvironment(postgres.url);
    expect(await refusal({ ...environment, PATCHBAY_MIGRATE: '0' })).toMatch(
      /^The database lacks \d+ migration\(s\) of this version. Run patchbay migrate/,
    );
  });
});

await describeWithAll(['postgres', 'redis'], 'what Redis says at a start', ({ postgres, redis }) => {
  test('nobody listens', async () => {
    const port = await freePort();
    const environment = await clusterEnvironment(postgres.url, { REDIS_URL: `redis://127.0.0.1:${port}` });
    expect(await refusal(environment)).toMatch(
      new RegExp(`^REDIS_URL: cannot connect to 127.0.0.1:${port} .*Is Redis up`),
    );
  });

  test('the password is wrong', async () => {
    const guarded = await startRedis();
    try {
      const operator = new Redis(guarded.url);
      await operator.config('SET', 'requirepass', 'right');
      operator.disconnect();
      const at = (password: string) => on(guarded.url, (url) => (url.password = password));
      const environment = await clusterEnvironment(postgres.url);
      for (const REDIS_URL of [at('wrong'), at('')])
        expect(await refusal({ ...environment, REDIS_URL })).toMatch(
          /^REDIS_URL: Redis at .* refuses the name or password/,
        );
      expect(await refusal({ ...environment, REDIS_URL: at('right') })).toBe('it started');
    } finally {
      await guarded.stop();
    }
  });

  test('it is no Redis Cluster', async () => {
    const REDIS_URL = redis.url.replace('redis://', 'redis+cluster://');
    const environment = await clusterEnvironment(postgres.url, { REDIS_URL });
    expect(await refusal(environment)).toMatch(/is no Redis Cluster; name one server/);
  });
});
