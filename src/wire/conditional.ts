import type { Ctx } from '#src/context';
import type { Answer } from './mount.ts';

/**
 * A read that can be asked again for nothing: 200 with an ETag of these very bytes, or 304 where the caller has them
 * (RFC 9110 §13.1.2: If-None-Match compares weakly). Never shared: what a token sees is its own.
 */
export function conditional({ digest }: Pick<Ctx, 'digest'>, request: Request, body: unknown): Answer {
  const etag = `"${digest.sha256(JSON.stringify(body)).slice(0, 32)}"`;
  const headers = { etag, 'cache-control': 'private, no-cache', vary: 'authorization' };
  return hasAlready(request, etag) ? { status: 304, headers } : { status: 200, body, headers };
}

/** Whether If-None-Match names this ETag. */
export function hasAlready(request: Request, etag: string): boolean {
  const ifNoneMatch = request.headers.get('if-none-match');
  if (ifNoneMatch === null) return false;
  return ifNoneMatch
    .split(',')
    .map((one) => one.trim().replace(/^W\//, ''))
    .some((one) => one === '*' || one === etag);
}
