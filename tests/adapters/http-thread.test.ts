import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createThreadHttp } from '../../src/adapters/http-thread.ts';
import { allowLoopback } from '../../src/egress/index.ts';
import type { Http, OutboundRequest } from '../../src/ports/index.ts';
import { memoryLog } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

describe('sending from a thread of its own', () => {
  let http: Http;
  let sink: Sink;
  const log = memoryLog();
  beforeAll(async () => {
    sink = await startSink();
    http = createThreadHttp({
      policy: { ports: [], ownHosts: [], [allowLoopback]: true },
      maxConnectionsPerOrigin: 8,
      log,
    });
  });
  afterAll(async () => {
    await http.close();
    await sink.close();
  });
  const request = (over: Partial<OutboundRequest> = {}): OutboundRequest => ({
    url: `${sink.origin}/hook`,
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: 'hello',
    deadlineMs: 60_000,
    maxAnswerBytes: 1_024,
    keepAnswerBytes: 64,
    ...over,
  });

  test('a request goes out and its answer comes back', async () => {
    const result = await http.send(request());
    expect(result).toMatchObject({ kind: 'answered', status: 200, body: 'ok' });
    expect(sink.received.at(-1)).toMatchObject({ path: '/hook', body: 'hello' });
  });

  test('the guard stands in the thread too, and the loopback switch is passed to it', async () => {
    const results = await Promise.all(
      ['https://10.0.0.1/', 'ftp://example.com/', 'https://169.254.169.254/'].map((url) =>
        http.send(request({ url })),
      ),
    );
    expect(results.map((result) => result.kind)).toEqual(['refused', 'refused', 'refused']);
    expect(http.inspect('https://10.0.0.1/')).toMatchObject({ ok: false });
  });

  test('a request that may no longer be sent when it waits for a connection sends nothing', async () => {
    const before = sink.received.length;
    sink.answer((_, response) => void setTimeout(() => response.end('late'), 300));
    const state = { may: true };
    const busy = Array.from({ length: 8 }, () => http.send(request()));
    await until('eight are on their way', () => sink.received.length === before + 8);
    const waiting = http.send(request({ mayStillSend: () => state.may }));
    state.may = false;
    expect((await waiting).kind).toBe('withdrawn');
    await Promise.all(busy);
    sink.answer((_, response) => void response.end('ok'));
    expect(sink.received).toHaveLength(before + 8);
  });

  test('a thousand at once all come back', async () => {
    const results = await Promise.all(Array.from({ length: 1_000 }, () => http.send(request())));
    expect(results.every((result) => result.kind === 'answered')).toBe(true);
  });
});
