import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemChance, systemClock } from '../../src/adapters/clock-system.ts';
import { createNodeDigest } from '../../src/adapters/digest-node.ts';
import { createRelayHttp } from '../../src/adapters/http-relay.ts';
import { serveRelay } from '../../src/adapters/relay-server.ts';
import { allowLoopback } from '../../src/egress/index.ts';
import { createIds } from '../../src/columns/index.ts';
import { startRelay } from '../../src/node-pull.ts';
import type { Http, OutboundRequest, OutboundResult } from '../../src/ports/index.ts';
import { createRelay, readWorkerKeys } from '../../src/pull/index.ts';
import { memoryLog } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';
import { newKey } from '../pull/stand.ts';
import { send, signed } from '../pull/signed.ts';

const keys = `1:${newKey()}`;
const undo: (() => Promise<unknown>)[] = [];
const here: { relay: Awaited<ReturnType<typeof startRelay>>; sink: Sink } = {} as never; // Filled before the first test.
const log = memoryLog();

beforeAll(async () => {
  here.relay = await startRelay({ PORT: '0', PATCHBAY_WORKER_KEYS: keys, PATCHBAY_ALLOW_LOOPBACK: '1' }, log);
  undo.push(() => here.relay.stop());
  here.sink = await startSink();
  undo.push(() => here.sink.close());
});
afterAll(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

const over = (port: number, using = keys, call?: typeof fetch): Http =>
  createRelayHttp({
    url: `http://127.0.0.1:${port}/`,
    keys: readWorkerKeys(using),
    clock: systemClock,
    chance: systemChance,
    digest: createNodeDigest(),
    policy: { ports: [], ownHosts: [], [allowLoopback]: true },
    ...(call ? { fetch: call } : {}),
  });
const request = (url: string, more: Partial<OutboundRequest> = {}): OutboundRequest => ({
  url,
  method: 'POST',
  headers: { 'content-type': 'application/json', 'webhook-id': 'dlv_1' },
  body: '{"ä":1}',
  deadlineMs: 5_000,
  maxAnswerBytes: 1_000,
  keepAnswerBytes: 100,
  ...more,
});

describe('sending through the relay', () => {
  test('gives what sending oneself gives: request, status, headers and answer', async () => {
    here.sink.answer((_, response) => void response.writeHead(202, { 'x-kept': 'yes' }).end('taken'));
    const result = await over(here.relay.port).send(request(`${here.sink.origin}/hook?a=1`));
    expect(result).toMatchObject({ kind: 'answered', status: 202, body: 'taken', answerEnd: 'complete' });
    expect((result as { headers: Record<string, string> }).headers['x-kept']).toBe('yes');
    expect(here.sink.received.at(-1)).toMatchObject({ path: '/hook?a=1', body: '{"ä":1}' });
    expect(here.sink.received.at(-1)?.headers['webhook-id']).toBe('dlv_1');
  });

  test('follows no redirect', async () => {
    here.sink.answer(
      (_, response) => void response.writeHead(307, { location: `${here.sink.origin}/inside` }).end(),
    );
    const before = here.sink.received.length;
    expect(await over(here.relay.port).send(request(here.sink.origin))).toMatchObject({ status: 307 });
    expect(here.sink.received.length).toBe(before + 1);
  });

  test('connects to no address that the guard refuses', async () => {
    const http = over(here.relay.port);
    for (const url of [
      'https://10.0.0.7/',
      'https://169.254.169.254/latest',
      'https://[::ffff:192.168.0.1]/',
      'https://hub.internal/',
    ])
      expect(await http.send(request(url))).toMatchObject({ kind: 'refused', code: 'address_refused' });
    expect(await http.send(request('http://example.com/'))).toMatchObject({ code: 'scheme_refused' });
    expect(await http.send(request('https://example.com:22/'))).toMatchObject({ code: 'port_refused' });
  });

  test('cuts a long answer and keeps as much of it as was asked for', async () => {
    here.sink.answer((_, response) => void response.end('x'.repeat(5_000)));
    const result = await over(here.relay.port).send(request(here.sink.origin));
    expect(result).toMatchObject({
      kind: 'answered',
      answerEnd: 'cut',
      bodyBytes: 1_000,
      body: 'x'.repeat(100),
    });
  });

  test('keeps one deadline over all of it', async () => {
    here.sink.answer(() => {});
    const result = await over(here.relay.port).send(request(here.sink.origin, { deadlineMs: 200 }));
    expect(result).toMatchObject({ kind: 'failed', code: 'timeout', sent: true });
  });

  test('sends nothing that is withdrawn by the time of the call', async () => {
    const before = here.sink.received.length;
    const result = await over(here.relay.port).send(request(here.sink.origin, { mayStillSend: () => false }));
    expect(result.kind).toBe('withdrawn');
    expect(here.sink.received.length).toBe(before);
  });

  test('one line an attempt, with no body and no header', async () => {
    here.sink.answer((_, response) => void response.end('ok'));
    await over(here.relay.port).send(request(here.sink.origin));
    const lines = log.lines.filter((line) => line.includes('relayed'));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join()).not.toContain('dlv_1');
  });
});

