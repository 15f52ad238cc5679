import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startTestEdge, type TestEdge } from '../harness/edge.ts';
import { eventFor } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

/** Each of these goes through strict-worker.ts, which fails what the platform would refuse. */
describe('the platform’s limits', () => {
  let edge: TestEdge;
  let core: string;
  let sink: Sink;
  beforeAll(async () => {
    edge = await startTestEdge();
    core = await edge.token(['events:publish', 'accounts:write']);
    sink = await startSink();
  });
  afterEach(async () => {
    await edge.requireWithinLimits();
  });
  afterAll(async () => {
    await edge.stop();
    await sink.close();
  });

  const subscribe = (token: string, path: string, over: Record<string, unknown> = {}) =>
    edge.call('POST', '/v1/subscriptions', token, {
      endpoint: { type: 'webhook', url: `${sink.origin}/${path}` },
      event_types: ['booking.*'],
      ...over,
    });
  const arrivedAt = (path: string) => sink.received.filter((one) => one.path === `/${path}`);

  test('five hundred events of one request, for two endpoints each, all arrive once', async () => {
    const account = await edge.account();
    for (const path of ['batch1', 'batch2']) await subscribe(account.token, path);
    // The first success ends the one-a-second probation.
    await edge.call('POST', '/v1/events', core, eventFor([account.id]));
    await until('both are proven', () => arrivedAt('batch1').length + arrivedAt('batch2').length === 2);
    const events = Array.from({ length: 500 }, () => eventFor([account.id]));
    const answer = await edge.call('POST', '/v1/events', core, { events });
    expect(answer.status, JSON.stringify(answer.body)).toBe(202);
    await until(
      'all arrive',
      () => arrivedAt('batch1').length === 501 && arrivedAt('batch2').length === 501,
      60_000,
    );
    const ids = sink.received.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(ids.length);
  }, 120_000);

  test('a request past what a row of D1 holds is 413, and says the limit', async () => {
    const account = await edge.account();
    const events = Array.from({ length: 500 }, () =>
      eventFor([account.id], { subject: `bookings/${'b'.repeat(1_900)}` }),
    );
    const answer = await edge.call('POST', '/v1/events', core, { events });
    expect(answer).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
    expect(answer.body.detail).toContain('960 KiB');
  });

  test('a body that doubles when it is escaped is kept whole', async () => {
    const account = await edge.account();
    const quotes = '"'.repeat(100_000);
    const answer = await edge.call('POST', '/v1/events', core, {
      ...eventFor([account.id]),
      data: { quotes },
    });
    // It breaks its schema, so it is quarantined: kept as it came.
    expect(answer).toMatchObject({ status: 202, body: { status: 'quarantined' } });
    const shown = await edge.operate('quarantine show', [answer.body.id as string]);
    expect(JSON.parse(shown).data.quotes).toHaveLength(100_000);
  });

  test('lists of a hundred ids and more stay within a hundred parameters a statement', async () => {
    const account = await edge.account(['bookings:read', 'webhooks:manage', 'tokens:manage']);
    for (let i = 0; i < 120; i += 1)
      expect(await subscribe(account.token, 'many')).toMatchObject({ status: 201 });
    const before = arrivedAt('many').length;
    await edge.call('POST', '/v1/events', core, eventFor([account.id]));
    await until('all arrive', () => arrivedAt('many').length - before === 120);
    expect((await edge.call('GET', '/v1/deliveries?limit=100', account.token)).body.data).toHaveLength(100);
    expect((await edge.call('GET', '/v1/subscriptions?limit=100', account.token)).body.data).toHaveLength(
      100,
    );
    const me = await edge.call('GET', '/v1/me', account.token);
    await edge.operate('revoke', ['grant', me.body.grant.id as string], { reason: 'test' });
    await edge.runCron();
  });

  test('an event for a hundred destination hosts stays within a thousand queries an invocation', async () => {
    const everywhere = await startSink('0.0.0.0');
    const account = await edge.account();
    for (let i = 1; i <= 95; i += 1) {
      const made = await edge.call('POST', '/v1/subscriptions', account.token, {
        endpoint: { type: 'webhook', url: `http://127.0.1.${i}:${everywhere.port}/` },
        event_types: ['booking.*'],
      });
      expect(made.status).toBe(201);
    }
    await edge.call('POST', '/v1/events', core, eventFor([account.id]));
    await until('all arrive', () => everywhere.received.length === 95);
    expect(new Set(everywhere.received.map(({ headers }) => headers.host)).size).toBe(95);
    expect((await edge.strict()).mostQueries).toBeLessThan(1_000);
    await everywhere.close();
  });

  test('no more than four requests of an invocation wait for their headers', async () => {
    const account = await edge.account();
    const open: (() => void)[] = [];
    sink.answer((_, response) => void open.push(() => response.end()));
    for (let i = 0; i < 12; i += 1) await subscribe(account.token, `slots${i}`);
    await edge.call('POST', '/v1/events', core, eventFor([account.id]));
    await until('four wait', () => open.length === 4);
    const answerAll = setInterval(() => open.splice(0).forEach((answer) => answer()), 20);
    await until(
      'all arrive',
      () => new Set(sink.received.map((r) => r.path).filter((p) => p.startsWith('/slots'))).size === 12,
    );
    clearInterval(answerAll);
    expect((await edge.strict()).mostAwaiting).toBe(4);
    sink.answer((_, response) => void response.end());
    open.splice(0).forEach((answer) => answer());
  });

  test('a retry past twelve hours is left to the cron, a nearer one to the queue', async () => {
    const account = await edge.account();
    await subscribe(account.token, 'later');
    sink.answer((_, response) => void response.writeHead(503, { 'retry-after': '50000' }).end());
    await edge.strict({ delays: [] });
    await edge.call('POST', '/v1/events', core, eventFor([account.id]));
    const state = async () =>
      (await edge.call('GET', '/v1/deliveries', account.token)).body.data[0]?.state as string;
    await until('it waits', async () => (await state()) === 'retrying');
    expect((await edge.strict()).delays.every((delay) => delay === 0)).toBe(true);

    sink.answer((_, response) => void response.writeHead(503, { 'retry-after': '3000' }).end());
    await edge.call('POST', '/v1/events', core, eventFor([account.id]));
    await until('a wake is put down', async () =>
      (await edge.strict()).delays.some((delay) => delay >= 2_900),
    );
    sink.answer((_, response) => void response.end());
  });

  test('an address, a name of the inside and the hub itself are refused as endpoints', async () => {
    const account = await edge.account();
    for (const url of [
      'https://93.184.215.14/hook',
      'https://1572395042/hook',
      'https://0x5db8d70e/hook',
      'https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/hook',
      'https://[::ffff:10.0.0.1]/hook',
      'https://metadata.google.internal/hook',
      'https://printer.local/hook',
      'https://10.0.0.1/hook',
      'http://example.com/hook',
    ]) {
      const made = await edge.call('POST', '/v1/subscriptions', account.token, {
        endpoint: { type: 'webhook', url },
        event_types: ['booking.*'],
      });
      expect(made, url).toMatchObject({ status: 422, body: { code: 'endpoint_refused' } });
    }
  });
});
