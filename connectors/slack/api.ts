import { type ConnectorCtx, type Failed, readObject } from '#kit';
import { failureOf } from './errors.ts';
import { type Data, text } from './read.ts';

type Ctx = ConnectorCtx<unknown>;
type Call = {
  method: string;
  params: Readonly<Record<string, string>>;
  /** A second call would make a second thing. */
  makes?: boolean;
  resource?: string;
};

/** A method of the Web API, as `@slack/web-api` calls it: POST, a form, and `ok` in the answer. */
export async function callApi(
  ctx: Ctx,
  { method, params, makes = false, resource }: Call,
): Promise<{ ok: true; body: Data; headers: Headers } | Failed> {
  const response = await ctx.fetch(`https://slack.com/api/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(params).toString(),
    ...(resource ? { resource } : {}),
  });
  const body = await readObject(response);
  if (response.ok && body?.['ok'] === true) return { ok: true, body, headers: response.headers };
  const { status, headers } = response;
  const error = (body && text(body, 'error')) ?? null;
  return failureOf({ status, headers, error, now: ctx.now(), makes });
}

/** The webhook: JSON there, `ok` or one word back, as plain text. */
export async function callWebhook(
  ctx: Ctx,
  message: Readonly<Record<string, unknown>>,
  resource: string,
): Promise<{ ok: true } | Failed> {
  const response = await ctx.fetch('secret:webhook', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(message),
    credential: 'none',
    resource,
  });
  const said = (await response.text()).trim();
  if (response.ok && said === 'ok') return { ok: true };
  const { status, headers } = response;
  const error = /^[a-z][a-z_]{2,60}$/.test(said) && said !== 'ok' ? said : null;
  return failureOf({ status, headers, error, now: ctx.now(), makes: true });
}
