import { PatchbayError } from '#src/errors';
import type { Form } from '#src/ui';

/** What somebody has written into the field `name`, as the trail takes it. Throws 422, at that field. */
export function reasonOf(form: Form, name: string): string {
  const reason = form.one(name);
  if (reason.length >= 10 && reason.length <= 500) return reason;
  throw atField(name, 'Say why, in 10 to 500 characters: it is what the trail will say.');
}

/** Null where nothing was written. Throws 422 past 500 characters. */
export function optionalNote(form: Form, name: string): string | null {
  const note = form.one(name);
  if (note.length > 500) throw atField(name, 'Say it in 500 characters at most.');
  return note === '' ? null : note;
}

/** One of a closed list. Throws 422. */
export function chosen<One extends string>(form: Form, name: string, list: readonly One[]): One {
  const value = list.find((one) => one === form.one(name));
  if (value !== undefined) return value;
  throw atField(name, 'Choose a reason.');
}

export const atField = (name: string, detail: string): PatchbayError =>
  new PatchbayError('validation_failed', { public: detail, errors: [{ pointer: `/${name}`, detail }] });
