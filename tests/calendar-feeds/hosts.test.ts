import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { revoke } from '../../src/access/index.ts';
import { type Cluster, openCluster } from '../harness/cluster.ts';
import { startTestEdge, type TestEdge } from '../harness/edge.ts';
import { eventFor } from '../harness/hub.ts';
import { describeWith } from '../services/describe.ts';
import { readByIcalJs } from './readers.ts';

await describeWith('postgres', 'a calendar feed on PostgreSQL', (postgres) => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await openCluster(postgres.url);
  });
  afterAll(() => cluster.close());

  test('is served by one process and ended by another', async () => {
    const [one, other] = [await cluster.start('api'), await cluster.start('api')];
    const { id, token } = await one.account();
    const made = await one.call('POST', '/v1/calendar-feeds', token);
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const { pathname } = new URL(made.body.url);
    await one.call('POST', '/v1/events', await one.service(), eventFor([id]));
    const answer = await fetch(other.origin + pathname);
    expect(readByIcalJs(await answer.text()).events).toHaveLength(1);
    await one.call('DELETE', `/v1/calendar-feeds/${made.body.id}`, token);
    expect((await fetch(other.origin + pathname)).status).toBe(410);
  });

  test('one that is made while its maker is revoked ends with it, or is not made', async () => {
    const hub = await cluster.start('api');
    for (let round = 0; round < 10; round++) {
      const { token, tokenId } = await hub.account();
      const [made] = await Promise.all([
        hub.call('POST', '/v1/calendar-feeds', token),
        revoke(hub.hub, { level: 'token', id: tokenId, reason: 'user', actor: 'test' }),
      ]);
      if (made.status !== 201) expect(made.status).toBe(401);
      else expect((await fetch(hub.origin + new URL(made.body.url).pathname)).status).toBe(410);
    }
  });
});

describe('a calendar feed on the edge', () => {
  let edge: TestEdge;
  beforeAll(async () => {
    edge = await startTestEdge();
  });
  afterAll(() => edge.stop());

  test('is made, fetched without the pages being loaded, and ends', async () => {
    const { id, token } = await edge.account();
    const publisher = await edge.token(['events:publish']);
    const made = await edge.call('POST', '/v1/calendar-feeds', token);
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    await edge.call('POST', '/v1/events', publisher, eventFor([id]));
    const answer = await fetch(made.body.url);
    expect(answer.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    expect(readByIcalJs(await answer.text()).events).toHaveLength(1);
    await edge.call('DELETE', `/v1/calendar-feeds/${made.body.id}`, token);
    expect((await fetch(made.body.url)).status).toBe(410);
    await edge.requireWithinLimits();
  });
});
