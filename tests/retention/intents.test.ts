import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setAccountStatus } from '../../src/access/index.ts';
import { purge } from '../../src/retention/index.ts';
import { type JumpingClock, jumpingClock } from '../faults/jumping-clock.ts';
import { clusterEnvironment } from '../harness/cluster.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { until } from '../harness/sink.ts';
import { wish } from '../intents/wishes.ts';
import { describeWith } from '../services/describe.ts';

const dayMs = 86_400_000;

describe('what came in, on SQLite', () => flows(async () => ({})));
await describeWith('postgres', 'what came in, on PostgreSQL', ({ url }) =>
  flows(() => clusterEnvironment(url)),
);

function flows(environment: () => Promise<Record<string, string>>): void {
  const on = {} as { hub: TestHub; clock: JumpingClock };
  beforeAll(async () => {
    on.clock = jumpingClock();
    on.hub = await startTestHub(await environment(), { clock: on.clock });
  });
  afterAll(() => on.hub?.stopAndForget());
  const ask = async (token: string) =>
    (await on.hub.call('POST', '/v1/rfps', token, wish())).body.id as string;
  const rowOf = async (id: string) => {
    const { db, tables } = on.hub.hub.store;
    return (await db.select().from(tables.intents).where(eq(tables.intents.id, id)))[0];
  };

  test('goes with the erasure of its account: neither words nor references stay, and nothing is asked any more', async () => {
    const account = await on.hub.account(['rfps:create']);
    const id = await ask(account.token);
    await setAccountStatus(on.hub.hub, 'test', account.id, 'erased');
    expect(await rowOf(id)).toMatchObject({ state: 'expired', data: {}, externalRef: '', refKey: id });
  });

  test('expires where nobody decides, with a row in the trail, and goes months later', async () => {
    const id = await ask((await on.hub.account(['rfps:create'])).token);
    on.clock.jump(31 * dayMs);
    const young = await ask((await on.hub.account(['rfps:create'])).token);
    expect((await purge(on.hub.hub)).intentsExpired).toBeGreaterThan(0);
    expect([(await rowOf(id))?.state, (await rowOf(young))?.state]).toEqual(['expired', 'pending_review']);
    const { db, tables } = on.hub.hub.store;
    const trail = await db.select().from(tables.audit).where(eq(tables.audit.subject, id));
    expect(trail.map(({ action }) => action)).toEqual(['intent.record', 'intent.expire']);
    on.clock.jump(91 * dayMs);
    await purge(on.hub.hub);
    expect(await rowOf(id)).toBeUndefined();
  });

  test('a broadcast’s places go with the events', async () => {
    const account = await on.hub.account(['rfps:read', 'webhooks:manage']);
    const made = await on.hub.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: 'http://127.0.0.1:9/' },
      event_types: ['rfp.*'],
    });
    expect(made.status).toBe(201);
    const event = eventFor([account.id], { type: 'rfp.broadcast' });
    await on.hub.call('POST', '/v1/events', await on.hub.service(), event);
    const { db, tables } = on.hub.hub.store;
    const places = () => db.select().from(tables.broadcastPlaces);
    await until('it has a place', async () => (await places()).length === 1);
    await purge(on.hub.hub);
    expect(await places()).toHaveLength(1);
    on.clock.jump(31 * dayMs);
    await purge(on.hub.hub);
    expect(await places()).toEqual([]);
    expect(await db.select().from(tables.broadcastPaces)).toEqual([]);
  });
}
