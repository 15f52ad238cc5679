import { afterAll, expect, test } from 'vitest';
import { eventFor } from '../harness/hub.ts';
import { until } from '../harness/sink.ts';
import { describeWith } from '../services/describe.ts';
import { freshDatabase } from '../services/postgres.ts';
import { newKey, stand } from './stand.ts';

await describeWith('postgres', 'delivery by pull from a hub on PostgreSQL', (postgres) => {
  const undo: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  });

  test('two workers share it, and leave it tidy', async () => {
    const here = await stand(undo, {
      DATABASE_URL: await freshDatabase(postgres.url),
      PATCHBAY_MASTER_KEYS: `1:${newKey()}`,
      PATCHBAY_PEPPERS: `1:${newKey()}`,
    });
    const { hub, publisher, account, sink } = here;
    await here.subscribe();
    const workers = [here.worker(), here.worker()];
    for (let i = 0; i < 10; i++) await hub.call('POST', '/v1/events', publisher, eventFor([account.id]));
    const states = async () => (await here.deliveries()).map(({ state }) => state);
    await until('all are delivered', async () => (await states()).every((state) => state === 'delivered'));
    expect(sink.received.length).toBe(10);
    const { marks } = hub.hub.store.tables;
    const names = async () => (await hub.hub.store.db.select().from(marks)).map(({ name }) => name);
    expect((await names()).filter((name) => name.startsWith('pull:')).length).toBe(2);
    for (const worker of workers) await worker.stop();
    expect((await names()).filter((name) => name.startsWith('pull:'))).toEqual([]);
  });
});
