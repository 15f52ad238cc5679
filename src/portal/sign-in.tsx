import {
  endedCookie,
  readSignInLink,
  type Session,
  sessionCookie,
  spendSignInLink,
  startSession,
} from '#src/sessions';
import { beginPath, createIssuer, type Issuer, isLinked, ownPath, signOut } from '#src/sign-in';
import { Note, readForm } from '#src/ui';
import { open, type Portal, requireFormKey, type Shown } from './door.tsx';
import { connectPath, issuerPages } from './issuer.tsx';
import { home, signInPath, withQuery } from './paths.ts';

/**
 * In by the marketplace's own issuer, where there is one, and by a link that is good once. Opening the link shows whose
 * it is and nothing more, since mail programs and chats open links before people do; the button spends it.
 */
export function signInPages(portal: Portal): void {
  const { ports } = portal;
  const issuer = createIssuer(ports);
  open(portal, 'get', signInPath, async ({ query }, session) => {
    const secret = query.get('link');
    if (secret !== null) return acceptPage((await readSignInLink(ports, secret)).name, secret);
    const next = ownPath(query.get('next'));
    if (session) return { to: next ?? home };
    const to = beginPath(ports, next);
    const isOut = query.get('out') === '1';
    return {
      title: 'Sign in',
      body:
        issuer && to ? (
          <AtIssuer name={issuer.settings.name} to={to} isOut={isOut} />
        ) : (
          <ByLink next={next} isOut={isOut} />
        ),
    };
  });
  open(portal, 'post', signInPath, async ({ request }) => {
    const form = await readForm(request);
    // The cookie first: where it may not be set, the link is not spent.
    sessionCookie(ports.settings, '');
    const person = await spendSignInLink(ports, form.one('link'));
    const { secret } = await startSession(ports, person.id);
    const isKnown = !issuer || (await isLinked(ports, issuer.settings, person.id));
    return {
      to: isKnown ? withQuery(home, { done: 'signed_in' }) : connectPath,
      cookie: sessionCookie(ports.settings, secret),
    };
  });
  open(portal, 'post', `${home}/sign-out`, async ({ request }, session) => {
    if (session) requireFormKey(session, await readForm(request));
    const cookie = endedCookie(ports.settings);
    const theirs = session ? await leave(portal, issuer, session) : null;
    return theirs ? { ...theirs, cookie } : { to: withQuery(signInPath, { out: '1' }), cookie };
  });
  if (issuer) issuerPages(portal, issuer);
}

const acceptPage = (name: string, secret: string): Shown => ({
  title: 'Sign in',
  body: (
    <div class="card stack">
      <h1>Sign in as {name}</h1>
      <p>This link is good once, and only for you.</p>
      <form method="post" action={signInPath} class="stack">
        <input type="hidden" name="link" value={secret} />
        <button class="primary">Sign in</button>
      </form>
      <p class="dim small">Not {name}? Close this page: nothing has happened.</p>
    </div>
  ),
});

/** Out of the hub. The issuer's own session is the person's to end: other places may need it. */
async function leave({ ports }: Portal, issuer: Issuer | null, session: Session): Promise<Shown | null> {
  const url = await signOut(ports, issuer, session);
  if (!issuer || url === null) return null;
  const { name } = issuer.settings;
  return {
    title: 'Signed out',
    body: (
      <div class="card stack">
        <h1>You are signed out</h1>
        <p>
          Of this hub, that is: {name} still knows this browser. If others use it too, sign out there as well.
        </p>
        <p class="row">
          <a class="button primary" href={url}>
            Sign out of {name} too
          </a>
          <a class="button" href={signInPath}>
            Sign in again
          </a>
        </p>
      </div>
    ),
  };
}

const ForPrograms = () => (
  <p class="dim small">
    Programs do not sign in: they send a token, as the <a href="/docs">API reference</a> says.
  </p>
);

const SignedOut = () => <Note tone="plain" title="You are signed out." />;

function AtIssuer({ name, to, isOut }: { name: string; to: string; isOut: boolean }) {
  return (
    <div class="card stack">
      <h1>Sign in</h1>
      {isOut ? <SignedOut /> : null}
      <p>You sign in with the account that you have at {name}, and come straight back.</p>
      <p>
        <a class="button primary" href={to}>
          Sign in with {name}
        </a>
      </p>
      <ForPrograms />
    </div>
  );
}

function ByLink({ next, isOut }: { next: string | null; isOut: boolean }) {
  return (
    <div class="card stack">
      <h1>Sign in</h1>
      {isOut ? <SignedOut /> : null}
      <p>You come in by a link that is made for you and is good once, for 15 minutes.</p>
      <Note tone="plain" title="Ask whoever runs this hub">
        <p>They make the link with this command, and send it to you alone:</p>
        <p>
          <code>patchbay user link "Your Name"</code>
        </p>
      </Note>
      {next === null ? null : (
        <p>
          Opened your link in another tab? <a href={next}>Go on where you were going</a>
        </p>
      )}
      <ForPrograms />
    </div>
  );
}
