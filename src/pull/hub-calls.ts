import type { Ports } from '#src/context';
import type { WorkerKeys } from './keys.ts';
import {
  type Ask,
  type AskAnswer,
  pullPaths,
  type RenewAnswer,
  type Settle,
  type SettleAnswer,
  type WithdrawnAnswer,
} from './protocol.ts';
import { signCall } from './signed-call.ts';

/** HTTP to the hub itself: the operator named it, so no guard stands before it. Rejects where nothing answers. */
export type CallHub = (request: {
  url: string;
  headers: Record<string, string>;
  body: string;
  timeoutMs: number;
}) => Promise<{ status: number; body: string }>;

/** The hub as a worker sees it. Each throws an Error whose message tells the operator what is wrong. */
export type HubCalls = {
  ask(input: Ask): Promise<AskAnswer>;
  renew(leases: { deliveryId: string; leaseId: string }[]): Promise<RenewAnswer>;
  settle(input: Settle): Promise<SettleAnswer>;
  withdrawn(permits: string[], waitMs: number): Promise<WithdrawnAnswer>;
};

type Needs = Pick<Ports, 'clock' | 'chance' | 'digest'>;
/** On top of what the hub was asked to wait. */
const patienceMs = 10_000;

export function createHubCalls(
  ports: Needs,
  hub: { url: string; keys: WorkerKeys; call: CallHub },
): HubCalls {
  const base = hub.url.replace(/\/+$/, '');
  // Behind a proxy that serves it under a path, the hub sees another one: what is signed is what the hub serves.
  const post = async (path: string, input: unknown, waitMs = 0): Promise<unknown> => {
    const body = JSON.stringify(input);
    const authorization = signCall(ports.digest, hub.keys, {
      method: 'POST',
      path,
      time: Math.floor(ports.clock.ms() / 1_000),
      nonce: nonceOf(ports.chance.bytes(16)),
      body,
    });
    const answer = await hub
      .call({
        url: base + path,
        headers: { authorization, 'content-type': 'application/json' },
        body,
        timeoutMs: waitMs + patienceMs,
      })
      .catch((error: unknown) => {
        throw new Error(`The hub does not answer at ${base} (${reasonOf(error)}).`, { cause: error });
      });
    return read(base, answer);
  };

  // The hub made these answers, of the same protocol; nothing of them is executed or stored.
  return {
    ask: async (input) => (await post(pullPaths.ask, input, input.waitMs)) as AskAnswer,
    renew: async (leases) => (await post(pullPaths.renew, { leases })) as RenewAnswer,
    settle: async (input) => (await post(pullPaths.settle, input)) as SettleAnswer,
    withdrawn: async (permits, waitMs) =>
      (await post(pullPaths.withdrawn, { permits, waitMs }, waitMs)) as WithdrawnAnswer,
  };
}

function read(base: string, { status, body }: { status: number; body: string }): unknown {
  const value = parsed(body);
  if (status === 200 && value !== null) return value;
  const detail =
    typeof value?.['detail'] === 'string'
      ? value['detail']
      : 'no more is said; this may not be a Patchbay hub';
  if (status === 401) throw new Error(`The hub refuses this worker: ${detail}`);
  if (status === 404)
    throw new Error(
      `There is no delivery by pull at ${base}. Set PATCHBAY_DELIVERY=pull and PATCHBAY_WORKER_KEYS for the hub, or name another --hub.`,
    );
  throw new Error(`The hub at ${base} answered ${status}: ${detail}`);
}

function parsed(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    // Not JSON, so not the hub; the status says the rest.
    return null;
  }
}

const nonceOf = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Node's fetch hides why in `cause`. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.name : 'unknown';
}
