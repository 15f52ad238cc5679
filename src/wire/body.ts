import type * as z from 'zod';
import { type FieldError, PatchbayError } from '#src/errors';

/** Reads at most `maxBytes` of a body; 413 past that, 415 for another type than JSON and for a compressed one. */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  requireJson(request.headers.get('content-type'), request.headers.get('content-encoding'));
  return readBytes(request, maxBytes);
}

/** Of any type; 413 past `maxBytes`. */
export async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > maxBytes) throw tooLarge(maxBytes);
  if (!request.body) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  // A body can be walked on Node and on Workers; the DOM's types do not know it yet.
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return concat(chunks, length);
}

export function requireJson(
  contentType: string | null | undefined,
  contentEncoding: string | null | undefined,
): void {
  if (contentEncoding && contentEncoding.toLowerCase() !== 'identity') {
    throw new PatchbayError('unsupported_media_type', {
      public: 'Send the body as it is, without a Content-Encoding.',
      // RFC 9110 §15.5.16: what would have been taken.
      fields: { 'accept-encoding': 'identity' },
    });
  }
  if (contentType && /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType)) return;
  throw new PatchbayError('unsupported_media_type', {
    public: 'Send the body as Content-Type: application/json.',
  });
}

export const tooLarge = (maxBytes: number) =>
  new PatchbayError('body_too_large', { public: `The body is larger than ${maxBytes / 1024} KiB.` });

/** By its schema; 422 with a pointer to each thing that is wrong. */
export function checked<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  const errors = result.success ? unsayable(value) : fieldErrors(result.error);
  if (result.success && errors.length === 0) return result.data;
  throw new PatchbayError('validation_failed', { errors });
}

/**
 * Zod leaves an own `__proto__` out without a word wherever a schema is open, and no field anywhere has that name. Walked
 * with a list, not by recursion: what a form holds may be nested deeper than a stack.
 */
function unsayable(whole: unknown): FieldError[] {
  const errors: FieldError[] = [];
  const left: [unknown, string][] = [[whole, '']];
  for (let next = left.pop(); next && errors.length < maxErrors; next = left.pop()) {
    const [value, pointer] = next;
    if (typeof value !== 'object' || value === null) continue;
    if (Object.hasOwn(value, '__proto__')) errors.push(unknownField(`${pointer}/__proto__`));
    for (const [key, part] of Object.entries(value))
      if (typeof part === 'object') left.push([part, `${pointer}/${escapePart(key)}`]);
  }
  return errors;
}

const maxErrors = 50;

/** As every field is refused that a schema does not have. */
export const unknownField = (pointer: string): FieldError => ({
  pointer,
  detail: 'This field is not known here.',
});

/** Zod's issues as JSON pointers. What was sent is not repeated: it may be personal. */
export function fieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.slice(0, maxErrors).flatMap((issue) => {
    const pointer = pointerOf(issue.path);
    if (issue.code !== 'unrecognized_keys') return [{ pointer, detail: issue.message }];
    return issue.keys.map((key) => unknownField(`${pointer}/${escapePart(key)}`));
  });
}

const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${escapePart(String(part))}`).join('');
const escapePart = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');

function concat(chunks: Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
