/** Which redirect URIs may be registered, and which ones are the registered ones (RFC 9700 §4.1.3, RFC 8252 §7). */

/** Why this may not be registered; null where it may. */
export function whyNotRedirectUri(uri: string, kind: 'public' | 'confidential'): string | null {
  if (!/^[\x21-\x7e]{1,2000}$/.test(uri) || /[\\*<>"]/.test(uri)) return 'This is not a plain absolute URI.';
  if (!URL.canParse(uri)) return 'This is not an absolute URI.';
  const url = new URL(uri);
  if (uri.includes('#')) return 'A redirect URI has no fragment (RFC 6749 §3.1.2).';
  if (url.username !== '' || url.password !== '') return 'A redirect URI has no user name and no password.';
  // Compared letter by letter later, so there must be one spelling of it.
  if (url.href !== uri && url.href !== `${uri}/`) return `Write it as ${url.href}.`;
  if (url.protocol === 'https:') return null;
  if (url.protocol === 'http:')
    return ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)
      ? null
      : 'http is for this machine alone: use https.';
  // RFC 8252 §7.1: a name that the app's maker owns, so that no two apps claim the same.
  if (!/^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/.test(url.protocol))
    return 'A scheme of your own is a name that you own, backwards: com.example.app:/callback.';
  return kind === 'public' ? null : 'A scheme of your own is for public clients.';
}

/** Letter by letter; only the port of a loopback address may differ (RFC 8252 §7.3). */
export function isRegistered(registered: readonly string[], uri: string): boolean {
  if (registered.includes(uri)) return true;
  const asked = loopbackOf(uri);
  return asked !== null && registered.some((one) => loopbackOf(one) === asked);
}

/** The URI without its port; null where it is no http URI of a loopback address. `localhost` is a name, not an address. */
function loopbackOf(uri: string): string | null {
  const match = /^http:\/\/(127\.0\.0\.1|\[::1\])(?::(\d{1,5}))?(\/[^#]*)?$/.exec(uri);
  if (!match || Number(match[2] ?? 0) > 65_535) return null;
  return `${match[1]}${match[3] ?? '/'}`;
}

/** The registered text with the answer behind it: not parsed and written anew, which could change it. */
export function answerAt(uri: string, answer: Record<string, string | null>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(answer)) if (value !== null) query.set(name, value);
  return `${uri}${uri.includes('?') ? '&' : '?'}${query.toString()}`;
}
