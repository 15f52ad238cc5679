import { PatchbayError } from '#src/errors';
import { counted, type Form } from '#src/ui';

/** Why a person ends something of theirs; the first where nothing is said. */
const reasons = ['user', 'leaked'] as const;
export type Reason = (typeof reasons)[number];

export function reasonOf(form: Form): Reason {
  const said = form.one('reason') || reasons[0];
  const reason = reasons.find((one) => one === said);
  if (reason) return reason;
  throw new PatchbayError('validation_failed', { public: 'Say why it ends.' });
}

export const reasonWords = (reason: string): string =>
  reason === 'leaked' ? 'somebody else may have it' : reason === 'user' ? 'not needed any more' : reason;

/** `2 tokens`, or of what was not counted to its end, `more than 10,000 tokens`. */
export const countWords = (
  { count, at_least: isMore }: { count: number; at_least: boolean },
  one: string,
  many?: string,
): string => `${isMore ? 'more than ' : ''}${counted(count, one, many)}`;
