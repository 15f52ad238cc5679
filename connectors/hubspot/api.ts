import { type ConnectorCtx, type Failed, readObject } from '#kit';
import { failed } from './errors.ts';
import { type Data, object } from './fields.ts';

/** The version is part of each path, and does not change until we change it: vendorApi of the manifest. */
export const apiVersion = '2026-09';

export const deals = '0-3';
export const contacts = '0-1';

export type Answer = { ok: true; status: number; body: Data | null } | Failed;

type Call = {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  /** Values of a person that HubSpot may repeat. */
  hide?: readonly string[];
};

/** One call below `https://api.hubapi.com`; `ok` is any 2xx, 207 among them. */
export async function call(ctx: ConnectorCtx<unknown>, path: string, init: Call = {}): Promise<Answer> {
  const { method = 'GET', body, hide = [] } = init;
  const response = await ctx.fetch(`https://api.hubapi.com${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const { status, headers } = response;
  const answer = await readObject(response);
  if (response.ok) return { ok: true, status, body: answer };
  return failed({ status, headers, body: answer, now: ctx.now(), facts: ctx.facts, hide });
}

/** `results` of a list or a batch; null where the answer is none of HubSpot's. */
export function results(body: Data | null): Data[] | null {
  const list = body?.['results'];
  return Array.isArray(list) ? list.map(object) : null;
}

/** What a 207 says of the inputs that failed. */
export function errorsOf(body: Data | null): Data[] {
  const list = body?.['errors'];
  return Array.isArray(list) ? list.map(object) : [];
}

/** A page in place of JSON, with a status that says that all is well. */
export const unreadable: Failed = {
  ok: false,
  kind: 'transient',
  code: 'unreadable_answer',
  slow: 'connection',
};
