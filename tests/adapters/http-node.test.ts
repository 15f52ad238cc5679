import { once } from 'node:events';
import net from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Client } from 'undici';
import type { Dial } from '../../src/adapters/http-node/connect.ts';
import { createDeadlines } from '../../src/adapters/http-node/deadlines.ts';
import { Exchange } from '../../src/adapters/http-node/exchange.ts';
import { createNodeHttp } from '../../src/adapters/http-node.ts';
import {
  answer,
  closed,
  development,
  post,
  quiet,
  startHttp,
  startReceiver,
  strict,
} from './http-node-receiver.ts';

describe('an answer', () => {
  test('comes back with status, headers, body and the address it came from', async () => {
    const receiver = await startReceiver((socket) =>
      answer(socket, 'grüezi', '201 Created', ['X-One: a', 'x-one: b', 'X-Two: c']),
    );
    const http = startHttp();
    const result = await http.send(
      post(`http://localhost:${receiver.port}/in?x=1#part`, { headers: { 'webhook-id': 'dlv_1' } }),
    );
    expect(result).toMatchObject({
      kind: 'answered',
      status: 201,
      body: 'grüezi',
      bodyBytes: 7,
      answerEnd: 'complete',
      address: '127.0.0.1',
      headers: { 'x-one': 'b', 'x-two': 'c', 'content-length': '7' },
    });
    expect(receiver.requests[0]).toBe(
      `POST /in?x=1 HTTP/1.1\r\nhost: localhost:${receiver.port}\r\nconnection: keep-alive\r\nwebhook-id: dlv_1\r\ncontent-length: 7\r\n\r\n{"a":1}`,
    );
  });

  test('without a body, and for a GET, is complete', async () => {
    const receiver = await startReceiver((socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n'));
    const { body: _, ...get } = post(`http://127.0.0.1:${receiver.port}/`, { method: 'GET' });
    expect(await startHttp().send(get)).toMatchObject({
      kind: 'answered',
      status: 204,
      body: '',
      answerEnd: 'complete',
    });
  });

  test('after an interim 103 is the final one', async () => {
    const receiver = await startReceiver((socket) => {
      socket.write('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n');
      answer(socket);
    });
    expect(await startHttp().send(post(`http://127.0.0.1:${receiver.port}/`))).toMatchObject({
      status: 200,
      body: 'fine',
    });
  });

  test('that ends with an interim 103 is none', async () => {
    const receiver = await startReceiver((socket) =>
      socket.end('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'),
    );
    const result = await startHttp().send(post(`http://127.0.0.1:${receiver.port}/`));
    expect(result).toMatchObject({ kind: 'failed', code: 'reset', sent: true });
  });

  test('reuses the connection for the next request', async () => {
    const receiver = await startReceiver((socket) => answer(socket));
    const http = startHttp();
    for (let n = 0; n < 5; n++) await http.send(post(`http://127.0.0.1:${receiver.port}/`));
    expect(receiver.requests).toHaveLength(5);
    expect(receiver.connections).toHaveLength(1);
  });

  test('gives back only the bytes to keep, and no half character', async () => {
    const receiver = await startReceiver((socket) => answer(socket, 'abcü'.repeat(100)));
    const result = await startHttp().send(post(`http://127.0.0.1:${receiver.port}/`, { keepAnswerBytes: 4 }));
    expect(result).toMatchObject({ body: 'abc', bodyBytes: 500, answerEnd: 'complete' });
  });

  test('of exactly the most bytes is complete, one more is cut', async () => {
    const receiver = await startReceiver((socket, nth) => answer(socket, 'x'.repeat(nth === 1 ? 100 : 101)));
    const request = post(`http://127.0.0.1:${receiver.port}/`, { maxAnswerBytes: 100 });
    const http = startHttp();
    expect(await http.send(request)).toMatchObject({ status: 200, bodyBytes: 100, answerEnd: 'complete' });
    expect(await http.send(request)).toMatchObject({
      status: 200,
      bodyBytes: 100,
      answerEnd: 'cut',
      body: 'x'.repeat(100),
    });
    expect(await http.send(request), 'the origin works on').toMatchObject({ status: 200 });
  });
});

describe('a receiver that misbehaves', () => {
  test('by sending 100 MB is cut off early; its status counts', async () => {
    const chunk = Buffer.alloc(1_000_000, 'x');
    const receiver = await startReceiver((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${100 * chunk.length}\r\n\r\n`);
      for (let n = 0; n < 100; n++) socket.write(chunk);
    });
    const sockets: net.Socket[] = [];
    const result = await startHttp({ dial: recording([], sockets) }).send(
      post(`http://127.0.0.1:${receiver.port}/`),
    );
    expect(result).toMatchObject({ kind: 'answered', status: 200, bodyBytes: 65_536, answerEnd: 'cut' });
    await closed(sockets[0]);
    await closed(receiver.connections[0]);
    expect(sockets[0]?.bytesRead).toBeLessThan(1_000_000);
  });

  test('by sending chunks without end is cut off', async () => {
    const receiver = await startReceiver((socket) => {
      socket.write('HTTP/1.1 500 Oops\r\ntransfer-encoding: chunked\r\n\r\n');
      const more = () => {
        if (!socket.destroyed) socket.write(`1000\r\n${'x'.repeat(4096)}\r\n`, more);
      };
      more();
    });
    expect(await startHttp().send(post(`http://127.0.0.1:${receiver.port}/`))).toMatchObject({
      status: 500,
      answerEnd: 'cut',
    });
  });

  test('by stalling after the headers is stalled; its status counts', async () => {
    const receiver = await startReceiver((socket) =>
      socket.write('HTTP/1.1 202 Accepted\r\ncontent-length: 9\r\n\r\nhalf'),
    );
    const result = await startHttp().send(post(`http://127.0.0.1:${receiver.port}/`, { deadlineMs: 100 }));
    expect(result).toMatchObject({ kind: 'answered', status: 202, body: 'half', answerEnd: 'stalled' });
    await closed(receiver.connections[0]);
  });

  test('by never answering is a timeout, sent', async () => {
    const receiver = await startReceiver(() => {});
    const result = await startHttp().send(post(`http://127.0.0.1:${receiver.port}/`, { deadlineMs: 100 }));
    expect(result).toMatchObject({ kind: 'failed', code: 'timeout', sent: true, address: '127.0.0.1' });
  });

  test('by dripping one byte at a time does not outlive the deadline', async () => {
    const receiver = await startReceiver((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
      const drip = setInterval(() => socket.write('x'), 5);
      socket.on('close', () => clearInterval(drip));
    });
    const result = await startHttp().send(post(`http://127.0.0.1:${receiver.port}/`, { deadlineMs: 150 }));
    expect(result).toMatchObject({ status: 200, answerEnd: 'stalled' });
  });

  test('by closing in mid body is broken; its status counts', async () => {
    const receiver = await startReceiver((socket) =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'),
    );
    const result = await startHttp().send(post(`http://127.0.0.1:${receiver.port}/`));
    expect(result).toMatchObject({ kind: 'answered', status: 200, body: 'half', answerEnd: 'broken' });
  });

  test('by closing without an answer is a reset, sent once', async () => {
    const receiver = await startReceiver((socket) => socket.resetAndDestroy());
    const result = await startHttp().send(post(`http://127.0.0.1:${receiver.port}/`));
    expect(result).toMatchObject({ kind: 'failed', code: 'reset', sent: true });
    expect(receiver.requests).toHaveLength(1);
  });

  test.each([
    ['something that is not HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['headers past 16 KiB', `HTTP/1.1 200 OK\r\nx-big: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['two different lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx'],
  ])('by sending %s is a protocol error', async (_, text) => {
    const receiver = await startReceiver((socket) => socket.write(text));
    const result = await startHttp().send(post(`http://127.0.0.1:${receiver.port}/`));
    expect(result).toMatchObject({ kind: 'failed', code: 'protocol_error', sent: true });
  });

  test('by an unasked upgrade gets no second protocol', async () => {
    const receiver = await startReceiver((socket) =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    );
    expect(await startHttp().send(post(`http://127.0.0.1:${receiver.port}/`))).toMatchObject({
      kind: 'failed',
      sent: true,
    });
  });

  test('by redirecting to a metadata address is only answered: nothing else is dialed', async () => {
    const receiver = await startReceiver((socket) =>
      answer(socket, '', '302 Found', ['location: http://169.254.169.254/latest/meta-data/']),
    );
    const dialed: string[] = [];
    const http = startHttp({ dial: recording(dialed) });
    const result = await http.send(post(`http://127.0.0.1:${receiver.port}/`));
    expect(result).toMatchObject({
      kind: 'answered',
      status: 302,
      headers: { location: 'http://169.254.169.254/latest/meta-data/' },
    });
    expect(dialed).toEqual([`127.0.0.1:${receiver.port}`]);
  });
});

describe('mayStillSend', () => {
  test('is asked with the connection up and no byte written, and its no sends none', async () => {
    const receiver = await startReceiver((socket) => answer(socket));
    const sockets: net.Socket[] = [];
    const http = startHttp({ dial: recording([], sockets) });
    const seen: unknown[] = [];
    const refusing = post(`http://127.0.0.1:${receiver.port}/`, {
      mayStillSend: () => {
        seen.push([sockets[0]?.readyState, sockets[0]?.bytesWritten]);
        return false;
      },
    });
    expect(await http.send(refusing)).toMatchObject({ kind: 'withdrawn' });
    expect(seen).toEqual([['open', 0]]);

    // The next one takes the same connection: what the receiver got is that one alone.
    expect(
      await http.send(post(`http://127.0.0.1:${receiver.port}/next`, { mayStillSend: () => true })),
    ).toMatchObject({ status: 200 });
    expect(receiver.connections).toHaveLength(1);
    expect(receiver.requests).toHaveLength(1);
    expect(receiver.bytesIn()).toBe(receiver.requests[0]?.length);
  });

  test('is asked on a kept connection too', async () => {
    const receiver = await startReceiver((socket) => answer(socket));
    const http = startHttp();
    await http.send(post(`http://127.0.0.1:${receiver.port}/`));
    const before = receiver.bytesIn();
    expect(
      await http.send(post(`http://127.0.0.1:${receiver.port}/`, { mayStillSend: () => false })),
    ).toMatchObject({ kind: 'withdrawn' });
    expect(await http.send(post(`http://127.0.0.1:${receiver.port}/`))).toMatchObject({ status: 200 });
    expect(receiver.bytesIn()).toBe(before * 2);
    expect(receiver.connections).toHaveLength(1);
  });

  test('that throws sends nothing', async () => {
    const receiver = await startReceiver((socket) => answer(socket));
    const broken = post(`http://127.0.0.1:${receiver.port}/`, {
      mayStillSend: () => {
        throw new Error('defect');
      },
    });
    expect(await startHttp().send(broken)).toMatchObject({ kind: 'failed', sent: false });
    expect(receiver.bytesIn()).toBe(0);
  });
});

describe('the deadline', () => {
  test('covers a connection that never comes up, and gives it up', async () => {
    const silent = new net.Socket();
    const http = startHttp({ dial: () => silent });
    const result = await http.send(post('http://127.0.0.1:9/', { deadlineMs: 100 }));
    expect(result).toMatchObject({ kind: 'failed', code: 'timeout', sent: false });
    expect(silent.destroyed).toBe(true);
  });

  test('that passes while a connection is looked over takes the request back', () => {
    const deadlines = createDeadlines();
    const settle = vi.fn();
    const exchange = new Exchange(post('http://127.0.0.1/'), '/', performance.now(), deadlines, settle);
    exchange.expire();
    const controller = { aborted: false, paused: false, reason: null, abort() {}, pause() {}, resume() {} };
    expect(() => exchange.onRequestStart(controller)).toThrow('overdue');
    expect(settle.mock.calls).toMatchObject([[{ code: 'timeout', sent: false }]]);
    deadlines.close();
  });

  test('covers a name that is never resolved', async () => {
    const http = startHttp({ resolve: () => new Promise(() => {}) });
    expect(await http.send(post('https://hooks.example.com/', { deadlineMs: 100 }))).toMatchObject({
      code: 'timeout',
      sent: false,
    });
  });

  test('covers the wait for a connection, and what expired there is never written', async () => {
    const hung: net.Socket[] = [];
    const receiver = await startReceiver((socket) => void hung.push(socket));
    const http = startHttp({ maxConnectionsPerOrigin: 1 });
    const first = http.send(post(`http://127.0.0.1:${receiver.port}/first`));
    const second = await http.send(post(`http://127.0.0.1:${receiver.port}/second`, { deadlineMs: 100 }));
    expect(second).toMatchObject({ kind: 'failed', code: 'timeout', sent: false, address: null });
    const third = http.send(post(`http://127.0.0.1:${receiver.port}/third`));
    await expect.poll(() => hung).toHaveLength(1);
    answer(hung[0] as net.Socket); // waited for above
    expect(await first).toMatchObject({ status: 200 });
    await expect.poll(() => hung).toHaveLength(2);
    answer(hung[1] as net.Socket); // waited for above
    expect(await third).toMatchObject({ status: 200 });
    expect(receiver.requests.map((text) => text.split(' ')[1])).toEqual(['/first', '/third']);
  });

  test('frees the connection of a receiver that hangs for the next in line', async () => {
    const receiver = await startReceiver((socket, nth) => (nth === 1 ? undefined : answer(socket)));
    const http = startHttp({ maxConnectionsPerOrigin: 1 });
    const results = await Promise.all([
      http.send(post(`http://127.0.0.1:${receiver.port}/`, { deadlineMs: 100 })),
      http.send(post(`http://127.0.0.1:${receiver.port}/`)),
    ]);
    expect(results).toMatchObject([{ code: 'timeout' }, { status: 200 }]);
  });
});

describe('a connection', () => {
  test('that is not accepted is connect_failed, not sent', async () => {
    const receiver = await startReceiver(() => {});
    const closed = net.createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as net.AddressInfo; // listening on TCP
    closed.close();
    const http = startHttp();
    expect(await http.send(post(`http://127.0.0.1:${port}/`))).toMatchObject({
      kind: 'failed',
      code: 'connect_failed',
      sent: false,
      address: '127.0.0.1',
      detail: expect.stringContaining('ECONNREFUSED'),
    });
    expect(receiver.connections).toHaveLength(0);
  });

  test('that died while kept is replaced, and the request goes out once', async () => {
    const receiver = await startReceiver((socket) => answer(socket));
    const sockets: net.Socket[] = [];
    const http = startHttp({ dial: recording([], sockets) });
    await http.send(post(`http://127.0.0.1:${receiver.port}/first`));
    const second = http.send(post(`http://127.0.0.1:${receiver.port}/second`));
    // undici looks once more at a kept connection before it writes; the loss comes to light just then.
    sockets[0]?.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
    expect(await second).toMatchObject({ status: 200 });
    expect(receiver.requests.map((text) => text.split(' ')[1])).toEqual(['/first', '/second']);
  });

  test('tries the next address when one does not answer', async () => {
    const receiver = await startReceiver((socket) => answer(socket));
    const dialed: string[] = [];
    const http = startHttp({
      resolve: async () => [
        { address: '127.9.9.9', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ],
      dial: (address, port) => {
        dialed.push(address);
        // 127.9.9.9 listens nowhere, so it refuses at once.
        return net.connect(port, address);
      },
    });
    expect(await http.send(post(`http://localhost:${receiver.port}/`))).toMatchObject({
      status: 200,
      address: '127.0.0.1',
    });
    expect(dialed).toEqual(['127.9.9.9', '127.0.0.1']);
  });

  test('of the origin idle for longest is closed when there are too many origins', async () => {
    const one = await startReceiver((socket) => answer(socket));
    const two = await startReceiver((socket) => answer(socket));
    const sockets: net.Socket[] = [];
    const http = startHttp({ maxOrigins: 1, dial: recording([], sockets) });
    await http.send(post(`http://127.0.0.1:${one.port}/`));
    await http.send(post(`http://127.0.0.1:${two.port}/`));
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, false]);
    expect(await http.send(post(`http://127.0.0.1:${one.port}/`))).toMatchObject({ status: 200 });
  });

  test('that the other side ends, or that never came up, leaves nothing behind', async () => {
    const destroy = vi.spyOn(Client.prototype, 'destroy');
    onTestFinished(() => destroy.mockRestore());
    const receiver = await startReceiver((socket) => answer(socket, 'fine', '200 OK', ['connection: close']));
    const http = startHttp({
      dial: (address, port) =>
        port === receiver.port ? net.connect(port, address) : new net.Socket().destroy(new Error('down')),
    });
    expect(await http.send(post(`http://127.0.0.1:${receiver.port}/`))).toMatchObject({ status: 200 });
    await expect.poll(() => new Set(destroy.mock.contexts).size).toBe(1);
    expect(await http.send(post('http://127.0.0.1:9/'))).toMatchObject({ code: 'connect_failed' });
    expect(new Set(destroy.mock.contexts).size).toBe(2);
  });
});

describe('a request that cannot be written', () => {
  test.each([
    ['a Host header', { host: 'victim.example.com' }],
    ['a line break in a header', { 'x-a': 'a\r\nx-b: b' }],
    ['a transfer-encoding', { 'transfer-encoding': 'chunked' }],
  ])('because of %s is a protocol error, not sent', async (_, headers) => {
    const receiver = await startReceiver((socket) => answer(socket));
    const http = startHttp();
    expect(await http.send(post(`http://127.0.0.1:${receiver.port}/`, { headers }))).toMatchObject({
      kind: 'failed',
      code: 'protocol_error',
      sent: false,
    });
    expect(receiver.bytesIn()).toBe(0);
    expect(await http.send(post(`http://127.0.0.1:${receiver.port}/`))).toMatchObject({ status: 200 });
  });
});

describe('close', () => {
  test('ends what is sent, what waits, and everything after', async () => {
    const receiver = await startReceiver(() => {});
    const http = createNodeHttp({ policy: development, maxConnectionsPerOrigin: 1, log: quiet });
    const url = `http://127.0.0.1:${receiver.port}/`;
    const running = http.send(post(url));
    const waiting = http.send(post(url));
    await expect.poll(() => receiver.requests).toHaveLength(1);
    await http.close();
    expect(await running).toMatchObject({ kind: 'failed', code: 'reset', sent: true });
    expect(await waiting).toMatchObject({ kind: 'failed', code: 'connect_failed', sent: false });
    expect(await http.send(post(url))).toMatchObject({ kind: 'failed', code: 'connect_failed', sent: false });
  });
});

describe('the loopback switch', () => {
  test('is loud once, at creation', async () => {
    const warn = vi.fn();
    const http = startHttp({ log: { ...quiet, warn } });
    const receiver = await startReceiver((socket) => answer(socket));
    await http.send(post(`http://127.0.0.1:${receiver.port}/`));
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]).toMatchObject([
      'egress_loopback_open',
      { warning: expect.stringContaining('LOOPBACK IS OPEN') },
    ]);
  });

  test('is off by default, silently, and loopback then refused', async () => {
    const warn = vi.fn();
    const http = startHttp({ policy: strict, log: { ...quiet, warn } });
    const receiver = await startReceiver((socket) => answer(socket));
    for (const url of [
      `http://127.0.0.1:${receiver.port}/`,
      'https://127.0.0.1/',
      'https://localhost/',
      'https://[::1]:8443/',
    ]) {
      expect(http.inspect(url)).toMatchObject({ ok: false });
      expect(await http.send(post(url))).toMatchObject({ kind: 'refused' });
    }
    expect(receiver.connections).toHaveLength(0);
    expect(warn).not.toHaveBeenCalled();
  });
});

function recording(dialed: string[], sockets: net.Socket[] = []): Dial {
  return (address, port) => {
    dialed.push(`${address}:${port}`);
    const socket = net.connect(port, address);
    sockets.push(socket);
    return socket;
  };
}
