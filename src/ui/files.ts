import type { Hono } from 'hono';
import type { Ports } from '#src/context';
import { script } from './script.ts';
import { style } from './style.ts';

type UiFile = { path: string; type: string; body: string };

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="6" cy="6" r="4" fill="none" stroke="#2450c5" stroke-width="2"/><circle cx="18" cy="6" r="4" fill="none" stroke="#2450c5" stroke-width="2"/><path d="M6 6c0 18 12 18 12 0" fill="none" stroke="#2450c5" stroke-width="3" stroke-linecap="round"/></svg>`;

/** What pages load. The address has the content's hash in it, so a browser keeps each for ever and never an old one. */
export function uiFiles({ digest }: Pick<Ports, 'digest'>) {
  const file = (name: string, type: string, body: string): UiFile => {
    const hash = digest.sha256(body).slice(0, 12);
    const [stem, ending] = name.split('.');
    return { path: `/ui/${stem}-${hash}.${ending}`, type, body };
  };
  return {
    style: file('style.css', 'text/css', style),
    script: file('page.js', 'text/javascript', script),
    icon: file('icon.svg', 'image/svg+xml', icon),
  };
}

/** Of each file of the pages, wherever it is served from. */
export const uiFileHeaders = {
  'cache-control': 'public, max-age=31536000, immutable',
  'x-content-type-options': 'nosniff',
};

/** For hosts that serve them themselves: Workers have them beside the Worker. */
export function uiFileRoutes(app: Pick<Hono, 'get'>, ports: Pick<Ports, 'digest'>): void {
  for (const { path, type, body } of Object.values(uiFiles(ports)))
    app.get(
      path,
      () => new Response(body, { headers: { 'content-type': `${type}; charset=utf-8`, ...uiFileHeaders } }),
    );
}
