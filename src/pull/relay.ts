/**
 * The egress relay: sends for a host that cannot pin the address that a name resolves to. It is told one request at a
 * time and keeps none of them; the whole guard stands here, since the other host has only half of one.
 */
import type { Ports } from '#src/context';
import { PatchbayError, problemOf } from '#src/errors';
import { respond } from '#src/wire';
import type { WorkerKeys } from './keys.ts';
import { relayPath, type Send, sendShape } from './protocol.ts';
import { createVerifier } from './verifier.ts';

type Needs = Pick<Ports, 'clock' | 'digest' | 'ids' | 'log' | 'meter' | 'http'>;

/** An event is at most 256 KiB; as JSON within JSON each quote takes two. */
const maxBytes = 1024 * 1024;
const maxInFlight = 1_024;

/** One address, `POST /internal/v1/send`, and `/healthz`. Whatever goes wrong is a problem document. */
export function createRelay(ports: Needs, keys: WorkerKeys): (request: Request) => Promise<Response> {
  const { clock, log, http } = ports;
  const verify = createVerifier(ports, keys);
  const load = { inFlight: 0 };

  return async (request) => {
    const requestId = ports.ids.newId('req');
    try {
      return await route(request);
    } catch (error) {
      const known = asProblem(error, requestId);
      return new Response(JSON.stringify(problemOf(known, requestId)), {
        status: known.status,
        headers: { 'content-type': 'application/problem+json', 'x-request-id': requestId },
      });
    }
  };

  async function route(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === '/healthz') return respond({ status: 200, body: { status: 'up' } });
    if (pathname !== relayPath) throw new PatchbayError('not_found');
    if (request.method !== 'POST')
      throw new PatchbayError('method_not_allowed', { public: 'This address takes POST.' });
    const send = await verify(request, sendShape, maxBytes);
    if (load.inFlight >= maxInFlight)
      throw new PatchbayError('overloaded', {
        public: `The relay sends ${maxInFlight} requests at once, and no more.`,
        retryAfterSeconds: 1,
      });
    load.inFlight++;
    try {
      return respond({ status: 200, body: await sent(send), headers: { 'cache-control': 'no-store' } });
    } finally {
      load.inFlight--;
    }
  }

  async function sent({ request: { body, ...request }, permitMs }: Send) {
    const arrivedAt = clock.ticks();
    const result = await http.send({
      ...request,
      ...(body === undefined ? {} : { body }),
      // The connection that took so long to come about stays up: asked again, it goes at once.
      mayStillSend: () => clock.ticks() - arrivedAt <= permitMs,
    });
    log.info('relayed', {
      host: URL.parse(request.url)?.host,
      outcome: result.kind === 'failed' || result.kind === 'refused' ? result.code : result.kind,
      status: result.kind === 'answered' ? result.status : null,
      ms: Math.round(result.durationMs),
    });
    return result;
  }

  function asProblem(error: unknown, requestId: string): PatchbayError {
    if (error instanceof PatchbayError) return error;
    log.error('relay.fault', error, { request: requestId });
    return new PatchbayError('internal', { public: 'Something went wrong inside the relay.', cause: error });
  }
}