describe('where connecting takes longer than a permission is good for', () => {
  test('it is asked again, and what was withdrawn meanwhile is not sent', async () => {
    // A way out whose connection comes about only after a while, as an exchange of http-node would tell it.
    const asked: number[] = [];
    const waiting: (() => void)[] = [];
    const slow: Http = {
      send: ({ mayStillSend }) =>
        new Promise<OutboundResult>((resolve) => {
          asked.push(asked.length);
          waiting.push(() =>
            resolve(
              mayStillSend?.() === false
                ? { kind: 'withdrawn', durationMs: 0 }
                : {
                    kind: 'failed',
                    code: 'reset',
                    detail: 'it left',
                    sent: true,
                    durationMs: 0,
                    address: null,
                  },
            ),
          );
        }),
      inspect: () => ({ ok: true, host: '' }),
      close: async () => undefined,
    };
    const ticks = { now: 0 };
    const clock = { ...systemClock, ticks: () => ticks.now };
    const relay = await serveRelay({
      port: 0,
      host: '127.0.0.1',
      fetch: createRelay(
        {
          clock,
          digest: createNodeDigest(),
          ids: createIds(systemClock, systemChance),
          log: memoryLog(),
          meter: { count: () => {}, gauge: () => {}, observe: () => {} },
          http: slow,
        },
        readWorkerKeys(keys),
      ),
    });
    undo.push(() => relay.close(100));
    const allowed = { is: true, times: 0 };
    const mayStillSend = () => {
      allowed.times++;
      return allowed.is;
    };
    const sending = over(relay.port).send(request(here.sink.origin, { mayStillSend }));
    await until('it has been asked for', () => waiting.length === 1);
    ticks.now += 1_500;
    waiting[0]!();
    await until('it is asked for again', () => waiting.length === 2);
    expect(allowed.times).toBe(2);
    ticks.now += 1_500;
    allowed.is = false;
    waiting[1]!();
    expect((await sending).kind).toBe('withdrawn');
    expect(asked.length).toBe(2);
  });
});

describe('a relay that is at fault', () => {
  test('is no fault of the endpoint: nothing is answered, the call throws and says why', async () => {
    const port = here.relay.port;
    await expect(over(port, `1:${newKey()}`).send(request(here.sink.origin))).rejects.toThrow(
      /answered 401.*another one here/,
    );
    await expect(over(1).send(request(here.sink.origin))).rejects.toThrow('egress relay');
    const large = request(here.sink.origin, { body: 'x'.repeat(1024 * 1024) });
    await expect(over(port).send(large)).rejects.toThrow('answered 413');
  });

  test('it takes no call twice, none unsigned, and nothing but its one address', async () => {
    const origin = `http://127.0.0.1:${here.relay.port}`;
    const path = '/internal/v1/send';
    const { mayStillSend: _, ...plain } = request(here.sink.origin);
    const call = signed(keys, path, { request: plain, permitMs: 1_000 });
    expect((await send(origin, path, call)).status).toBe(200);
    expect((await send(origin, path, call)).status).toBe(401);
    expect((await send(origin, path, { ...call, authorization: 'Bearer pbt_k_x' })).status).toBe(401);
    expect((await send(origin, '/v1/events', call)).status).toBe(404);
    const wide = signed(keys, path, { request: { ...plain, deadlineMs: 600_000 }, permitMs: 1_000 });
    expect((await send(origin, path, wide)).status).toBe(422);
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
  });
});
