/**
 * The hub on every host that it runs on, and one suite of flows (suite.ts) that all of them pass, test for test.
 * A host is started as an operator starts it: real processes, real databases, workerd itself. One of them alone:
 *
 *   npx vitest run tests/hosts -t embedded        (or cluster, 'postgres alone', edge, hybrid, pulled)
 *
 * To add a host, write what starts it as a `Host`, and a test file that gives it to `proveFlows`.
 */
import { randomBytes } from 'node:crypto';
import { freePort } from '../services/free-port.ts';

export type Host = { name: string; start(): Promise<RunningHub> };

export type RunningHub = {
  /** Where the API answers, one address a process: as behind a load balancer, any of them may be asked anything. */
  origins: readonly string[];
  /** Does what `patchbay token create` does: a personal token of this account, without one a service token. */
  token(scopes: readonly string[], accountId?: string): Promise<string>;
  /** Does what the command `patchbay` of this name does, on the hub's own data; answers what a program would read. */
  command(name: string, args: readonly string[], options: Record<string, unknown>): Promise<string>;
  /** Ends every process in order, and starts them again on the same data at the same addresses. */
  restart(): Promise<void>;
  /** Ends all of it and leaves nothing behind. */
  stop(): Promise<void>;
};

/** Where Discord answers in a flow: known before the hub starts, and served while one of them wants it. */
export const discordPort = await freePort();

/** What an operator may set, the same on every host: limits low enough for a flow to reach them. */
export const settings = {
  PATCHBAY_ALLOW_LOOPBACK: '1',
  PATCHBAY_SWEEP_MS: '100',
  // Flows go side by side: the one that waits for it holds up no other.
  PATCHBAY_ATTEMPT_DEADLINE_MS: '10000',
  PATCHBAY_MAX_MATCHES: '8',
  PATCHBAY_EXPAND_CHUNK: '5',
  PATCHBAY_SERVICE_UNITS_PER_MINUTE: '1000',
  PATCHBAY_CREATES_PER_MINUTE: '1000000',
  PATCHBAY_CONNECTORS: 'discord',
  PATCHBAY_VENDOR_STAND_INS: `https://discord.com=http://127.0.0.1:${discordPort}`,
} as const;

/** A master key, a pepper or a worker key, as the environment names them: version and 32 bytes. */
export const newKey = (): string => `1:${randomBytes(32).toString('base64')}`;
