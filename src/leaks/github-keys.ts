import * as z from 'zod';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { importPublicKey } from './ecdsa.ts';

/** The key of this identifier; null where GitHub has no such key. Throws 503 where GitHub cannot be asked. */
export type GithubKeys = (identifier: string) => Promise<CryptoKey | null>;

const published = z.object({
  public_keys: z.array(z.object({ key_identifier: z.string(), key: z.string() })).max(100),
});
const keepMs = 3_600_000;
/** An unknown identifier asks again, but not more often than this: else anybody could make us call. */
const askAgainMs = 30_000;

/** GitHub's keys, fetched through the egress guard and kept for an hour; old ones serve on while it cannot be reached. */
export function createGithubKeys({
  http,
  clock,
  settings,
  log,
}: Pick<Ports, 'http' | 'clock' | 'settings' | 'log'>): GithubKeys {
  const state = { keys: new Map<string, CryptoKey>(), fetchedAtMs: -Infinity, askedAtMs: -Infinity };

  return async (identifier) => {
    const nowMs = clock.ms();
    const isKept = state.keys.has(identifier) && nowMs - state.fetchedAtMs < keepMs;
    if (!isKept && nowMs - state.askedAtMs >= askAgainMs) await refresh(nowMs);
    const key = state.keys.get(identifier);
    if (key) return key;
    if (state.fetchedAtMs > -Infinity) return null;
    throw new PatchbayError('vendor_unavailable', {
      public: "GitHub's public keys cannot be fetched at the moment.",
      retryAfterSeconds: askAgainMs / 1_000,
    });
  };

  async function refresh(nowMs: number): Promise<void> {
    const answer = await http.send({
      url: settings.githubKeysUrl,
      method: 'GET',
      headers: { accept: 'application/json', 'user-agent': 'Patchbay/1' },
      deadlineMs: 5_000,
      maxAnswerBytes: 65_536,
      keepAnswerBytes: 65_536,
      readsAnswer: true,
    });
    const isWhole = answer.kind === 'answered' && answer.status === 200 && answer.answerEnd === 'complete';
    const list = isWhole ? await read(answer.body) : null;
    // Not before: calls that come at once each ask, for none may wait for another's answer on Workers.
    state.askedAtMs = nowMs;
    if (list === null) {
      log.warn('github.keys', {
        answer: answer.kind,
        status: answer.kind === 'answered' ? answer.status : null,
      });
      return;
    }
    state.keys = list;
    state.fetchedAtMs = nowMs;
  }
}

/** Null where it is not the list of keys. One that is of another kind is nobody's. */
async function read(body: string): Promise<Map<string, CryptoKey> | null> {
  const list = published.safeParse(parsed(body));
  if (!list.success) return null;
  const keys = new Map<string, CryptoKey>();
  for (const { key_identifier: identifier, key: pem } of list.data.public_keys) {
    const key = await importPublicKey(pem);
    if (key) keys.set(identifier, key);
  }
  return keys;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
