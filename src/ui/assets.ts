import type { Ports } from '#src/context';
import { script } from './script.ts';
import { style } from './style.ts';

export type Asset = { path: string; type: string; body: string };
export type Assets = { style: Asset; script: Asset; icon: Asset };

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="6" cy="6" r="4" fill="none" stroke="#2450c5" stroke-width="2"/><circle cx="18" cy="6" r="4" fill="none" stroke="#2450c5" stroke-width="2"/><path d="M6 6c0 18 12 18 12 0" fill="none" stroke="#2450c5" stroke-width="3" stroke-linecap="round"/></svg>`;

/** The address has the content's hash in it, so a browser keeps each for ever and never an old one. */
export function assetsOf({ digest }: Pick<Ports, 'digest'>): Assets {
  const asset = (name: string, type: string, body: string): Asset => {
    const hash = digest.sha256(body).slice(0, 12);
    const [stem, ending] = name.split('.');
    return { path: `/ui/${stem}-${hash}.${ending}`, type, body };
  };
  return {
    style: asset('style.css', 'text/css', style),
    script: asset('page.js', 'text/javascript', script),
    icon: asset('icon.svg', 'image/svg+xml', icon),
  };
}
