import { PatchbayError } from '#src/errors';
import type { Form } from '#src/ui';

/** What somebody has written into the field `name`, as the trail takes it. Throws 422, at that field. */
export function reasonOf(form: Form, name: string): string {
  const reason = form.one(name);
  if (reason.length >= 10 && reason.length <= 500) return reason;
  const detail = 'Say why, in 10 to 500 characters: it is what the trail will say.';
  throw new PatchbayError('validation_failed', { public: detail, errors: [{ pointer: `/${name}`, detail }] });
}
