import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildStart, startChild } from '../faults/hub-child.ts';
import { freePort } from '../services/free-port.ts';
import { type Host, type RunningHub, settings } from './host.ts';
import { openOperator } from './operator.ts';

/** One Node process and a folder. */
export const embedded: Host = { name: 'embedded', start: () => startEmbeddedHub({}) };

export async function startEmbeddedHub(more: Record<string, string>): Promise<RunningHub> {
  const entry = await buildStart();
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-hosts-'));
  const environment = { ...settings, PATCHBAY_DATA: folder, PORT: String(await freePort()), ...more };
  const state = { child: await startChild(entry, environment) };
  const operator = await openOperator(environment);
  return {
    origins: [state.child.origin],
    token: operator.token,
    command: operator.command,
    restart: async () => {
      await state.child.kill('SIGTERM');
      state.child = await startChild(entry, environment);
    },
    stop: async () => {
      await operator.close();
      await state.child.kill('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
