import { once } from 'node:events';
import net from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { type Connect, createConnect, type Dial } from '../../src/adapters/http-node/connect.ts';
import type { Candidate } from '../../src/adapters/http-node/resolve.ts';
import { makeCertificate } from './http-node-certificate.ts';
import { answer, closed, post, startHttp, startReceiver, strict } from './http-node-receiver.ts';

const never = new AbortController().signal;

describe('a name', () => {
  test('that resolves to loopback the second time is refused then, and not dialed', async () => {
    const { cert, key } = makeCertificate(['hooks.example.com']);
    const receiver = await startReceiver(
      (socket) => answer(socket, 'fine', '200 OK', ['connection: close']),
      { cert, key },
    );
    const answers = [['8.8.8.8'], ['127.0.0.1']];
    const dialed: string[] = [];
    const http = startHttp({
      policy: strict,
      tlsCa: cert,
      resolve: async () => candidates(answers.shift() ?? []),
      dial: pretending(receiver.port, dialed),
    });
    expect(await http.send(post('https://hooks.example.com/'))).toMatchObject({
      kind: 'answered',
      status: 200,
      address: '8.8.8.8',
    });
    expect(await http.send(post('https://hooks.example.com/'))).toMatchObject({
      kind: 'refused',
      code: 'address_refused',
    });
    expect(dialed).toEqual(['8.8.8.8']);
    expect(receiver.requests).toHaveLength(1);
  });

  test.each([
    [['169.254.169.254']],
    [['8.8.8.8', '10.0.0.1']],
    [['10.0.0.1', '8.8.8.8']],
    [['::1']],
    [['::ffff:127.0.0.1']],
    [['64:ff9b::a9fe:a9fe']],
    [['0x7f.1']],
    [['fe80::1%eth0']],
    [['8.8.8.8', '1.1.1.1', '9.9.9.9', '8.8.4.4', '1.0.0.1', '4.4.4.4', '4.2.2.2', '192.168.0.1']],
  ])('that resolves to %j is refused whole, and nothing is dialed', async (addresses) => {
    const dial = vi.fn<Dial>();
    const http = startHttp({ policy: strict, resolve: async () => candidates(addresses), dial });
    const result = await http.send(post('https://hooks.example.com/'));
    expect(result).toMatchObject({ kind: 'refused', code: 'address_refused' });
    expect(dial).not.toHaveBeenCalled();
  });

  test('that is refused does not tell which address it has', async () => {
    const http = startHttp({ policy: strict, resolve: async () => candidates(['10.20.30.40']) });
    expect(JSON.stringify(await http.send(post('https://hooks.example.com/')))).not.toContain('10.20.30.40');
  });

  test('that resolves to one of our own addresses is refused', async () => {
    const http = startHttp({
      policy: { ports: [], ownHosts: ['8.8.8.8'] },
      resolve: async () => candidates(['8.8.8.8']),
    });
    expect(await http.send(post('https://hooks.example.com/'))).toMatchObject({ kind: 'refused' });
  });

  test('that does not resolve is dns_failed, not sent', async () => {
    for (const resolve of [
      async () => [],
      () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' })),
    ]) {
      const http = startHttp({ policy: strict, resolve });
      expect(await http.send(post('https://hooks.example.com/'))).toMatchObject({
        kind: 'failed',
        code: 'dns_failed',
        sent: false,
        address: null,
      });
    }
  });
});

describe('at connect', () => {
  test('the address that the socket reports is judged too, before any byte', async () => {
    const receiver = await startReceiver((socket) => answer(socket));
    // Dials the receiver on loopback whatever it is told, as a hijacked route would.
    const http = startHttp({
      policy: strict,
      resolve: async () => candidates(['8.8.8.8']),
      dial: () => net.connect(receiver.port, '127.0.0.1'),
    });
    expect(await http.send(post('https://hooks.example.com/'))).toMatchObject({
      kind: 'refused',
      code: 'address_refused',
    });
    await closed(receiver.connections[0]);
    expect(receiver.bytesIn()).toBe(0);
  });

  test.each([
    '127.0.0.1',
    '169.254.169.254',
    '::1',
    '::ffff:127.0.0.1',
    '::127.0.0.1',
    '2130706433.',
    '0x7f.1',
  ])('the literal %s is judged without a resolver', async (host) => {
    const dial = vi.fn<Dial>();
    const connect: Connect = createConnect({ policy: strict, resolve: async () => candidates([host]), dial });
    await expect(connect({ protocol: 'https:', host, port: 443 }, never)).rejects.toMatchObject({
      outcome: 'refused',
    });
    expect(dial).not.toHaveBeenCalled();
  });
});

