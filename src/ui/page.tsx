import type { Child } from 'hono/jsx';
import type { Assets } from './assets.ts';
import { type Screen, ScreenContext } from './screen.ts';

export type NavEntry = { href: string; name: string; isHere: boolean };
export type Frame = {
  assets: Assets;
  /** Whose pages these are: `Portal`, `Console`. */
  place: string;
  title: string;
  screen: Screen;
  home: string;
  nav: NavEntry[];
  /** Who is signed in, and how to leave. */
  who: Child;
  /** Said on every page. */
  banner: string | null;
  /** Under the header of every page, while it holds. */
  notice?: Child;
  toast: string | null;
  /** Without script the page asks again after so long. */
  refreshSeconds?: number | undefined;
};

/** The frame around every page: what it is, where one is, who one is. */
export function Page({ frame, children }: { frame: Frame; children: Child }) {
  const {
    assets,
    place,
    title,
    screen,
    home,
    nav,
    who,
    banner,
    notice = null,
    toast,
    refreshSeconds,
  } = frame;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · Patchbay`}</title>
        <link rel="icon" href={assets.icon.path} />
        <link rel="stylesheet" href={assets.style.path} />
        {refreshSeconds === undefined ? null : (
          <noscript>
            <meta http-equiv="refresh" content={String(refreshSeconds)} />
          </noscript>
        )}
        <script type="module" src={assets.script.path}></script>
      </head>
      <body>
        <ScreenContext.Provider value={screen}>
          <a class="skip" href="#main">
            Skip to the page
          </a>
          {banner ? (
            <aside class="banner" aria-label="Notice">
              <p>{banner}</p>
            </aside>
          ) : null}
          <header class="top">
            <div>
              <a class="brand" href={home}>
                <Mark />
                Patchbay
              </a>
              {nav.length > 0 ? <Nav entries={nav} place={place} /> : null}
              {who}
            </div>
          </header>
          {notice}
          <main id="main" tabindex={-1}>
            {children}
          </main>
          {toast ? (
            <div class="toast" role="status">
              <span>{toast}</span>
              <button type="button" hidden>
                Dismiss
              </button>
            </div>
          ) : null}
          <div id="say" class="vh" role="status"></div>
        </ScreenContext.Provider>
      </body>
    </html>
  );
}

function Nav({ entries, place }: { entries: NavEntry[]; place: string }) {
  return (
    <nav class="nav" aria-label={place}>
      {entries.map(({ href, name, isHere }) => (
        <a href={href} {...(isHere ? { 'aria-current': 'page' } : {})}>
          {name}
        </a>
      ))}
    </nav>
  );
}

/** Two jacks and a cord. */
function Mark() {
  return (
    <svg width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" aria-hidden="true">
      <circle cx="6" cy="7" r="4" stroke-width="2" />
      <circle cx="18" cy="7" r="4" stroke-width="2" />
      <path d="M6 7c0 17 12 17 12 0" stroke-width="2.5" stroke-linecap="round" />
    </svg>
  );
}

export function Crumb({ href, children }: { href: string; children: Child }) {
  return (
    <p class="crumb">
      <a href={href}>{children}</a>
    </p>
  );
}
