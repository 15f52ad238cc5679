import { buildStart, type HubChild, startChild } from '../faults/hub-child.ts';
import { freePort } from '../services/free-port.ts';
import { freshDatabase } from '../services/postgres.ts';
import { startRedis } from '../services/redis.ts';
import { type Host, newKey, settings } from './host.ts';
import { openOperator } from './operator.ts';

/** `postgres`: a server on which a database of its own is made. Redis is one of its own. */
export type Services = { postgres: string; withRedis: boolean };

/** Two processes that take requests and two that send, on PostgreSQL, and on Redis where there is one. */
export const cluster = (name: string, { postgres, withRedis }: Services): Host => ({
  name,
  start: async () => {
    const entry = await buildStart();
    const redis = withRedis ? await startRedis() : null;
    const shared = {
      ...settings,
      DATABASE_URL: await freshDatabase(postgres),
      ...(redis ? { REDIS_URL: redis.url } : {}),
      PATCHBAY_MASTER_KEYS: newKey(),
      PATCHBAY_PEPPERS: newKey(),
    };
    const members = await Promise.all(
      (['api', 'api', 'worker', 'worker'] as const).map(async (role) => ({ role, port: await freePort() })),
    );
    const start = ({ role, port }: (typeof members)[number]) =>
      startChild(entry, { ...shared, PORT: String(port) }, ['--role', role]);
    const state = { children: [] as HubChild[] };
    const startAll = async () => {
      state.children = await Promise.all(members.map(start));
    };
    const stopAll = () => Promise.all(state.children.map((child) => child.kill('SIGTERM')));
    await startAll();
    const operator = await openOperator(shared);
    return {
      origins: members.filter(({ role }) => role === 'api').map(({ port }) => `http://127.0.0.1:${port}`),
      token: operator.token,
      command: operator.command,
      restart: async () => {
        await stopAll();
        await startAll();
      },
      stop: async () => {
        await operator.close();
        await stopAll();
        await redis?.stop();
      },
    };
  },
});
