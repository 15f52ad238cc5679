import { type ConnectorCtx, type Failed, type FetchInit, readObject } from '#kit';
import { failureOf } from './errors.ts';

export const driveUrl = 'https://www.googleapis.com/drive/v3';
export const uploadUrl = 'https://www.googleapis.com/upload/drive/v3/files';

export type Answer =
  | { ok: true; body: Readonly<Record<string, unknown>>; headers: Headers }
  | { ok: false; status: number; headers: Headers; failed: Failed };

export const ask = async (ctx: ConnectorCtx, url: string, init?: FetchInit): Promise<Answer> =>
  read(ctx, await ctx.fetch(url, init));

/** What an answer means where it is no readable yes. */
export async function read(ctx: ConnectorCtx, response: Response): Promise<Answer> {
  const body = await readObject(response);
  const { status, headers } = response;
  if (response.ok && body) return { ok: true, body, headers };
  return { ok: false, status, headers, failed: failureOf(response, body, ctx.now()) };
}

export const jsonType = { 'content-type': 'application/json; charset=UTF-8' };

/** Parameters in the order in which they are given. */
export const withQuery = (url: string, query: Readonly<Record<string, string>>): string =>
  `${url}?${new URLSearchParams(query).toString()}`;

/** The revision that is archived stays, even where somebody uploads another over it. */
export const uploadAddress = (uploadType: 'multipart' | 'resumable', fields: string): string =>
  withQuery(uploadUrl, { uploadType, keepRevisionForever: 'true', fields });
