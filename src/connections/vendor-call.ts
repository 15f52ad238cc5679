/** The one way from a connection to its vendor. Knows the credential, and lets nobody else know it. */
import type { Connector, FetchInit } from '#kit';
import { NoAnswer } from '#kit';
import type { Ports } from '#src/context';
import type { OutboundRequest, OutboundResult } from '#src/ports';
import type { Credential } from './credential.ts';
import { type ConnectionRow, makerOf } from './find.ts';
import type { VendorLimits } from './limits.ts';

export type VendorCall = {
  ports: Pick<Ports, 'http' | 'clock' | 'connectors' | 'gate' | 'log' | 'store' | 'settings' | 'meter'>;
  connector: Connector;
  row: ConnectionRow;
  credential: Credential;
  limits: VendorLimits;
  /** `deliver`, `health`, `set_up`: for the log of calls. */
  purpose: string;
  deliveryId: string | null;
  /** When all of it must be over, by `clock.ms`. */
  untilMs: number;
};

const maxAnswerBytes = 1_024 * 1_024;
const maxBodyBytes = 32 * 1_024 * 1_024;

/** Thrown by the rate gate before anything is sent. The hub reads it; a connector does not catch it. */
export class OverLimit extends NoAnswer {
  readonly retryAfterMs: number;
  readonly per: 'app' | 'connection' | 'resource';
  constructor(per: 'app' | 'connection' | 'resource', retryAfterMs: number) {
    super('over_limit', false);
    this.per = per;
    this.retryAfterMs = retryAfterMs;
  }
}

export async function callVendor(call: VendorCall, address: string, init: FetchInit = {}): Promise<Response> {
  const url = addressOf(call, address);
  const { ports, connector, row } = call;
  const over = call.limits.take(connector.manifest, row, init.resource);
  if (over) throw new OverLimit(over.per, over.afterMs);
  const leftMs = call.untilMs - ports.clock.ms();
  if (leftMs <= 0) throw new NoAnswer('timeout', false);
  if ((init.body?.length ?? 0) > maxBodyBytes) throw new NoAnswer('body_too_large', false);
  const startedAt = ports.clock.now();
  // A secret address is the credential: no other goes there.
  const isBare = init.credential === 'none' || address.startsWith('secret:');
  const result = await ports.http.send(requestOf(call, url, { ...init, isBare }, leftMs));
  await note(call, url, init, startedAt, result);
  return responseOf(result);
}

function addressOf({ connector, credential, ports }: VendorCall, address: string): URL {
  const name = address.startsWith('secret:') ? address.slice('secret:'.length) : null;
  const text = name === null ? address : credential.secretUrls[name];
  const url = text === undefined ? null : URL.parse(text);
  if (!url || url.username !== '' || !isListed(connector.manifest.hosts, url)) {
    throw new NoAnswer('address_not_listed', false);
  }
  const origin = ports.connectors.originOf(url.origin);
  return origin === url.origin ? url : new URL(`${url.pathname}${url.search}`, origin);
}

/** `*.example.com` takes every name below, and not `example.com` itself. */
export const isListed = (hosts: readonly string[], { protocol, hostname }: URL): boolean =>
  protocol === 'https:' &&
  hosts.some((host) => (host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host));

function requestOf(
  { ports, row, credential }: VendorCall,
  url: URL,
  init: FetchInit & { isBare: boolean },
  leftMs: number,
): OutboundRequest {
  const headers: Record<string, string> = { accept: 'application/json', 'user-agent': 'Patchbay/1' };
  for (const [name, value] of Object.entries(init.headers ?? {})) headers[name.toLowerCase()] = value;
  delete headers['authorization'];
  if (!init.isBare) {
    if (credential.accessToken === null) throw new NoAnswer('no_credential', false);
    headers['authorization'] = `Bearer ${credential.accessToken}`;
  }
  return {
    url: url.href,
    method: init.method ?? 'GET',
    headers,
    ...(init.body === undefined ? {} : { body: init.body }),
    deadlineMs: Math.min(leftMs, ports.settings.attemptDeadlineMs),
    maxAnswerBytes,
    keepAnswerBytes: maxAnswerBytes,
    readsAnswer: true,
    mayStillSend: () => ports.gate.standing(row.epochs, makerOf(row)) === 'valid',
  };
}

function responseOf(result: OutboundResult): Response {
  switch (result.kind) {
    case 'answered': {
      // What the vendor has done is done; that its answer broke off leaves us without the word for it.
      if (result.answerEnd === 'stalled' || result.answerEnd === 'broken')
        throw new NoAnswer('answer_broken', true);
      const hasBody = ![101, 103, 204, 205, 304].includes(result.status);
      return new Response(hasBody ? result.body : null, { status: result.status, headers: result.headers });
    }
    case 'refused':
      throw new NoAnswer(result.code, false);
    case 'withdrawn':
      throw new NoAnswer('withdrawn', false);
    case 'failed':
      throw new NoAnswer(result.code, result.sent);
    default:
      return result satisfies never;
  }
}

/** Host and path alone: queries and secret addresses are credentials. */
async function note(
  call: VendorCall,
  url: URL,
  init: FetchInit,
  at: Date,
  result: OutboundResult,
): Promise<void> {
  const { ports, row, credential } = call;
  const { connectionCalls } = ports.store.tables;
  const isSecret = Object.values(credential.secretUrls).some(
    (secret) => URL.parse(secret)?.pathname === url.pathname,
  );
  const outcome =
    result.kind === 'answered'
      ? `answered_${result.status}`
      : result.kind === 'withdrawn'
        ? 'withdrawn'
        : result.code;
  ports.meter.count('vendor_calls', { connector: row.connector, outcome });
  await ports.store
    .write((db) => [
      db.insert(connectionCalls).values({
        connectionId: row.id,
        at,
        purpose: call.purpose,
        method: init.method ?? 'GET',
        address: isSecret ? `${url.host}/(secret)` : `${url.host}${url.pathname}`,
        status: result.kind === 'answered' ? result.status : null,
        outcome,
        durationMs: Math.round(result.durationMs),
        deliveryId: call.deliveryId,
      }),
    ])
    .catch((error: unknown) => ports.log.error('connection.call', error, { connection: row.id }));
}
