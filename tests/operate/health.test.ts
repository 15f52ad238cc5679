import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { PatchbayError } from '../../src/errors/index.ts';
import { startTestHub, type TestHub } from '../harness/hub.ts';

describe('health', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await startTestHub();
  });
  afterAll(() => hub.stopAndForget());

  const ask = (app: ReturnType<typeof createApp>, path: string) => app.request(path);

  test('/healthz says that the process is up, without a token and uncached', async () => {
    const answer = await hub.call('GET', '/healthz', null);
    expect(answer).toMatchObject({ status: 200, body: { status: 'up' } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('/readyz says ready where the store reads and writes', async () => {
    expect(await hub.call('GET', '/readyz', null)).toMatchObject({ status: 200, body: { status: 'ready' } });
  });

  test.each(['version', 'write'] as const)(
    '/readyz is 503 while the %s of the store fails, and ready again after it',
    async (broken) => {
      const state = { isBroken: true };
      const real = hub.hub.store;
      const store = {
        ...real,
        [broken]: (...given: unknown[]) =>
          state.isBroken
            ? Promise.reject(new PatchbayError('store_unavailable'))
            : (real[broken] as Function)(...given),
      };
      const app = createApp({ ...hub.hub, store });
      const answer = await ask(app, '/readyz');
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('5');
      expect(await answer.json()).toMatchObject({ code: 'store_unavailable' });
      expect((await ask(app, '/healthz')).status).toBe(200);
      state.isBroken = false;
      expect((await ask(app, '/readyz')).status).toBe(200);
    },
  );

  test('/readyz does not wait for a store that never answers', async () => {
    const clock = {
      ...hub.hub.clock,
      after: (_: number, run: () => void) => (queueMicrotask(run), () => {}),
    };
    const store = { ...hub.hub.store, version: () => new Promise<number>(() => {}) };
    expect((await ask(createApp({ ...hub.hub, clock, store }), '/readyz')).status).toBe(503);
  });

  test('/readyz writes at most once in five seconds, however often it is asked', async () => {
    const counted = { writes: 0, ticks: 0 };
    const store = {
      ...hub.hub.store,
      write: ((build) => {
        counted.writes += 1;
        return hub.hub.store.write(build);
      }) as typeof hub.hub.store.write,
    };
    const app = createApp({ ...hub.hub, store, clock: { ...hub.hub.clock, ticks: () => counted.ticks } });
    for (let i = 0; i < 5; i++) expect((await ask(app, '/readyz')).status).toBe(200);
    expect(counted.writes).toBe(1);
    counted.ticks = 5_000;
    await ask(app, '/readyz');
    expect(counted.writes).toBe(2);
  });

  test('/readyz is 503 from the moment that the process is stopping', async () => {
    const answer = await ask(createApp(hub.hub, { isStopping: () => true }), '/readyz');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code: 'shutting_down' });
  });
});
