/** Where a person was going: a page of ours, or nothing. What stands in an address is anybody's (RFC 9700 §4.11.1). */
export function ownPath(next: string | null): string | null {
  if (next === null || next.length > 1_000) return null;
  const base = 'https://hub.invalid';
  if (!next.startsWith('/') || !URL.canParse(next, base)) return null;
  // Judged as browsers read it, backslashes, tabs and dots resolved; and given on in that spelling.
  const { origin, pathname, search } = new URL(next, base);
  const isPage = origin === base && /^\/(?:portal|admin)(?:\/|$)/.test(pathname);
  return isPage && !pathname.startsWith('/portal/sign-in') ? pathname + search : null;
}
