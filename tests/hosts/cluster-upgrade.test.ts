import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cluster, openCluster, publishTo } from '../harness/cluster.ts';
import type { TestHub } from '../harness/hub.ts';
import { until as expectUntil } from '../harness/sink.ts';
import { describeWithAll } from '../services/describe.ts';

const run = promisify(execFile);

/** Runs inside the folder of the version before, with its own store and its own cases of the contract. */
const script = `
import { openPostgresStore } from './src/adapters/store-postgres.ts';
import { proveCase, storeCases } from './tests/contracts/store/cases.ts';
import { deliveryOf, eventOf, publish, standOn } from './tests/contracts/store/stand.ts';

const [what, url, subscriptionId, grantId, accountId] = process.argv.slice(2);
const store = await openPostgresStore({ url, migrationsFolder: 'migrations/postgres' });
const verbs = {
  prove: async () => {
    const failed = [];
    for (const each of storeCases)
      await proveCase(each, store).catch((error) => failed.push(each.title + ': ' + error.message));
    return { cases: storeCases.length, failed };
  },
  publish: async () => {
    const stand = standOn(store, 'old');
    const delivery = deliveryOf(stand, { subscriptionId, grantId, accountId });
    await publish(stand, [eventOf(stand, { audience: [accountId], deliveries: [delivery] })]);
    return { delivery: delivery.id };
  },
  lease: async () => {
    const nowMs = Date.now();
    const lanes = [{ subscriptionId, room: 10 }];
    const leased = await store.lease({ leaseId: 'wrk_old', nowMs, untilMs: nowMs + 60_000, lanes });
    return { events: leased.map(({ event }) => event.type) };
  },
};
console.log(JSON.stringify(await verbs[what]()));
await store.close();
`;

await describeWithAll(
  ['postgres', 'previous'],
  'the version before on this schema',
  ({ postgres, previous }) => {
    const state = {} as { cluster: Cluster; api: TestHub };
    beforeAll(async () => {
      const cluster = await openCluster(postgres.url);
      Object.assign(state, { cluster, api: await cluster.start('api') });
      await writeFile(join(previous.url, 'beside.ts'), script);
    });
    afterAll(() => state.cluster.close());

    const before = async (what: string, ...args: string[]) => {
      const url = state.cluster.environment['DATABASE_URL'] ?? '';
      const { stdout } = await run(process.execPath, ['beside.ts', what, url, ...args], {
        cwd: previous.url,
        timeout: 60_000,
      });
      return JSON.parse(stdout);
    };
    const subscriptionOf = async (token: string) => {
      const answer = await state.api.call('GET', '/v1/subscriptions', token);
      return answer.body.data[0].id as string;
    };

    // First of all, while nobody else looks for work.
    test('its store keeps its whole contract', async () => {
      expect(await before('prove')).toEqual({ cases: expect.any(Number), failed: [] });
    });

    test('its worker takes what our api has accepted', async () => {
      const { cluster, api } = state;
      const person = await cluster.subscribe(api, '127.0.4.1');
      await publishTo(api, await api.service(), [person.id]);
      const leased = await before('lease', await subscriptionOf(person.token));
      expect(leased).toEqual({ events: ['booking.confirmed'] });
    });

    test('our worker sends what it has accepted', async () => {
      const { cluster, api } = state;
      const person = await cluster.subscribe(api, '127.0.4.2');
      await before('publish', await subscriptionOf(person.token), person.grantId, person.id);
      await cluster.start('worker');
      await expectUntil('it arrives', () => person.arrived().length === 1);
    });
  },
);
