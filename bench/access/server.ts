/**
 * What authentication and caps cost a request, beside the same request without: `node bench/access/server.ts` on the
 * profile that the environment names prints its port and a token, and stays. `/empty` answers at once, `/entered` after
 * the caller is proven and its caps are spent, with the fields that tell of them; `/alone` times one after another.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAccount, createPersonalToken } from '../../src/access/index.ts';
import { openNodeHub } from '../../src/node.ts';

export type AccessServer = { port: number; token: string };
/** Of so many calls, each begun when the one before had ended; microseconds. */
export type Alone = { p50: number; p99: number };

const ANSWER = JSON.stringify({ results: [{ id: `evt_${'0'.repeat(26)}`, status: 'accepted' }] });
const ALONE = 2_000;

const { hub, close } = await openNodeHub({ ...process.env, LOG_LEVEL: 'error' });
const token = await appToken();
const call = { authorization: `Bearer ${token}`, method: 'POST', address: '127.0.0.1' };

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const { authorization } = request.headers;
    void answer(request.url ?? '', authorization).then(
      ({ status, fields, body }) => {
        response.writeHead(status, { 'content-type': 'application/json', ...fields });
        response.end(body);
      },
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
});
server.listen(0, '127.0.0.1', () => {
  // A TCP server's address is never a pipe's name.
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ port, token } satisfies AccessServer)}\n`);
});
process.once('SIGTERM', () => void close().finally(() => process.exit(0)));

async function answer(path: string, authorization: string | undefined) {
  if (path === '/alone') return { status: 200, fields: {}, body: JSON.stringify(await alone()) };
  if (path !== '/entered') return { status: 202, fields: {}, body: ANSWER };
  const { limits } = await hub.authenticator.authenticate({ ...call, authorization });
  return { status: 202, fields: limits, body: ANSWER };
}

async function alone(): Promise<Alone> {
  const found: number[] = [];
  for (let n = 0; n < ALONE; n += 1) {
    const startedAt = performance.now();
    await hub.authenticator.authenticate(call);
    found.push((performance.now() - startedAt) * 1_000);
  }
  const sorted = found.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

/** As the authorization server makes one: it has every level that a caller can have, and the plan's day. */
async function appToken(): Promise<string> {
  const { tokens } = hub.store.tables;
  const { id } = await createAccount(hub, 'bench', { name: 'bench', kind: 'organisation' });
  const made = await createPersonalToken(hub, 'bench', {
    label: 'bench',
    env: 'live',
    scopes: ['bookings:read'],
    accountId: id,
  });
  const [user, app, partner] = [hub.ids.newId('usr'), hub.ids.newId('app'), hub.ids.newId('ptr')];
  const epochs = hub.gate.snapshot({ grant: made.grantId, account: id, user, app, partner });
  await hub.store.write((db) => [
    db.update(tokens).set({ kind: 'a', userId: user, appId: app, partnerId: partner, epochs }),
  ]);
  return made.token;
}
