import { PatchbayError } from '#src/errors';

/** What the operator has to mend before a start. The text names the variable and what to do, and holds no password. */
export const configurationError = (text: string, cause?: unknown): PatchbayError =>
  new PatchbayError('internal', { internal: text, cause });
