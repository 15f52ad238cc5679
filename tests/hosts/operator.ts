import { createPersonalToken, createServiceToken } from '../../src/access/index.ts';
import { openNodeHub } from '../../src/node.ts';
import { memoryLog } from '../harness/hub.ts';
import type { RunningHub } from './host.ts';

export type Operator = Pick<RunningHub, 'token'> & { close(): Promise<void> };

/** What the `patchbay` command opens beside a running hub, kept open: a process for every token would take seconds. */
export async function openOperator(environment: Record<string, string>): Promise<Operator> {
  const { hub, close } = await openNodeHub(environment, memoryLog());
  return {
    token: async (scopes, accountId) => {
      const wish = { label: 'flows', env: 'live' as const, scopes: [...scopes] };
      const made = accountId
        ? await createPersonalToken(hub, 'cli', { ...wish, accountId })
        : await createServiceToken(hub, 'cli', wish);
      return made.token;
    },
    close,
  };
}
