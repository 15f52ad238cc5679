import { type FieldError, PatchbayError } from '#src/errors';
import { readBytes } from '#src/wire';

/** What a person has filled in. */
export type Form = { one(name: string): string; many(name: string): string[] };

const maxBytes = 64 * 1_024;

/** 415 for anything but a plain HTML form, 422 for a NUL in it. */
export async function readForm(request: Request): Promise<Form> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type))
    throw new PatchbayError('unsupported_media_type', { public: 'This address takes the form of its page.' });
  const text = new TextDecoder().decode(await readBytes(request, maxBytes));
  const fields = new URLSearchParams(text);
  // No text of PostgreSQL holds it.
  if (fields.toString().includes('%00'))
    throw new PatchbayError('validation_failed', { public: 'The form holds a character that nobody types.' });
  return formOf(fields);
}

const formOf = (fields: URLSearchParams): Form => ({
  one: (name) => fields.get(name)?.trim() ?? '',
  many: (name) => fields.getAll(name),
});

/**
 * What a verb has refused, at the fields that a person sees: `names` leads from the first part of a JSON pointer to the
 * name of a field. What is not about what was filled in is thrown on.
 */
export function wrongOf(thrown: unknown, names: Record<string, string>): Map<string, string> {
  if (!(thrown instanceof PatchbayError) || thrown.status >= 500 || thrown.status === 404) throw thrown;
  const errors: FieldError[] = thrown.errors ?? [{ pointer: '', detail: thrown.publicText }];
  return new Map(errors.map(({ pointer, detail }) => [fieldOf(pointer, names), detail]));
}

function fieldOf(pointer: string, names: Record<string, string>): string {
  const first = pointer.split('/')[1] ?? '';
  return names[first] ?? names['*'] ?? '';
}
