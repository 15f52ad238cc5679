import { PatchbayError } from '#src/errors';
import type { StaffCtx } from '#src/staff';
import { type Found, mostOfAKind } from './found.ts';
import { byId } from './search-ids.ts';
import { byAddress, byEmail, byHost, byName } from './search-words.ts';
import { recordLook } from './look.ts';

export type Read = { as: 'id' | 'email' | 'address' | 'url' | 'host' | 'name'; text: string };

const most = 60;

/**
 * By an id of any kind, an e-mail or an IP address, the address or host of an endpoint, or the beginning of a name. What
 * no permission of the caller's shows is not found. A token is refused, before anything: what stands in an address is
 * kept by browsers and proxies.
 */
export async function search(ctx: StaffCtx, text: string): Promise<{ read: Read; found: Found[] }> {
  refuseSecrets(text);
  // PostgreSQL takes no NUL.
  if (text.includes('\0'))
    throw new PatchbayError('invalid_parameter', { public: 'A search must not contain NUL.' });
  const read = readQuery(text);
  const found = (await lookFor(ctx, read)).slice(0, most);
  // Never the text: it may be somebody's address.
  await recordLook(ctx, {
    action: 'look.search',
    subject: read.as === 'id' ? read.text : 'search',
    detail: { as: read.as, found: found.slice(0, mostOfAKind).map(({ id }) => id) },
  });
  return { read, found };
}

function lookFor(ctx: StaffCtx, { as, text }: Read): Promise<Found[]> {
  switch (as) {
    case 'id':
      return byId(ctx, text);
    case 'email':
      return byEmail(ctx, text);
    case 'address':
      return byAddress(ctx, text);
    case 'url':
    case 'host':
      return byHost(ctx, text, as);
    case 'name':
      return byName(ctx, text);
    default:
      return as satisfies never;
  }
}

function refuseSecrets(text: string): void {
  if (!/(?:pbk_[a-z]{2}_|whsec_)/i.test(text)) return;
  throw new PatchbayError('invalid_parameter', {
    public:
      'This looks like a token or a secret, which must never stand in an address: browsers and proxies keep those. Paste it into the form “Whose token is this?”, or send it as the body of POST /admin/v1/token-lookups. If this one was real, revoke it.',
  });
}

/** What a text can be, by its form alone. */
export function readQuery(given: string): Read {
  const text = given.trim();
  if (/^[a-z]{3}_[a-z0-9_-]{1,100}$/.test(text)) return { as: 'id', text };
  if (/^[^\s@]+@[^\s@]+$/.test(text)) return { as: 'email', text };
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) || /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text))
    return { as: 'address', text };
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return { as: 'url', text };
  if (/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(text)) return { as: 'host', text: text.toLowerCase() };
  return { as: 'name', text };
}
