import { PatchbayError } from '#src/errors';
import { readBytes } from '#src/wire';
import { invalidRequest, OAuthError } from './errors.ts';

export type Parameters = {
  /** Undefined where it was not sent, or was sent empty (RFC 6749 §3.1: then it counts as left out). */
  get(name: string): string | undefined;
  /** Of those that may repeat. */
  all(name: string): string[];
  /** Names that came more than once, `resource` aside (RFC 8707 §2). */
  repeated: ReadonlySet<string>;
};

const maxFormBytes = 64 * 1_024;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** RFC 6749 §3.2: a form, in the body alone, each parameter once. */
export async function readForm(request: Request): Promise<Parameters> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type))
    throw invalidRequest('Send a form: Content-Type: application/x-www-form-urlencoded.');
  // RFC 6749 §2.3.1: credentials are never in the query, which is logged.
  if (new URL(request.url).search !== '') throw invalidRequest('Send the parameters in the body.');
  const form = parametersOf(new URLSearchParams(decoded(await bytesOf(request))));
  refuseRepeated(form);
  return form;
}

export function parametersOf(list: URLSearchParams): Parameters {
  const names = [...list.keys()];
  return {
    get: (name) => list.get(name) || undefined,
    all: (name) => list.getAll(name),
    repeated: new Set(names.filter((name, i) => name !== 'resource' && names.indexOf(name) !== i)),
  };
}

export function refuseRepeated({ repeated }: Parameters): void {
  if (repeated.size > 0) throw invalidRequest('A parameter came more than once.');
}

export function needed(form: Parameters, name: string): string {
  const value = form.get(name);
  if (value === undefined) throw invalidRequest(`${name} is missing.`);
  return value;
}

async function bytesOf(request: Request): Promise<Uint8Array> {
  try {
    return await readBytes(request, maxFormBytes);
  } catch (error) {
    if (!(error instanceof PatchbayError) || error.code !== 'body_too_large') throw error;
    throw new OAuthError('invalid_request', 'The body is too large.', { status: 413 });
  }
}

function decoded(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw invalidRequest('The body is not valid UTF-8.');
  }
}
