import type { RefusalCode } from '#src/ports';
import { classifyAddress } from './classify.ts';
import { isLoopbackHost } from './loopback.ts';
import { isOwn } from './own.ts';
import { allowLoopback, type EgressPolicy } from './policy.ts';

export type UrlVerdict =
  /** `host` is lower case, IPv6 without brackets; `url` has no fragment. */
  | { ok: true; url: URL; host: string; port: number }
  /** `detail` may be shown to whoever gave the address: it never repeats the URL. */
  | { ok: false; code: RefusalCode; detail: string };

/**
 * What can be said of an address before any name is looked up. A name that passes here may still resolve
 * to a refused address: `admitAddress` decides that, at every connect.
 * The URL is parsed once, by the WHATWG parser: it turns `2130706433`, `0x7f.1`, `017700000001` and
 * full-width digits into a dotted quad, so that only the normalised literal is judged and connected to.
 */
export function inspectUrl(text: string, policy: EgressPolicy): UrlVerdict {
  if (!URL.canParse(text)) return refuse('url_invalid', 'This is not an absolute URL.');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return refuse('scheme_refused', 'The scheme must be https.');
  if (url.username !== '' || url.password !== '') {
    return refuse('credentials_in_url', 'The URL must not hold a user name or a password.');
  }
  url.hash = '';

  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
  const port = url.port === '' ? defaultPort(url.protocol) : Number(url.port);
  if (policy[allowLoopback] && isLoopbackHost(host)) return { ok: true, url, host, port };

  if (url.protocol !== 'https:') return refuse('scheme_refused', 'The scheme must be https.');
  if (!alwaysOpenPorts.includes(port) && !policy.ports.includes(port)) {
    return refuse('port_refused', `Port ${port} is not open: use 443 or 8443.`);
  }
  const why = isAddress(url.hostname) ? whyNotAddress(host) : whyNotName(host);
  if (why !== undefined) return refuse('address_refused', why);
  if (isOwn(host, policy)) return refuse('address_refused', 'The host is this hub itself.');
  return { ok: true, url, host, port };
}

function whyNotAddress(host: string): string | undefined {
  const verdict = classifyAddress(host);
  return verdict.ok ? undefined : `The address is not a public one: ${verdict.why}.`;
}

function whyNotName(host: string): string | undefined {
  if (localSuffixes.some((suffix) => `.${host}`.endsWith(suffix))) return 'The host is a local name.';
  // No dot at the end either: it makes another spelling of the same name, past every comparison by name.
  if (!/^[^.]+(\.[^.]+)+$/.test(host))
    return 'The host must be a full public name, without a dot at its end.';
  return undefined;
}

// The WHATWG parser refuses any other host whose last label is a number.
function isAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(hostname);
}

function defaultPort(protocol: string): number {
  return protocol === 'https:' ? 443 : 80;
}

function refuse(code: RefusalCode, detail: string): UrlVerdict {
  return { ok: false, code, detail };
}

// contract.md: "https, port 443 or 8443 or what the operator lists".
const alwaysOpenPorts = [443, 8443];

// RFC 6761 §6.3 (localhost), RFC 6762 §3 (local), RFC 8375 (home.arpa), ICANN 2024-07-29 (internal).
const localSuffixes = ['.localhost', '.local', '.internal', '.home.arpa'];
