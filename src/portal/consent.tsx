import { decide, type Interaction, readInteraction } from '#src/oauth';
import type { Session } from '#src/sessions';
import { Ask, Facts, type Form, Note, readForm, When } from '#src/ui';
import { open, type Portal, requireFormKey, type Shown } from './door.tsx';
import { consentPath, home, signInPath, withQuery } from './paths.ts';

/**
 * What an app asks for, in plain words, and a person's answer: all, some of it, or nothing. Scopes are ticked as they
 * were asked for, less the sensitive ones, which nobody gives by not looking.
 */
export function consentPages(portal: Portal): void {
  const { ports } = portal;
  open(portal, 'get', consentPath, async ({ query }, session) => {
    const interaction = query.get('interaction') ?? '';
    if (!session) return { to: withQuery(signInPath, { next: withQuery(consentPath, { interaction }) }) };
    const asked = await readInteraction(ports, interaction, session.person.id);
    return {
      title: `${asked.app.name} asks for access`,
      body: <Consent asked={asked} interaction={interaction} session={session} />,
    };
  });
  open(portal, 'post', consentPath, async ({ request }, session) => {
    if (!session) return { to: signInPath };
    const form = await readForm(request);
    requireFormKey(session, form);
    const interaction = form.one('interaction');
    const { app } = await readInteraction(ports, interaction, session.person.id);
    const isGranted = form.one('answer') === 'allow';
    const decided = await decide(ports, interaction, decisionOf(session, form, isGranted));
    return donePage(app.name, isGranted, decided.kind === 'redirect' ? decided.url : null);
  });
}

const decisionOf = ({ person }: Session, form: Form, isGranted: boolean) =>
  isGranted
    ? ({
        kind: 'granted',
        userId: person.id,
        accountId: form.one('account'),
        scopes: form.many('scopes'),
        history: form.one('history') === '1',
      } as const)
    : ({ kind: 'denied', userId: person.id } as const);

/**
 * A page on the way, not a redirect: a browser that sent a form under `form-action 'self'` follows no redirect to
 * another site.
 */
function donePage(name: string, isGranted: boolean, url: string | null): Shown {
  return {
    title: isGranted ? 'Access given' : 'Nothing was given',
    ...(url === null ? {} : { refreshTo: url }),
    body: (
      <div class="card stack">
        <h1>{isGranted ? `${name} has access` : `${name} gets nothing`}</h1>
        {url === null ? (
          <p>Go back to your device: it goes on by itself.</p>
        ) : (
          <p>
            You are on your way back. <a href={url}>Go on to {name}</a>
          </p>
        )}
        {isGranted ? <p class="dim small">You can end it at any moment.</p> : null}
      </div>
    ),
  };
}

type Props = { asked: Interaction; interaction: string; session: Session };

function Consent({ asked, interaction, session }: Props) {
  const { app, partner, scopes, redirectHost, accounts, env, expiresAt } = asked;
  if (accounts.length === 0)
    return (
      <div class="card stack">
        <h1>You cannot answer this</h1>
        <p>{session.person.name} is a member of no account, so there is nothing to give.</p>
        <p>
          <a href={home}>To the portal</a>
        </p>
      </div>
    );
  return (
    <div class="stack form">
      <h1>{app.name} asks for access</h1>
      {partner.isVerified ? (
        <p class="lead">By {partner.name}, whose apps were reviewed for abuse and privacy.</p>
      ) : (
        <Note tone="wait" title="This app is not verified">
          <p>Nobody has reviewed what {partner.name} does with data. Go on only if you know them.</p>
        </Note>
      )}
      {redirectHost === null ? (
        <Note tone="wait" title="Is the device before you?">
          <p>
            Allow this only if you began it on a device of yours, now. Whoever sent you a code may be a
            stranger.
          </p>
        </Note>
      ) : null}
      <Ask action={consentPath} label="Your answer">
        <input type="hidden" name="interaction" value={interaction} />
        <fieldset>
          <legend>It may</legend>
          {scopes.map(({ name, reason, isSensitive }) => (
            <label class="pick">
              <input type="checkbox" name="scopes" value={name} checked={!isSensitive} />
              <span>
                <b>{reason}</b>
                <br />
                <span class="dim">
                  {name}
                  {isSensitive ? ' · sensitive: tick it only if you want to' : ''}
                </span>
              </span>
            </label>
          ))}
        </fieldset>
        <fieldset>
          <legend>For</legend>
          {accounts.map(({ id, name, kind }, i) => (
            <label class="pick">
              <input type="radio" name="account" value={id} checked={isFirst(session, id, i)} />
              <span>
                <b>{name}</b> <span class="dim">{kind}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <label class="pick">
          <input type="checkbox" name="history" value="1" />
          <span>
            <b>What happened before now, too</b>
            <br />
            <span class="dim">Without it, the app sees only what happens from now on.</span>
          </span>
        </label>
        <div class="row">
          <button name="answer" value="allow" class="primary">
            Allow what is ticked
          </button>
          <button name="answer" value="deny">
            Refuse
          </button>
        </div>
      </Ask>
      <Facts
        facts={[
          ['It goes back to', redirectHost ?? 'your device'],
          ['Data', env === 'test' ? 'test data alone' : 'live data'],
          ['This question ends', <When at={expiresAt.toISOString()} />],
        ]}
      />
    </div>
  );
}

/** The account that the person acts for, else the first. */
const isFirst = ({ account }: Session, id: string, place: number): boolean =>
  account ? account.id === id : place === 0;
