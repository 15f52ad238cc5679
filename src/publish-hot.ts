import { publishBytes } from '#src/events';
import { tooLarge } from '#src/wire';
import type { PatchbayError } from '#src/errors';
import { asPatchbayError, enter, type Hub, problemResponse, requirePublisher } from './app.ts';

/** A request whose body the host has read already. Header names are lower-case. */
export type HotRequest = {
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Uint8Array | 'too_large';
  /** The address that the connection came from. */
  peer: string;
};
export type HotAnswer = { status: number; headers: Record<string, string>; body: string };

/** `POST /v1/events` straight from the socket: what the middleware does for other routes is done here by hand. */
export async function publishHot(hub: Hub, request: HotRequest): Promise<HotAnswer> {
  const startedAt = hub.clock.ticks();
  const requestId = hub.ids.newId('req');
  const answer = await answerOf(hub, request, requestId);
  const ms = Math.round(hub.clock.ticks() - startedAt);
  const [method, route, status] = ['POST', '/v1/events', String(answer.status)];
  hub.meter.observe('request_ms', ms, { method, route, status });
  hub.log.info('request', { request: requestId, method, path: route, status: answer.status, ms });
  return answer;
}

async function answerOf(
  hub: Hub,
  { headers, body, peer }: HotRequest,
  requestId: string,
): Promise<HotAnswer> {
  try {
    const [authorization, forwardedFor] = [one(headers['authorization']), one(headers['x-forwarded-for'])];
    const { ctx, limits } = await enter(
      hub,
      { authorization, method: 'POST', peer, forwardedFor },
      requestId,
    );
    requirePublisher(ctx);
    if (body === 'too_large') throw tooLarge(hub.settings.maxBatchBytes);
    const { status, body: results } = await publishBytes(ctx, body, {
      type: one(headers['content-type']),
      encoding: one(headers['content-encoding']),
      idempotencyKey: one(headers['idempotency-key']) ?? null,
    });
    const type = { 'content-type': 'application/json', 'x-request-id': requestId, ...limits };
    return { status, headers: type, body: JSON.stringify(results) };
  } catch (error) {
    return problemAnswer(asPatchbayError(hub, error, requestId), requestId);
  }
}

const one = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** A problem document for a host that writes its answers itself. */
export async function problemAnswer(error: PatchbayError, requestId: string): Promise<HotAnswer> {
  const response = problemResponse(error, requestId);
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
}
