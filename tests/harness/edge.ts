import { rm } from 'node:fs/promises';
import { type EdgeOptions, startEdge } from '../../src/edge.ts';
import { operatorPath } from '../../src/operator.ts';
import type { Strict } from '../hosts/edge/strict-worker.ts';
import { freePort } from '../services/free-port.ts';
import { callerOf } from './call.ts';
import { lentEdge, type TestWorker } from './edge-build.ts';

export type TestEdge = Awaited<ReturnType<typeof startTestEdge>>;

export const operatorKey = 'the key of the operator of a test hub';
const key = `1:${Buffer.alloc(32, 7).toString('base64')}`;
const hourMs = 3_600_000;

/** The hub in workerd itself, loopback opened, under the platform's limits; the cron runs when a test says so. */
export async function startTestEdge(
  environment: Record<string, string> = {},
  {
    worker = 'strict',
    ...over
  }: Partial<Pick<EdgeOptions, 'cronMs' | 'queue'>> & { worker?: TestWorker } = {},
) {
  const { build, folder } = await lentEdge(worker);
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const start = () =>
    startEdge({
      folder,
      port,
      build,
      cronMs: hourMs,
      queue: { maxRetries: 2, retryDelay: 0 },
      ...over,
      environment: {
        PATCHBAY_MASTER_KEYS: key,
        PATCHBAY_PEPPERS: key,
        PATCHBAY_OPERATOR_KEY: operatorKey,
        PATCHBAY_PUBLIC_URL: origin,
        PATCHBAY_ALLOW_LOOPBACK: '1',
        PATCHBAY_CREATES_PER_MINUTE: '1000000',
        ...environment,
      },
    });
  const state = { edge: await start(), accounts: 0 };

  /** What `npm run edge -- …` does; answers what a program would read. */
  const operate = async (
    command: string,
    args: string[] = [],
    options: Record<string, unknown> = {},
  ): Promise<string> => {
    const response = await fetch(origin + operatorPath, {
      method: 'POST',
      headers: { authorization: `Operator ${operatorKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ command, args, options, files: {} }),
    });
    const answer = (await response.json()) as { lines?: { to: string; text: string }[] };
    if (!answer.lines) throw new Error(`${command} answered ${response.status}: ${JSON.stringify(answer)}`);
    return answer.lines
      .filter(({ to }) => to === 'out')
      .map(({ text }) => text)
      .join('\n');
  };

  const token = (scopes: readonly string[], account?: string): Promise<string> =>
    operate('token create', [], { scopes: scopes.join(','), ...(account ? { account } : {}) });

  return {
    origin,
    operate,
    token,
    call: callerOf(origin),
    account: async (scopes: readonly string[] = ['bookings:read', 'webhooks:manage']) => {
      const id = await operate('account create', [], { name: `Account ${(state.accounts += 1)}` });
      return { id, token: await token(scopes, id) };
    },
    /** Reads, and changes, what the strict worker keeps. */
    strict: async (changes: Partial<Strict> = {}): Promise<Strict> => {
      const response = await fetch(`${origin}/strict`, { method: 'POST', body: JSON.stringify(changes) });
      return (await response.json()) as Strict;
    },
    /** After each test: nothing that the platform would have refused. */
    requireWithinLimits: async (): Promise<void> => {
      const response = await fetch(`${origin}/strict`, { method: 'POST', body: '{}' });
      const { violations } = (await response.json()) as Strict;
      if (violations.length > 0) throw new Error(`past the platform's limits: ${violations.join('; ')}`);
    },
    runCron: () => state.edge.runCron(),
    restart: async () => {
      await state.edge.stop();
      state.edge = await start();
    },
    stop: async () => {
      await state.edge.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
