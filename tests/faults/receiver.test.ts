import { type AddressInfo, connect, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

/** Receivers that misbehave, through the whole hub: what the owner of the endpoint is told is part of the claim. */
describe('a receiver that misbehaves', () => {
  let hub: TestHub;
  const dialled: { address: string; port: number }[] = [];
  const resolved: string[] = [];
  const open: (() => unknown)[] = [];

  beforeAll(async () => {
    hub = await startTestHub(
      { PATCHBAY_ATTEMPT_DEADLINE_MS: '4000' },
      {
        http: {
          // The name that is honest once: public at first, this machine from then on.
          resolve: (host) => {
            resolved.push(host);
            const isFirst = resolved.filter((one) => one === host).length === 1;
            return Promise.resolve([{ address: isFirst ? '93.184.215.14' : '127.0.0.1', family: 4 }]);
          },
          dial: (address, port) => {
            dialled.push({ address, port });
            // Nobody listens on port 1: the public address is not really asked.
            return connect({ host: '127.0.0.1', port: address === '127.0.0.1' ? port : 1 });
          },
        },
      },
    );
  });
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });
  afterAll(() => hub.stopAndForget());

  const sinkWith = async (handler: Parameters<Sink['answer']>[0]): Promise<Sink> => {
    const sink = await startSink();
    open.push(sink.close);
    sink.answer(handler);
    return sink;
  };
  const subscribe = async (url: string) => {
    const account = await hub.account();
    const { body, status } = await hub.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url },
      event_types: ['booking.*'],
    });
    expect(status).toBe(201);
    const publish = async () =>
      (await hub.call('POST', '/v1/events', await hub.service(), eventFor([account.id]))).body.id as string;
    const deliveries = () => hub.call('GET', `/v1/deliveries?subscription=${body.id}`, account.token);
    const call = (method: string, path: string) => hub.call(method, path, account.token);
    return { id: body.id as string, publish, deliveries, call };
  };
  /** The first delivery once it is no longer on its way. */
  const outcome = async (
    url: string,
    isDone = (state: string) => state !== 'leased' && state !== 'pending',
  ) => {
    const subscription = await subscribe(url);
    await subscription.publish();
    let id = '';
    await until('the attempt has an end', async () => {
      const [first] = (await subscription.deliveries()).body.data;
      id = first?.id;
      return first !== undefined && isDone(first.state);
    });
    const shown: Answer['body'] = (await subscription.call('GET', `/v1/deliveries/${id}`)).body;
    return { subscription, delivery: shown };
  };

  test('stalls after the status: delivered, and the attempt says that the rest never came', async () => {
    const sink = await sinkWith((_, response) => {
      response.writeHead(200);
      response.write('and then');
    });
    const { delivery } = await outcome(sink.origin);
    expect(delivery).toMatchObject({ state: 'delivered', attempt_count: 1 });
    expect(delivery.attempts[0]).toMatchObject({
      status: 200,
      stage: 'after',
      answer: 'and then',
      detail: "the answer's body was stalled",
    });
  });

  test('sends 100 MB: delivered, 64 KiB are read and 1 KiB is kept', async () => {
    const sent = { bytes: 0, isClosed: false };
    const sink = await sinkWith((_, response) => {
      response.writeHead(200, { 'content-length': String(100 * 1024 * 1024) });
      const piece = Buffer.alloc(65_536, 'x');
      const pour = (): void => {
        while (!sent.isClosed && sent.bytes < 100 * 1024 * 1024) {
          sent.bytes += piece.length;
          if (!response.write(piece)) return void response.once('drain', pour);
        }
      };
      response.on('close', () => (sent.isClosed = true));
      response.on('error', () => (sent.isClosed = true));
      pour();
    });
    const { delivery } = await outcome(sink.origin);
    expect(delivery.state).toBe('delivered');
    expect(delivery.attempts[0]).toMatchObject({ status: 200, detail: "the answer's body was cut" });
    expect(delivery.attempts[0].answer.length).toBe(1_024);
    await until('the hub has hung up', () => sent.isClosed);
    // What the kernel's buffers take on loopback, and far from the whole.
    expect(sent.bytes).toBeLessThan(32 * 1024 * 1024);
  });

  test('closes in the middle of the body: delivered, for the status came', async () => {
    const sink = await sinkWith((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('half of', () => response.destroy());
    });
    const { delivery } = await outcome(sink.origin);
    expect(delivery.state).toBe('delivered');
    expect(delivery.attempts[0]).toMatchObject({ status: 200, detail: "the answer's body was broken" });
  });

  test('closes before it answers: tried again', async () => {
    const sink = await sinkWith((_, response) => void response.destroy());
    const { delivery } = await outcome(sink.origin);
    expect(delivery).toMatchObject({ state: 'retrying', reason: 'reset' });
    expect(delivery.attempts[0]).toMatchObject({ outcome: 'reset', status: null, stage: 'during' });
    expect(delivery.explanation).toMatchObject({ whose: 'receiver' });
    expect(delivery.explanation.lines[0]).toMatch(/closed the connection before it answered/);
  });

  test('never answers: a timeout, tried again', async () => {
    const sink = await sinkWith(() => {});
    const { delivery } = await outcome(sink.origin);
    expect(delivery).toMatchObject({ state: 'retrying', reason: 'timeout' });
    expect(delivery.attempts[0]).toMatchObject({ outcome: 'timeout', stage: 'during' });
    expect(delivery.explanation.lines[0]).toMatch(/did not answer in time/);
    expect(new Date(delivery.next_attempt_at).getTime()).toBeGreaterThan(
      new Date(delivery.attempts[0].started_at).getTime(),
    );
  });

  test('speaks another protocol: tried again, and told so', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end('220 mail.example ESMTP\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(() => server.close());
    const { delivery } = await outcome(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(delivery).toMatchObject({ state: 'retrying', reason: 'protocol_error' });
    expect(delivery.explanation.lines[0]).toMatch(/not HTTP/);
  });

  test('redirects to the metadata service: a failure, and nothing is connected there', async () => {
    const sink = await sinkWith((_, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end(),
    );
    const { delivery } = await outcome(sink.origin);
    expect(delivery).toMatchObject({ state: 'retrying', reason: 'answered_302' });
    expect(delivery.explanation.lines[0]).toMatch(/redirects are not followed/);
    expect(sink.received).toHaveLength(1);
    expect(dialled.map(({ address }) => address)).not.toContain('169.254.169.254');
  });

  test('has a name that leads to this machine the second time: refused before anything is dialled', async () => {
    const { subscription, delivery } = await outcome('https://rebind.example/hook');
    expect(delivery).toMatchObject({ state: 'retrying', reason: 'connect_failed' });
    // By its port: what the tests before have left to be retried is dialled meanwhile.
    const dialledOf = () => dialled.filter(({ port }) => port === 443).length;
    const before = dialledOf();
    expect(before).toBe(1);
    await subscription.call('POST', `/v1/deliveries/${delivery.id}/retry`);
    await until(
      'the second attempt has an end',
      async () =>
        (await subscription.call('GET', `/v1/deliveries/${delivery.id}`)).body.attempts.length === 2,
    );
    const shown = (await subscription.call('GET', `/v1/deliveries/${delivery.id}`)).body;
    expect(shown.attempts[1]).toMatchObject({ outcome: 'address_refused', stage: 'before', status: null });
    expect(shown.explanation.lines[0]).toMatch(/an address that we do not connect to/);
    expect(JSON.stringify(shown)).not.toContain('127.0.0.1');
    expect(resolved.filter((host) => host === 'rebind.example')).toHaveLength(2);
    expect(dialledOf()).toBe(before);
  });

  test('asks for time: the next attempt is not before that', async () => {
    const sink = await sinkWith((_, response) => response.writeHead(503, { 'retry-after': '7200' }).end());
    const { delivery } = await outcome(sink.origin);
    const waitMs =
      new Date(delivery.next_attempt_at).getTime() - new Date(delivery.attempts[0].started_at).getTime();
    expect(waitMs).toBeGreaterThanOrEqual(7_200_000);
    expect(waitMs).toBeLessThan(7_300_000);
  });

  test('is gone: disabled, later events are held, and all of it is sent after a resume', async () => {
    const sink = await sinkWith((_, response) => response.writeHead(410).end());
    const { subscription, delivery } = await outcome(sink.origin);
    expect(delivery).toMatchObject({ state: 'held', reason: 'gone' });
    await until('the subscription is disabled', async () => {
      const { body } = await subscription.call('GET', `/v1/subscriptions/${subscription.id}`);
      return body.state === 'disabled' && body.state_reason === 'gone';
    });
    const later = await subscription.publish();
    const held = (await subscription.deliveries()).body.data.find(
      (one: { event: string }) => one.event === later,
    );
    expect(held).toMatchObject({ state: 'held', reason: 'subscription_disabled', attempt_count: 0 });
    expect(sink.received).toHaveLength(1);

    sink.answer((_, response) => void response.end('back'));
    expect((await subscription.call('POST', `/v1/subscriptions/${subscription.id}/resume`)).status).toBe(200);
    await until('both are delivered', async () =>
      (await subscription.deliveries()).body.data.every(
        (one: { state: string }) => one.state === 'delivered',
      ),
    );
    const ids = sink.received.map((one) => one.headers['webhook-id']);
    expect(new Set(ids)).toEqual(new Set([delivery.id, held.id]));
  });
});
