import { html } from 'hono/html';

/** The few words that this server says to people itself; consent and sign-in are pages of the portal. */
export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  // RFC 9700 §4.16: never in a frame. No script, nothing of others.
  'content-security-policy':
    "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  // RFC 9700 §4.2.4.
  'referrer-policy': 'no-referrer',
};

/** `detail` is ours: nothing that was sent is ever shown. */
export const refusalPage = (detail: string): Promise<string> =>
  page(
    'This link does not work',
    html`<p>${detail}</p>
      <p>Nothing was shared with anybody. Go back to the app that sent you here.</p>`,
  );

export const devicePage = (detail: string | null): Promise<string> =>
  page(
    'Link a device',
    html`${detail === null ? '' : html`<p role="alert">${detail}</p>`}
      <form method="get" action="/oauth/device">
        <label for="user_code">The code that your device shows</label>
        <input id="user_code" name="user_code" autocomplete="off" autocapitalize="characters" required />
        <button>Continue</button>
      </form>`,
  );

const page = async (title: string, body: ReturnType<typeof html>): Promise<string> =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`;
