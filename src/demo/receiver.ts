import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Manner } from './endpoints.ts';
import type { SignedHeaders, Verify } from './verify.ts';

/** One request as it came. `status` is null while nothing was answered; `isOver` once the connection has ended. */
export type Received = {
  webhookId: string;
  atMs: number;
  isGenuine: boolean;
  status: number | null;
  isOver: boolean;
  subject: string;
  sequence: number;
};

export type Receiver = {
  url: string;
  received: readonly Received[];
  /** The secret is known only after the subscription is made, and that needs the address. */
  trust(verify: Verify): void;
  /** Whether it fails at the moment; only for `fails_for_a_while`. */
  setFailing(isFailing: boolean): void;
  close: () => Promise<void>;
};

/** A real HTTP server on loopback. It believes nothing that is not signed: 401, and it is not counted as taken. */
export async function startReceiver(place: number, key: string, manner: Manner): Promise<Receiver> {
  const received: Received[] = [];
  const state: { verify: Verify; isFailing: boolean } = { verify: () => false, isFailing: false };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = read(request, Buffer.concat(chunks).toString('utf8'), state.verify);
      received.push(one);
      response.on('close', () => {
        one.isOver = true;
      });
      answer(one, response, manner, state.isFailing);
    });
  });
  const host = await listen(server, place);
  const { port } = server.address() as AddressInfo; // A server that listens on TCP has no other kind of address.
  return {
    url: `http://${host}:${port}/${key}`,
    received,
    trust: (verify) => {
      state.verify = verify;
    },
    setFailing: (isFailing) => {
      state.isFailing = isFailing;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Linux answers on all of 127.0.0.0/8, macOS on 127.0.0.1 alone. */
async function listen(server: Server, place: number): Promise<string> {
  for (const host of [`127.0.0.${place}`, '127.0.0.1']) {
    const isUp = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(0, host, () => resolve(true));
    });
    if (isUp) return host;
  }
  throw new Error('No receiver could be started on 127.0.0.1.');
}

function read(request: IncomingMessage, body: string, verify: Verify): Received {
  const header = (name: keyof SignedHeaders) => String(request.headers[name] ?? '');
  const headers = {
    'webhook-id': header('webhook-id'),
    'webhook-timestamp': header('webhook-timestamp'),
    'webhook-signature': header('webhook-signature'),
  };
  const isGenuine = verify(body, headers);
  // Signed by the hub, so it has the hub's form; both formats carry these two.
  const { subject, sequence } = (isGenuine ? JSON.parse(body) : {}) as {
    subject?: string;
    sequence?: string | number;
  };
  return {
    webhookId: headers['webhook-id'],
    atMs: Date.now(),
    isGenuine,
    status: null,
    isOver: false,
    subject: subject ?? '',
    sequence: Number(sequence ?? 0),
  };
}

function answer(one: Received, response: ServerResponse, manner: Manner, isFailing: boolean): void {
  if (manner === 'hangs' && one.isGenuine) return;
  one.status = statusOf(one, manner, isFailing);
  response.writeHead(one.status, { 'content-type': 'text/plain' });
  response.end(words[one.status] ?? '');
}

function statusOf({ isGenuine }: Received, manner: Manner, isFailing: boolean): number {
  if (!isGenuine) return 401;
  if (manner === 'gone') return 410;
  return isFailing ? 503 : 200;
}

const words: Record<number, string> = {
  200: 'ok',
  401: 'bad signature',
  410: 'this flow was retired',
  503: 'back in a minute',
};
