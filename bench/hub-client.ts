import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { nowMicros, sleep } from './clock.ts';
import type { HubTokens } from './hub-tokens.ts';
import type { launch } from './programs.ts';
import { createStamps } from './stamps.ts';
import type { Target } from './target.ts';
import { bookingTemplate } from './template.ts';

/** What a hub is started from, on one process or on several, and how it is asked. */
export const SERVER = '../dist/start.js';
export const ENVIRONMENT = {
  PATCHBAY_ALLOW_LOOPBACK: '1',
  // Every endpoint here is the same host, which is not what these two caps are for.
  PATCHBAY_HOST_MAX_PER_SECOND: '1000000',
  PATCHBAY_HOST_MAX_IN_FLIGHT: '10000',
  PATCHBAY_MAX_PER_SECOND: '100000',
  // One account gets one type of event here, all of them; its share is asked for each delivery, and never reached.
  PATCHBAY_TENANT_EVENT_MAX_PER_SECOND: '1000000',
  // One publisher makes all the load: its cap is asked for each call, and never reached.
  PATCHBAY_SERVICE_UNITS_PER_MINUTE: '1000000000',
  PATCHBAY_TOKEN_UNITS_PER_MINUTE: '1000000000',
  PATCHBAY_GRANT_UNITS_PER_MINUTE: '1000000000',
  PATCHBAY_CREATES_PER_MINUTE: '1000000000',
  PATCHBAY_UNITS_PER_DAY: '1000000000000',
  LOG_LEVEL: 'warn',
  NODE_ENV: 'production',
};
// More than any endpoint here can take: the pace of an endpoint is enforced, and must not be what is measured.
const MAX_PER_SECOND = 100_000;
const START_WITHIN_MS = 15_000;

type Asked = 'accounts' | 'metricsUrl' | 'subscribe' | 'pause' | 'resume';

/** What the API at this address does for a measurement. */
export function targetOf(root: string, { subscribers }: HubTokens): Pick<Target, Asked> {
  const call = caller(root);
  const tokens = new Map(subscribers.map(({ account, token }) => [account, token]));
  const owners = new Map<string, string>();
  const tokenOf = (account: string | undefined): string =>
    tokens.get(account ?? '') ?? subscribers[0]?.token ?? '';
  return {
    metricsUrl: `${root}/metrics`,
    accounts: subscribers.map(({ account }) => account),
    subscribe: async (url, account) => {
      const token = tokenOf(account);
      // Contract, "Subscribe".
      const made = (await call('POST', '/v1/subscriptions', token, {
        owner: 'grant',
        endpoint: { type: 'webhook', url },
        event_types: ['booking.*'],
        max_per_second: MAX_PER_SECOND,
      })) as { id: string; secret: string };
      owners.set(made.id, token);
      return made;
    },
    pause: async (id) => {
      await call('POST', `/v1/subscriptions/${id}/pause`, owners.get(id) ?? '');
    },
    resume: async (id) => {
      await call('POST', `/v1/subscriptions/${id}/resume`, owners.get(id) ?? '');
    },
  };
}

/** Waits until the hub has taken an event. */
export async function firstAccepted(
  child: ReturnType<typeof launch>,
  publish: Target['publish'],
): Promise<void> {
  const body = bookingTemplate([`acc_${'0'.repeat(26)}`]).join(createStamps()(nowMicros()));
  const headers = { 'content-type': 'application/json', ...publish.headers };
  const endsAt = Date.now() + START_WITHIN_MS;
  const last = { answer: 'nothing answered' };
  while (Date.now() < endsAt) {
    if (child.exitCode !== null) throw new Error(`the hub ended with ${child.exitCode} before it was ready`);
    try {
      const answer = await fetch(publish.url, { method: 'POST', headers, body });
      const text = await answer.text();
      if (answer.status === 202) return;
      last.answer = `${answer.status} ${text.slice(0, 300)}`;
    } catch {
      // Not listening yet.
    }
    await sleep(5);
  }
  throw new Error(`the hub took no event within ${START_WITHIN_MS} ms: ${last.answer}`);
}

function caller(root: string) {
  return async (method: 'GET' | 'POST', path: string, token: string, body?: unknown): Promise<unknown> => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(root + path, { method, headers, ...sent });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
    return text === '' ? null : JSON.parse(text);
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // A TCP server's address is never a pipe's name.
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}
