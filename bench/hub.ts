import { cpSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { nowMicros, sleep } from './clock.ts';
import type { HubTokens } from './hub-tokens.ts';
import { launch, pidOf, runProgram, stopProcess } from './programs.ts';
import { createStamps } from './stamps.ts';
import type { Target } from './target.ts';
import { bookingTemplate } from './template.ts';

/**
 * The hub as anybody would run it: a process of its own, asked over HTTP.
 * Everything that this benchmark takes for granted about it stands in the next few lines.
 */
const SERVER = '../dist/start.js';
const TOKENS = './hub-tokens.ts';
const ENVIRONMENT = {
  PATCHBAY_ALLOW_LOOPBACK: '1',
  // Every endpoint here is the same host, which is not what these two caps are for.
  PATCHBAY_HOST_MAX_PER_SECOND: '1000000',
  PATCHBAY_HOST_MAX_IN_FLIGHT: '10000',
  PATCHBAY_MAX_PER_SECOND: '100000',
  LOG_LEVEL: 'warn',
  NODE_ENV: 'production',
};
// More than any endpoint here can take: the pace of an endpoint is enforced, and must not be what is measured.
const MAX_PER_SECOND = 100_000;
const START_WITHIN_MS = 15_000;

/** A store with its tokens, made once; each hub that is started gets a copy of it. */
export type HubHome = HubTokens & { directory: string };

export async function prepareHub(directory: string): Promise<HubHome> {
  const env = { ...ENVIRONMENT, PATCHBAY_DATA: directory };
  return { ...(await runProgram<HubTokens>({ file: TOKENS, env })), directory };
}

/** Starts a hub on a copy of the prepared store, or on the given directory as it stands. */
async function startHub(home: HubHome, directory: string): Promise<Target> {
  if (directory !== home.directory) cpSync(home.directory, directory, { recursive: true });
  const port = await freePort();
  const root = `http://127.0.0.1:${port}`;
  const publish = { url: `${root}/v1/events`, headers: { authorization: `Bearer ${home.publisher}` } };

  const startedAt = performance.now();
  const child = launch({
    file: SERVER,
    env: { ...ENVIRONMENT, PORT: String(port), PATCHBAY_DATA: directory },
  });
  child.stdout?.resume();
  try {
    await firstAccepted(child, publish);
  } catch (error) {
    await stopProcess(child);
    throw error;
  }
  const startMs = performance.now() - startedAt;

  const call = caller(root);
  const tokens = new Map(home.subscribers.map(({ account, token }) => [account, token]));
  const owners = new Map<string, string>();
  const tokenOf = (account: string | undefined): string =>
    tokens.get(account ?? '') ?? home.subscribers[0]?.token ?? '';

  return {
    name: 'hub',
    pid: pidOf(child),
    publish,
    metricsUrl: `${root}/metrics`,
    accounts: home.subscribers.map(({ account }) => account),
    startMs,
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
    stop: () => stopProcess(child),
  };
}

/** Starts a hub, uses it, and stops it whatever happens. */
export async function withHub<Result>(
  home: HubHome,
  directory: string,
  use: (hub: Target) => Promise<Result>,
): Promise<Result> {
  const hub = await startHub(home, directory);
  try {
    return await use(hub);
  } finally {
    await hub.stop();
  }
}

async function firstAccepted(child: ReturnType<typeof launch>, publish: Target['publish']): Promise<void> {
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

async function freePort(): Promise<number> {
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
