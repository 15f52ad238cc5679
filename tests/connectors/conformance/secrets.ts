import type { Auth, OAuth2 } from '#kit';
import { hold } from './hold.ts';
import { canary } from './line.ts';
import type { Connection } from './types.ts';

const tokens = ['access_token', 'refresh_token', 'id_token'];

/** By name, as `ctx.fetch` takes them: `secret:url`. */
export function secretUrlsOf(auth: Auth, { secretUrl, tokenAnswer = {} }: Connection): Map<string, string> {
  if (auth.type === 'secret-url') {
    hold(secretUrl !== undefined, 'a connection by a secret URL has none');
    return new Map([['url', secretUrl]]);
  }
  return new Map(
    Object.entries(auth.secretUrls ?? {}).flatMap(([name, pointer]) => {
      const found = at(tokenAnswer, pointer);
      return typeof found === 'string' ? [[name, found]] : [];
    }),
  );
}

/** What `connected` reads: the answer without its secrets. */
export function publicAnswer(
  auth: OAuth2,
  answer: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const copy = structuredClone(answer) as Record<string, unknown>;
  for (const name of tokens) delete copy[name];
  for (const pointer of Object.values(auth.secretUrls ?? {})) {
    const cut = pointer.lastIndexOf('/');
    const parent = at(copy, pointer.slice(0, cut));
    if (typeof parent === 'object' && parent !== null) Reflect.deleteProperty(parent, pointer.slice(cut + 1));
  }
  return copy;
}

/** Each text that must not be found anywhere. */
export function secretsOf(auth: Auth, connection: Connection, inboundSecret: string): string[] {
  const own = tokens.map((name) => connection.tokenAnswer?.[name]).filter((text) => typeof text === 'string');
  return [canary, inboundSecret, ...secretUrlsOf(auth, connection).values(), ...own];
}

/** RFC 6901, without arrays. */
function at(value: unknown, pointer: string): unknown {
  const names = pointer.split('/').slice(1);
  return names.reduce<unknown>(
    (held, name) =>
      typeof held === 'object' && held !== null
        ? (held as Record<string, unknown>)[name.replaceAll('~1', '/').replaceAll('~0', '~')]
        : undefined,
    value,
  );
}
