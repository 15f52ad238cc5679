import { sessionCookie } from '#src/sessions';
import {
  backChannelLogout,
  backChannelPath,
  beginningPath,
  beginPath,
  beginSignIn,
  callbackPath,
  type FailureReason,
  finishSignIn,
  type Issuer,
  ownPath,
  SignInFailure,
} from '#src/sign-in';
import { Ask, readForm } from '#src/ui';
import { type Answered, open, type Portal, requireFormKey, type Shown } from './door.tsx';
import { home, signInPath, withQuery } from './paths.ts';

export const connectPath = `${signInPath}/connect`;

/** To the marketplace's own issuer and back; linking it to a user who came in by a link; and being told of its end. */
export function issuerPages(portal: Portal, issuer: Issuer): void {
  const { ports } = portal;
  const { name } = issuer.settings;
  const orSay = (request: Request, retry: string, run: () => Promise<Answered>): Promise<Answered> =>
    run().catch((error: unknown) => {
      if (!(error instanceof SignInFailure)) throw error;
      const { reason, message: detail } = error;
      ports.log.warn('sign_in.refused', { reason, detail, request: portal.idOf(request) });
      const isOther = reason === 'unknown' || reason === 'taken';
      // The issuer would let the same person through again: they say anew who they are.
      const another = isOther ? beginPath(ports, null, true) : null;
      return failurePage(
        name,
        reason,
        another ? [another, 'Sign in as somebody else'] : [retry, 'Try again'],
      );
    });

  open(portal, 'get', beginningPath, async ({ request, query }) => {
    const next = ownPath(query.get('next'));
    const isFresh = query.get('fresh') === '1';
    // Where no session could be kept, nobody is sent to sign in.
    sessionCookie(ports.settings, '');
    const retry = beginPath(ports, next, isFresh) ?? signInPath;
    return orSay(request, retry, () => beginSignIn(ports, issuer, { next, isFresh, linksTo: null }));
  });
  open(portal, 'get', callbackPath, async ({ request }, session) =>
    orSay(request, signInPath, async () => {
      const { secret, to } = await finishSignIn(ports, issuer, request, session);
      const cookie = sessionCookie(ports.settings, secret);
      return { to: to ?? withQuery(home, { done: 'signed_in' }), cookie };
    }),
  );
  open(portal, 'get', connectPath, async (_, session) =>
    session ? connectPage(name, session.person.name) : { to: signInPath },
  );
  open(portal, 'post', connectPath, async ({ request }, session) => {
    if (!session) return { to: signInPath };
    requireFormKey(session, await readForm(request));
    return orSay(request, connectPath, async () => {
      const wish = { next: null, isFresh: false, linksTo: session.person.id };
      const { to, cookie } = await beginSignIn(ports, issuer, wish);
      return onTheWayPage(name, to, cookie);
    });
  });
  portal.app.post(backChannelPath, async (c) => backChannelLogout(ports, issuer, c.req.raw));
}

const connectPage = (name: string, person: string): Shown => ({
  title: `Connect ${name}`,
  body: (
    <div class="card stack">
      <h1>You are in, {person}</h1>
      <p>Links are good once. Connect your account at {name}, and from now on you sign in with that.</p>
      <Ask action={connectPath} label={`Connect ${name}`}>
        <div class="row">
          <button class="primary">Connect {name}</button>
          <a class="button" href={home}>
            Later
          </a>
        </div>
      </Ask>
    </div>
  ),
});

/** A page on the way: a form under `form-action 'self'` may not be redirected to another site. */
const onTheWayPage = (name: string, to: string, cookie: string): Shown => ({
  title: `To ${name}`,
  refreshTo: to,
  cookie,
  body: (
    <div class="card stack">
      <h1>To {name}</h1>
      <p>
        You are on your way. <a href={to}>Go on to {name}</a>
      </p>
    </div>
  ),
});

function failurePage(name: string, reason: FailureReason, [href, label]: [string, string]): Shown {
  const { title, text, status } = failures[reason](name);
  return {
    title,
    status,
    body: (
      <div class="card stack">
        <h1>{title}</h1>
        <p>{text}</p>
        {reason === 'unknown' ? (
          <p>
            Ask whoever runs this hub for an invitation. They make it with{' '}
            <code>patchbay user link "Your Name"</code>; open it, and connect {name} there.
          </p>
        ) : null}
        <p class="row">
          <a class="button primary" href={href}>
            {label}
          </a>
          <a class="button" href={home}>
            To the overview
          </a>
        </p>
      </div>
    ),
  };
}

const failures: Record<FailureReason, (name: string) => { title: string; text: string; status: number }> = {
  unavailable: (name) => ({
    title: `${name} does not answer`,
    text: `Nobody can sign in until it does. Whoever is signed in stays signed in, and deliveries go on.`,
    status: 503,
  }),
  begun_elsewhere: () => ({
    title: 'Begin again',
    text: 'This sign-in was begun in another browser, more than 10 minutes ago, or was finished before. Nothing was done.',
    status: 400,
  }),
  stopped: (name) => ({
    title: 'You are not signed in',
    text: `You stopped on the way, or ${name} did not let you through. Nothing was done.`,
    status: 403,
  }),
  not_proven: (name) => ({
    title: 'You are not signed in',
    text: `What came back from ${name} could not be verified, so nothing was done. If it happens again, tell whoever runs this hub.`,
    status: 403,
  }),
  not_fresh: (name) => ({
    title: 'Sign in once more',
    text: `This step asks you to prove who you are anew, and ${name} let you through by an earlier sign-in.`,
    status: 403,
  }),
  unknown: (name) => ({
    title: 'You are not known here yet',
    text: `${name} has told us who you are, but no user of this hub is yours.`,
    status: 403,
  }),
  taken: (name) => ({
    title: 'This is linked to somebody else',
    text: `Your account at ${name} belongs to another user of this hub, or this user has another account there. Sign out, and sign in with the right one.`,
    status: 409,
  }),
};
