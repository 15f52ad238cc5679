import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

/** The store refuses writes under a running hub. What is answered must be true, and nothing may need a restart. */
describe('a store that cannot be written', () => {
  let hub: TestHub;
  let sink: Sink;
  let publisher = '';
  let account: Awaited<ReturnType<TestHub['account']>>;

  beforeEach(async () => {
    hub = await startTestHub({ PATCHBAY_LEASE_MS: '2000', PATCHBAY_ATTEMPT_DEADLINE_MS: '1000' });
    sink = await startSink();
    account = await hub.account();
    publisher = await hub.service();
    await hub.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: sink.origin },
      event_types: ['booking.*'],
    });
    // Proven, so that nothing waits for its second.
    await publish(eventFor([account.id]));
    await until('the endpoint is proven', () => sink.received.length === 1);
  });
  afterEach(async () => {
    await hub.stopAndForget();
    await sink.close();
  });

  const publish = (body: unknown) => hub.call('POST', '/v1/events', publisher, body);
  const pragma = async (text: string): Promise<number> => {
    const [row] = await hub.hub.store.db.all<Record<string, number>>(sql.raw(`PRAGMA ${text}`));
    return Number(Object.values(row ?? {})[0]);
  };
  const countOf = async (table: string): Promise<number> => {
    const [row] = await hub.hub.store.db.all<{ n: number }>(sql.raw(`SELECT count(*) AS n FROM ${table}`));
    return row?.n ?? -1;
  };
  const expectUnavailable = (answer: Awaited<ReturnType<typeof publish>>) => {
    expect(answer.status).toBe(503);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.body).toMatchObject({ code: 'store_unavailable', status: 503 });
    expect(JSON.stringify(answer.body)).not.toMatch(/sqlite|disk|readonly/i);
  };
  /** Fails until it does not: what the publisher is told to do. */
  const publishUntilFull = async (): Promise<string[]> => {
    const accepted: string[] = [];
    for (let i = 0; i < 200; i++) {
      const answer = await publish(eventFor([account.id]));
      if (answer.status !== 202) {
        expectUnavailable(answer);
        return accepted;
      }
      accepted.push(answer.body.id as string);
    }
    throw new Error('the disk never became full');
  };

  test(
    'a disk that fills up: 503 and nothing accepted; with space again, every event that was accepted arrives once',
    { timeout: 60_000 },
    async () => {
      await pragma(`max_page_count = ${(await pragma('page_count')) + 30}`);
      const accepted = await publishUntilFull();
      const before = { events: await countOf('events'), receipts: await countOf('receipts') };
      const refused = eventFor([account.id], { id: 'evt_refused' });
      // A batch is refused whole, as one event is.
      const batch = Array.from({ length: 50 }, () => eventFor([account.id]));
      expectUnavailable(await publish({ events: [refused, ...batch] }));
      expect(await countOf('events')).toBe(before.events);
      expect(await countOf('receipts')).toBe(before.receipts);
      expect((await hub.call('GET', '/healthz', null)).status).toBe(200);
      expect((await hub.call('GET', '/v1/events', account.token)).status).toBe(200);

      await pragma('max_page_count = 1000000');
      const again = await publish(refused);
      expect(again.body).toMatchObject({ id: 'evt_refused', status: 'accepted' });
      const expected = new Set([...accepted, 'evt_refused']);
      await until(
        'all that was accepted has arrived',
        () => {
          const here = new Set(sink.received.map((one) => (JSON.parse(one.body) as { id: string }).id));
          return [...expected].every((id) => here.has(id));
        },
        45_000,
      );
      await until(
        'nothing is open',
        async () => (await countOf('deliveries WHERE due_at IS NOT NULL')) === 0,
        45_000,
      );
      const pairs = new Map<string, Set<unknown>>();
      for (const { body, headers } of sink.received) {
        const { id } = JSON.parse(body) as { id: string };
        pairs.set(id, (pairs.get(id) ?? new Set()).add(headers['webhook-id']));
      }
      for (const [id, ids] of pairs) expect(ids.size, id).toBe(1);
      expect(pairs.size).toBe(expected.size + 1);
      expect((await hub.call('GET', '/readyz', null)).status).toBe(200);
    },
  );

  test('a store that turns read-only: 503, reads go on; writable again, what was under way is settled', async () => {
    const slow: (() => void)[] = [];
    sink.answer((_, response) => void slow.push(() => response.end('ok')));
    const underWay = await publish(eventFor([account.id]));
    await until('it is on its way', () => slow.length === 1);
    // As a file system that was remounted read-only shows itself to SQLite; file modes do not bind root.
    await pragma('query_only = 1');
    slow[0]?.();
    expectUnavailable(await publish(eventFor([account.id])));
    const change = await hub.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: sink.origin },
      event_types: ['booking.*'],
    });
    expectUnavailable(change);
    expect((await hub.call('GET', '/readyz', null)).body).toMatchObject({ code: 'store_unavailable' });
    expect((await hub.call('GET', '/healthz', null)).status).toBe(200);
    expect((await hub.call('GET', '/v1/deliveries', account.token)).status).toBe(200);

    await pragma('query_only = 0');
    sink.answer((_, response) => void response.end('ok'));
    const after = await publish(eventFor([account.id]));
    expect(after.body.status).toBe('accepted');
    await until('what could not be settled is sent again, with the same id, and settled', async () => {
      const { body } = await hub.call('GET', `/v1/deliveries?event=${underWay.body.id}`, account.token);
      return body.data[0]?.state === 'delivered';
    });
    const ids = sink.received
      .filter((one) => (JSON.parse(one.body) as { id: string }).id === underWay.body.id)
      .map((one) => one.headers['webhook-id']);
    expect(ids.length).toBe(2);
    expect(new Set(ids).size).toBe(1);
  });
});
