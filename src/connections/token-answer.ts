/** What a vendor's token endpoint answers: RFC 6749 §5.1, or Slack's form with `ok` and an error in a 200. */
import * as z from 'zod';
import type { OAuth2 } from '#kit';
import type { Credential } from './credential.ts';

export type Issued = {
  credential: Credential;
  expiresAt: Date | null;
  /** Null where the answer names none: then it is what was asked for (RFC 6749 §5.1). */
  scopes: string[] | null;
  /** The answer without its secrets: what a connector may read. */
  rest: Record<string, unknown>;
};
export type TokenAnswer =
  | { ok: true; issued: Issued }
  /** `isDead`: the vendor says that this code or refresh token is no good. Else it may be tried again. */
  | { ok: false; code: string; isDead: boolean };

const answerShape = z.looseObject({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.coerce.number().positive().max(1e9).optional(),
  scope: z.string().optional(),
  /** HubSpot's: a list. */
  scopes: z.array(z.string()).optional(),
});

export function readTokenAnswer(auth: OAuth2, status: number, body: string, now: Date): TokenAnswer {
  const json = parse(body);
  const told = answerShape.safeParse(json);
  if (status < 200 || status > 299 || json?.['ok'] === false || !told.success) return refusal(status, json);
  const { access_token, refresh_token, expires_in, scope, scopes } = told.data;
  const secretUrls: Record<string, string> = {};
  const rest = structuredClone(json ?? {});
  for (const [name, pointer] of Object.entries(auth.secretUrls ?? {})) {
    const url = take(rest, pointer);
    if (typeof url === 'string') secretUrls[name] = url;
  }
  for (const name of ['access_token', 'refresh_token', 'id_token']) delete rest[name];
  return {
    ok: true,
    issued: {
      credential: { accessToken: access_token, refreshToken: refresh_token ?? null, secretUrls },
      expiresAt: expires_in === undefined ? null : new Date(now.getTime() + expires_in * 1_000),
      scopes: scope?.split(/[\s,]+/).filter(Boolean) ?? scopes ?? null,
      rest,
    },
  };
}

/** A 5xx, a throttle or a page of HTML says nothing of the credential. */
function refusal(status: number, json: Record<string, unknown> | null): TokenAnswer {
  const word = [json?.['error'], json?.['code'], json?.['status']].find((one) => typeof one === 'string');
  const code = typeof word === 'string' && /^[\w.-]{1,60}$/.test(word) ? word : `answered_${status}`;
  const isPassing =
    status === 429 || status >= 500 || code === 'ratelimited' || code === 'temporarily_unavailable';
  return { ok: false, code, isDead: !isPassing && json !== null };
}

function parse(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body);
    // An object that came out of JSON has string keys.
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** Takes the value out of the object, by RFC 6901. */
function take(from: Record<string, unknown>, pointer: string): unknown {
  const names = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = names.pop();
  let place: unknown = from;
  for (const name of names)
    place = typeof place === 'object' && place !== null ? Reflect.get(place, name) : undefined;
  if (last === undefined || typeof place !== 'object' || place === null) return undefined;
  const value: unknown = Reflect.get(place, last);
  Reflect.deleteProperty(place, last);
  return value;
}