describe('TLS', () => {
  const good = makeCertificate(['localhost', '127.0.0.1']);

  test('with a trusted certificate for the name is accepted, and http/1.1 asked for', async () => {
    const receiver = await startReceiver((socket) => answer(socket), {
      ...good,
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    const http = startHttp({ tlsCa: good.cert });
    expect(await http.send(post(`https://localhost:${receiver.port}/`))).toMatchObject({
      status: 200,
      address: '127.0.0.1',
    });
    expect(await http.send(post(`https://127.0.0.1:${receiver.port}/`))).toMatchObject({ status: 200 });
  });

  const expired = makeCertificate(['localhost'], { from: '200101000000Z', until: '210101000000Z' });
  const early = makeCertificate(['localhost'], { from: '480101000000Z' });
  const other = makeCertificate(['hooks.example.com', '127.0.0.2']);
  test.each([
    ['untrusted', good, other.cert, 'localhost', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['expired', expired, expired.cert, 'localhost', 'CERT_HAS_EXPIRED'],
    ['not yet valid', early, early.cert, 'localhost', 'CERT_NOT_YET_VALID'],
    ['for another name', other, other.cert, 'localhost', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['for another address', other, other.cert, '127.0.0.1', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['untrusted by the built-in roots', good, undefined, 'localhost', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ])(
    'with a certificate that is %s fails, and nothing is sent',
    async (_, { cert, key }, ca, host, reason) => {
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
      const receiver = await startReceiver((socket) => answer(socket), { cert, key });
      const http = startHttp(ca === undefined ? {} : { tlsCa: ca });
      expect(await http.send(post(`https://${host}:${receiver.port}/`))).toMatchObject({
        kind: 'failed',
        code: 'tls_failed',
        sent: false,
        address: '127.0.0.1',
        detail: expect.stringContaining(reason),
      });
      expect(receiver.bytesIn()).toBe(0);
      vi.unstubAllEnvs();
    },
  );

  test('with something that does not speak it fails', async () => {
    const plain = net
      .createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 200 OK\r\n\r\n'))
      .listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const { port } = plain.address() as net.AddressInfo; // listening on TCP
    expect(await startHttp().send(post(`https://127.0.0.1:${port}/`))).toMatchObject({
      code: 'tls_failed',
      sent: false,
    });
    plain.close();
  });

  test('that stalls in the handshake ends at the deadline, not sent', async () => {
    const silent = net.createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as net.AddressInfo; // listening on TCP
    expect(await startHttp().send(post(`https://127.0.0.1:${port}/`, { deadlineMs: 100 }))).toMatchObject({
      code: 'timeout',
      sent: false,
    });
    silent.close();
  });
});

test('a URL with credentials is refused and they appear nowhere', async () => {
  const log: unknown[] = [];
  const write = (...line: unknown[]) => void log.push(line);
  const http = startHttp({ log: { info: write, warn: write, error: write } });
  for (const url of ['https://ann:hunter2@hooks.example.com/', 'http://ann:hunter2@127.0.0.1/']) {
    const result = await http.send(post(url));
    expect(result).toMatchObject({ kind: 'refused', code: 'credentials_in_url' });
    expect(JSON.stringify([result, http.inspect(url), log])).not.toContain('hunter2');
  }
});

function candidates(addresses: string[]): Candidate[] {
  return addresses.map((address) => ({ address, family: net.isIP(address) }));
}

/** A network in which every address is the local receiver, and the socket says that it reached the one dialed. */
function pretending(port: number, dialed: string[]): Dial {
  return (address) => {
    dialed.push(address);
    return Object.defineProperty(net.connect(port, '127.0.0.1'), 'remoteAddress', { value: address });
  };
}
