import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { respond } from '#src/wire';
import { OAuthError } from './errors.ts';

type Needs = Pick<Ports, 'store' | 'log' | 'meter'>;

/** RFC 6749 §5.1: neither tokens nor errors are kept on the way. */
const noStore = { 'cache-control': 'no-store', pragma: 'no-cache' };

export const answer = (status: number, body?: unknown, headers: Record<string, string> = {}): Response =>
  respond({ status, body, headers: { ...noStore, ...headers } });

/** In the form of RFC 6749 §5.2, whatever was thrown. What nobody foresaw is logged, and answered with nothing of it. */
export function errorAnswer(ports: Needs, thrown: unknown, path: string): Response {
  const error = asOAuthError(ports, thrown, path);
  return answer(error.status, { error: error.code, error_description: error.message }, error.headers);
}

export function asOAuthError(ports: Needs, thrown: unknown, path: string): OAuthError {
  if (thrown instanceof OAuthError) return thrown;
  const error = ports.store.failureOf(thrown);
  if (error instanceof PatchbayError && error.code !== 'internal') {
    if (error.status === 429) ports.meter.count('rate_limit_hits', { whose: 'ours' });
    return translated(error);
  }
  ports.log.error('oauth.fault', error, { path });
  ports.meter.count('request_faults');
  return new OAuthError('server_error', 'Something went wrong inside the hub. Nothing more was done.');
}

function translated(error: PatchbayError): OAuthError {
  const { status, publicText, retryAfterSeconds, fields } = error;
  const headers = {
    ...fields,
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
  };
  const code = status === 503 || status === 429 ? 'temporarily_unavailable' : 'invalid_request';
  return new OAuthError(code, publicText, { status, headers });
}
