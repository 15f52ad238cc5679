import type { Settings } from '#src/context';
import { PatchbayError } from '#src/errors';

type Needs = Pick<Settings, 'publicUrl' | 'sessionMs'>;

/** People sign in over https; on a machine's own address, for development, over http, under a plainer name. */
export const isOpenLoopback = ({ publicUrl }: Pick<Needs, 'publicUrl'>): boolean =>
  new URL(publicUrl).protocol === 'http:';

const nameOf = (settings: Needs): string => (isOpenLoopback(settings) ? 'patchbay' : '__Host-patchbay');

/** Throws where the hub's own address is http and not this machine's: a cookie would be for all to read. */
export function sessionCookie(settings: Needs, secret: string): string {
  refuseOpen(settings);
  const seconds = Math.floor(settings.sessionMs / 1_000);
  return `${nameOf(settings)}=${secret}; ${attributes(settings)}; Max-Age=${seconds}`;
}

export const endedCookie = (settings: Needs): string =>
  `${nameOf(settings)}=; ${attributes(settings)}; Max-Age=0`;

// `__Host-` (RFC 6265bis §4.1.3.2): Secure, the whole path, no Domain, so that no neighbour can set it.
const attributes = (settings: Needs): string =>
  `Path=/; HttpOnly; SameSite=Lax${isOpenLoopback(settings) ? '' : '; Secure'}`;

/** Null where the browser sent none. */
export function readSessionCookie(settings: Needs, request: Request): string | null {
  const wanted = `${nameOf(settings)}=`;
  const parts = (request.headers.get('cookie') ?? '').split(';').map((part) => part.trim());
  return parts.find((part) => part.startsWith(wanted))?.slice(wanted.length) ?? null;
}

function refuseOpen({ publicUrl }: Needs): void {
  const { protocol, hostname } = new URL(publicUrl);
  if (protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) return;
  throw new PatchbayError('policy_refused', {
    public:
      'People sign in over https alone. The operator has to set PATCHBAY_PUBLIC_URL to the https address of this hub.',
  });
}
