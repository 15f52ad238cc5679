import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { startEdge } from '../../src/edge.ts';
import { type OperatorAnswer, operatorPath } from '../../src/operator.ts';
import { lentEdge } from '../harness/edge-build.ts';
import { freePort } from '../services/free-port.ts';
import { type Host, newKey, type RunningHub, settings } from './host.ts';

/** workerd with D1, queues and Durable Objects, as `npm run edge` starts it. */
export const edge: Host = { name: 'edge', start: () => startEdgeHub({}) };

/** `more`: variables and secrets of the Worker beside those that every host has. */
export async function startEdgeHub(more: Record<string, string>): Promise<RunningHub> {
  const { build, folder } = await lentEdge('product');
  const port = await freePort();
  const operatorKey = randomBytes(32).toString('base64');
  const environment = {
    ...settings,
    PATCHBAY_PUBLIC_URL: `http://127.0.0.1:${port}`,
    PATCHBAY_MASTER_KEYS: newKey(),
    PATCHBAY_PEPPERS: newKey(),
    PATCHBAY_OPERATOR_KEY: operatorKey,
    LOG_LEVEL: 'error',
    ...more,
  };
  const start = () => startEdge({ folder, port, environment, build });
  const state = { edge: await start() };
  return {
    origins: [`http://127.0.0.1:${port}`],
    token: (scopes, accountId) => {
      const options = { scopes: scopes.join(), ...(accountId ? { account: accountId } : {}) };
      return runCommand(`http://127.0.0.1:${port}`, operatorKey, {
        command: 'token create',
        args: [],
        options,
      });
    },
    command: (command, args, options) =>
      runCommand(`http://127.0.0.1:${port}`, operatorKey, { command, args, options }),
    restart: async () => {
      await state.edge.stop();
      state.edge = await start();
      // Cloudflare's queues outlive a restart and the simulator's do not: what they held is found by the cron.
      await state.edge.runCron();
    },
    stop: async () => {
      await state.edge.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A command of the operator, as `npm run edge -- token create …` sends it; answers its output. */
async function runCommand(
  origin: string,
  key: string,
  asked: { command: string; args: readonly string[]; options: Record<string, unknown> },
): Promise<string> {
  const response = await fetch(origin + operatorPath, {
    method: 'POST',
    headers: { authorization: `Operator ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...asked, files: {} }),
  });
  if (!response.ok) throw new Error(`${asked.command}: ${await response.text()}`);
  const { lines } = (await response.json()) as OperatorAnswer; // The hub of this very source.
  return lines.flatMap(({ to, text }) => (to === 'out' ? [text] : [])).join('\n');
}
