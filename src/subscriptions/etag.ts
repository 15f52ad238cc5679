import { PatchbayError } from '#src/errors';

/** Of a row that counts its versions. Strong: the same version is the same text. */
export const etagOf = ({ version }: { version: number }): string => `"${version}"`;

/**
 * RFC 9110 §13.1.1: without If-Match, or with `*`, anything goes; else one of its tags must be this one, compared
 * strongly, so a weak tag (`W/"3"`) never fits. Throws `precondition_failed`.
 */
export function requireMatch(ifMatch: string | null, row: { version: number }): void {
  if (ifMatch === null || ifMatch.trim() === '*' || tagsIn(ifMatch).includes(etagOf(row))) return;
  throw preconditionFailed();
}

/** RFC 9110 §13.1.2: the reader has it already. */
export function isKnown(request: Request, row: { version: number }): boolean {
  const header = request.headers.get('if-none-match');
  if (header === null) return false;
  return tagsIn(header).some((tag) => tag === '*' || tag.replace(/^W\//, '') === etagOf(row));
}

export const preconditionFailed = (): PatchbayError =>
  new PatchbayError('precondition_failed', {
    public: 'The subscription has changed since the version that If-Match names. Read it again.',
  });

const tagsIn = (header: string): string[] => header.split(',').map((tag) => tag.trim());
