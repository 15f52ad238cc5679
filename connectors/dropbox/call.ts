import type { ConnectorCtx } from '#kit';

export const call = (ctx: ConnectorCtx, route: string, argument: unknown): Promise<Response> =>
  ctx.fetch(`https://api.dropboxapi.com/2/${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(argument),
  });

/** All that stands in the header is ASCII: ids, hashes, numbers. */
export const upload = (
  ctx: ConnectorCtx,
  route: string,
  argument: unknown,
  content: string,
): Promise<Response> =>
  ctx.fetch(`https://content.dropboxapi.com/2/${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', 'dropbox-api-arg': JSON.stringify(argument) },
    body: content,
  });
