import { randomBytes } from 'node:crypto';
import { createNodeDigest } from '../../src/adapters/digest-node.ts';
import { readWorkerKeys, signCall } from '../../src/pull/index.ts';

type Signed = { authorization: string; text: string };

/** What a worker would send, to be altered at will. */
export function signed(
  keys: string,
  path: string,
  body: unknown,
  over: { timeMs?: number; nonce?: string } = {},
): Signed {
  const text = JSON.stringify(body);
  const authorization = signCall(createNodeDigest(), readWorkerKeys(keys), {
    method: 'POST',
    path,
    time: Math.floor((over.timeMs ?? Date.now()) / 1_000),
    nonce: over.nonce ?? randomBytes(16).toString('hex'),
    body: text,
  });
  return { authorization, text };
}

export type Answer = { status: number; body: any };

export async function send(origin: string, path: string, { authorization, text }: Signed): Promise<Answer> {
  const response = await fetch(origin + path, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: text,
  });
  return { status: response.status, body: await response.json() };
}

export const askOf = (worker: string, over: Record<string, unknown> = {}) => ({
  worker,
  upMs: 60_000,
  room: 100,
  lanes: [],
  isOnlyThese: false,
  after: '',
  waitMs: 0,
  ...over,
});
