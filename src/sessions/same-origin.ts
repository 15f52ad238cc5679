import { PatchbayError } from '#src/errors';

/**
 * A form of ours, sent by a page of ours: beside the key in the form, what the browser itself says of where it comes
 * from. It covers the sign-in, too, where there is no session yet. Throws 403.
 */
export function requireSameOrigin(request: Request): void {
  const site = request.headers.get('sec-fetch-site');
  if (site === 'same-origin') return;
  const origin = request.headers.get('origin');
  const isOurs = origin !== null && hostOf(origin) === request.headers.get('host');
  if (site === null && isOurs) return;
  throw new PatchbayError('forbidden', {
    public: 'This form was sent from another site, so nothing was done. Open the page here and try again.',
  });
}

const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null);
