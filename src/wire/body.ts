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
  if (result.success) return result.data;
  throw new PatchbayError('validation_failed', { errors: fieldErrors(result.error) });
}

/** Zod's issues as JSON pointers. What was sent is not repeated: it may be personal. */
export function fieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.slice(0, 50).flatMap((issue) => {
    const pointer = pointerOf(issue.path);
    if (issue.code !== 'unrecognized_keys') return [{ pointer, detail: issue.message }];
    return issue.keys.map((key) => ({
      pointer: `${pointer}/${escapePart(key)}`,
      detail: 'This field is not known here.',
    }));
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
