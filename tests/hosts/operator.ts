import { createPersonalToken, createServiceToken } from '../../src/access/index.ts';
import { commands, type Terminal } from '../../src/commands/index.ts';
import { openNodeHub } from '../../src/node.ts';
import { memoryLog } from '../harness/hub.ts';
import type { RunningHub } from './host.ts';

export type Operator = Pick<RunningHub, 'token' | 'command'> & { close(): Promise<void> };

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
    command: async (name, args, options) => {
      const found = commands.find((one) => one.name === name);
      if (!found) throw new Error(`there is no command ${name}`);
      const lines: string[] = [];
      await found.run(
        terminalOf(hub, (line) => void lines.push(line)),
        { args, options },
      );
      return lines.join('\n');
    },
    close,
  };
}

function terminalOf(hub: Awaited<ReturnType<Terminal['open']>>, out: Terminal['out']): Terminal {
  const absent = (what: string) => () => Promise.reject(new Error(`a host of the tests has no ${what}`));
  return {
    out,
    note: () => undefined,
    fail: () => undefined,
    open: async () => hub,
    machine: async () => null,
    readFile: absent('files'),
    call: absent('network'),
    stopped: absent('terminal'),
    hubUrl: null,
  };
}
