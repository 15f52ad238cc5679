import { type EgressPolicy, inspectUrl } from '#src/egress';
import type { Chance, Clock, Digest, Http, OutboundRequest, OutboundResult } from '#src/ports';
import { relayPath, resultShape, type Send, signCall, type WorkerKeys } from '#src/pull';

export type RelayHttpOptions = {
  /** Where the relay answers: `https://relay.example`. */
  url: string;
  keys: WorkerKeys;
  clock: Clock;
  chance: Chance;
  digest: Digest;
  /** For what can be said of an address without a connection. The relay has its own, and the last word. */
  policy: EgressPolicy;
  /** Lent by tests. */
  fetch?: typeof fetch;
};

/** A permission is good for so long; where connecting takes longer, it is asked for again. */
const permitMs = 1_000;
const patienceMs = 5_000;

/**
 * The way out through an egress relay (docs/hybrid.md), for a host that cannot pin addresses. Throws where the relay
 * does not answer as it should: that is no fault of the endpoint, and spends no retry.
 */
export function createRelayHttp(options: RelayHttpOptions): Http {
  const { clock, policy } = options;
  const url = options.url.replace(/\/+$/, '') + relayPath;
  const call = options.fetch ?? fetch;

  return {
    send: async ({ mayStillSend, readsAnswer: _, ...request }) => {
      const startedAt = clock.ticks();
      for (;;) {
        const spentMs = clock.ticks() - startedAt;
        if (mayStillSend?.() === false) return { kind: 'withdrawn', durationMs: spentMs };
        const leftMs = Math.floor(request.deadlineMs - spentMs);
        if (leftMs <= 0) return outOfTime(spentMs);
        const result = await relayed({ request: { ...request, deadlineMs: leftMs }, permitMs });
        if (result.kind !== 'withdrawn') return { ...result, durationMs: result.durationMs + spentMs };
      }
    },
    inspect: (address) => {
      const verdict = inspectUrl(address, policy);
      return verdict.ok ? { ok: true, host: verdict.host } : verdict;
    },
    close: async () => undefined,
  };

  async function relayed(
    send: Send & { request: Omit<OutboundRequest, 'mayStillSend'> },
  ): Promise<OutboundResult> {
    const body = JSON.stringify(send);
    const impatience = new AbortController();
    const cancel = clock.after(send.request.deadlineMs + patienceMs, () => impatience.abort());
    try {
      const answer = await call(url, {
        method: 'POST',
        headers: { authorization: sign(body), 'content-type': 'application/json' },
        body,
        redirect: 'manual',
        signal: impatience.signal,
      });
      const text = await answer.text();
      if (answer.status === 200) return resultShape.parse(JSON.parse(text));
      throw new Error(`it answered ${answer.status}: ${text.slice(0, 500)}`);
    } catch (error) {
      throw new Error(`The egress relay at ${options.url} failed: ${wordsOf(error)}`, { cause: error });
    } finally {
      cancel();
    }
  }

  function sign(body: string): string {
    const nonce = [...options.chance.bytes(16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return signCall(options.digest, options.keys, {
      method: 'POST',
      path: relayPath,
      time: Math.floor(clock.ms() / 1_000),
      nonce,
      body,
    });
  }
}

const outOfTime = (durationMs: number): OutboundResult => ({
  kind: 'failed',
  code: 'timeout',
  detail: 'The deadline passed.',
  sent: false,
  durationMs,
  address: null,
});

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
