import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { sendRaw } from './raw-socket.ts';

/** Bytes that are not HTTP, or not quite. Node's parser refuses most; the hub must outlive all. */
describe('broken HTTP', () => {
  let hub: TestHub;
  let token = '';
  beforeAll(async () => {
    hub = await startTestHub();
    token = await hub.service();
  });
  afterAll(() => hub.stopAndForget());

  const post = (...headers: string[]) =>
    [
      'POST /v1/events HTTP/1.1',
      'Host: hub',
      `Authorization: Bearer ${token}`,
      'Content-Type: application/json',
      ...headers,
      '',
      '',
    ].join('\r\n');
  const get = (line: string, ...headers: string[]) => [line, ...headers, '', ''].join('\r\n');

  const broken: [string, () => (string | Uint8Array)[]][] = [
    ['a length below zero', () => [post('Content-Length: -1'), '{}']],
    ['a length that is no number', () => [post('Content-Length: ten'), '{}']],
    ['two lengths', () => [post('Content-Length: 2', 'Content-Length: 3'), '{}']],
    [
      'a length and chunks (request smuggling)',
      () => [post('Content-Length: 4', 'Transfer-Encoding: chunked'), '0\r\n\r\nGET / HTTP/1.1\r\n\r\n'],
    ],
    ['an encoding that is unknown', () => [post('Transfer-Encoding: cow'), '{}']],
    ['a chunk size that is no number', () => [post('Transfer-Encoding: chunked'), 'zz\r\n{}\r\n0\r\n\r\n']],
    ['a chunk longer than it says', () => [post('Transfer-Encoding: chunked'), '1\r\n{}}}}}\r\n0\r\n\r\n']],
    ['an endless chunk size', () => [post('Transfer-Encoding: chunked'), 'f'.repeat(5_000)]],
    ['a header of 20 kB', () => [get('GET /healthz HTTP/1.1', 'Host: hub', `X-Long: ${'a'.repeat(20_000)}`)]],
    [
      'three thousand headers',
      () => [
        get('GET /healthz HTTP/1.1', 'Host: hub', ...Array.from({ length: 3_000 }, (_, i) => `X-${i}: 1`)),
      ],
    ],
    ['an address of 20 kB', () => [get(`GET /${'a'.repeat(20_000)} HTTP/1.1`, 'Host: hub')]],
    ['a header name with a space', () => [get('GET /healthz HTTP/1.1', 'Host: hub', 'bad name: 1')]],
    ['a NUL in a header', () => [get('GET /healthz HTTP/1.1', 'Host: hub', 'x: a\0b')]],
    ['a NUL in the address', () => [get('GET /\0 HTTP/1.1', 'Host: hub')]],
    ['no host', () => [get('GET /healthz HTTP/1.1')]],
    ['a host that is no host', () => [get('GET /v1/me HTTP/1.1', 'Host: a b<>')]],
    ['a host that ends an address', () => [get('GET /v1/me HTTP/1.1', 'Host: x/../?#@')]],
    ['an absolute address', () => [get('GET http://evil.example/v1/me HTTP/1.1', 'Host: hub')]],
    ['an address without a slash', () => [get('GET v1/me HTTP/1.1', 'Host: hub')]],
    ['a double slash', () => [get('GET //evil.example/v1/me HTTP/1.1', 'Host: hub')]],
    ['a star', () => [get('OPTIONS * HTTP/1.1', 'Host: hub')]],
    ['CONNECT', () => [get('CONNECT 169.254.169.254:80 HTTP/1.1', 'Host: 169.254.169.254:80')]],
    ['TRACE', () => [get('TRACE /v1/me HTTP/1.1', 'Host: hub')]],
    ['a method that is unknown', () => [get('BREW /v1/me HTTP/1.1', 'Host: hub')]],
    [
      'an upgrade',
      () => [get('GET /v1/me HTTP/1.1', 'Host: hub', 'Connection: Upgrade', 'Upgrade: websocket')],
    ],
    ['HTTP/2 without asking', () => ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']],
    ['HTTP/0.9', () => ['GET /healthz\r\n']],
    ['HTTP/9.9', () => [get('GET /healthz HTTP/9.9', 'Host: hub')]],
    ['TLS', () => [Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03)]],
    ['noise', () => [Uint8Array.from({ length: 4_096 }, (_, i) => (i * 131 + 7) % 256)]],
    ['a GET with a body', () => [get('GET /v1/me HTTP/1.1', 'Host: hub', 'Content-Length: 2'), '{}']],
    [
      'two authorizations',
      () => [
        get('GET /v1/me HTTP/1.1', 'Host: hub', `Authorization: Bearer ${token}`, 'Authorization: Bearer x'),
      ],
    ],
    ['an expectation that is unknown', () => [post('Expect: the-inquisition', 'Content-Length: 2'), '{}']],
  ];

  test('is refused or cut off, and never a fault of the hub', async () => {
    const seen = await Promise.all(
      broken.map(async ([what, parts]) => ({ what, answer: await sendRaw(hub.port, parts()) })),
    );
    for (const { what, answer } of seen) {
      expect(answer.status ?? 0, `${what} → ${answer.text.slice(0, 200)}`).toBeLessThan(500);
      expect(answer.text, what).not.toMatch(/node_modules|\bat \S+ \(|\.ts:\d/);
      expect(answer.text.includes(token), what).toBe(false);
    }
    // Node answers a request without Host by itself, before anybody is asked.
    const refused = seen.filter(
      ({ what, answer }) => what !== 'no host' && (answer.status === 400 || answer.status === 431),
    );
    for (const { what, answer } of refused)
      expect(answer.text, what).toMatch(/application\/problem\+json[^]*"request_id":"req_/i);
    expect(refused.length).toBeGreaterThan(5);
    const statusOf = (what: string) => seen.find((one) => one.what === what)?.answer.status;
    expect(statusOf('a header of 20 kB')).toBe(431);
    for (const what of [
      'a length below zero',
      'two lengths',
      'a length and chunks (request smuggling)',
      'a chunk size that is no number',
    ])
      expect(statusOf(what), what).toBe(400);
  });

  test('a request whose sender goes away in the middle of the body is forgotten', async () => {
    const leave = (head: string, part: string) =>
      new Promise<void>((resolve) => {
        const socket = connect(hub.port, '127.0.0.1', () => {
          socket.write(head + part, () => {
            socket.destroy();
            resolve();
          });
        });
        socket.on('error', () => resolve());
      });
    const subscribe = post('Content-Length: 500').replace('/v1/events', '/v1/subscriptions');
    for (let i = 0; i < 20; i++) {
      await leave(post('Content-Length: 500'), '{"type":"book');
      await leave(post('Transfer-Encoding: chunked'), '5\r\n{"typ');
      await leave(subscribe, '{"endpoint"');
    }
    const account = await hub.account();
    const { body } = await hub.call('POST', '/v1/events', token, eventFor([account.id]));
    expect(body).toMatchObject({ status: 'accepted' });
  });

  test('the hub has logged no fault and no token', () => {
    expect(hub.log.lines.filter((line) => line.startsWith('error'))).toEqual([]);
    expect(hub.log.lines.some((line) => line.includes(token))).toBe(false);
  });
});
