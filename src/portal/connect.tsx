import {
  aboutConnector,
  type AboutConnector,
  createConnection,
  findConnection,
  reconnect,
} from '#src/connections';
import { Ask, Crumb, TextField, type Wrong, wrongOf, WrongSummary } from '#src/ui';
import { deed, page, type Portal, type Shown } from './door.tsx';
import { connectionPath, connectionsPath, connectPath, withQuery } from './paths.ts';
import { knownRecipe, recipeCookie } from './recipe-cookie.ts';

/** Choose what it may do, and go: to the vendor, or, where an address is all it takes, straight on. */
export function connectPages(portal: Portal): void {
  const path = connectPath(':connector');
  page(portal, path, async ({ ctx, param, query }) => {
    const about = await aboutConnector(ctx, param('connector'));
    const cookie = recipeCookie(knownRecipe(query.get('recipe')));
    return { ...connectPage(about, query.get('tier') ?? '', new Map()), ...(cookie ? { cookie } : {}) };
  });
  deed(portal, path, async ({ ctx, param, form }) => {
    const about = await aboutConnector(ctx, param('connector'));
    try {
      const { row, authorizeUrl } = await createConnection(ctx, {
        connector: about.id,
        tier: form.one('tier') || undefined,
        ...(about.auth === 'secret-url' ? { url: form.one('url') } : {}),
      });
      return authorizeUrl === null
        ? { to: withQuery(connectionPath(row.id), { done: 'linked' }) }
        : onTheWay(about.name, authorizeUrl);
    } catch (error) {
      return connectPage(about, form.one('tier'), wrongOf(error, { url: 'url', tier: 'tier' }));
    }
  });
  deed(portal, `${connectionPath(':id')}/reconnect`, async ({ ctx, param, form }) => {
    const { connector } = await findConnection(ctx, param('id'));
    const about = await aboutConnector(ctx, connector);
    const wish = { tier: form.one('tier') || undefined, url: form.one('url') || undefined };
    const { authorizeUrl } = await reconnect(ctx, param('id'), wish);
    return authorizeUrl === null
      ? { to: withQuery(connectionPath(param('id')), { done: 'linked' }) }
      : onTheWay(about.name, authorizeUrl);
  });
}

/** A page on the way: a form under `form-action 'self'` may not be redirected to another site. */
const onTheWay = (name: string, to: string): Shown => ({
  title: `To ${name}`,
  refreshTo: to,
  body: (
    <div class="card stack">
      <h1>To {name}</h1>
      <p>
        You are on your way. <a href={to}>Go on to {name}</a>
      </p>
    </div>
  ),
});

function connectPage(about: AboutConnector, tier: string, wrong: Wrong): Shown {
  const chosen = about.tiers.find(({ id }) => id === tier)?.id ?? about.tiers[0]?.id ?? '';
  return {
    title: `Connect ${about.name}`,
    status: wrong.size > 0 ? 422 : 200,
    body: (
      <div class="stack form">
        <Crumb href={connectionsPath}>Connections</Crumb>
        <h1>Connect {about.name}</h1>
        <p class="lead">{about.summary}</p>
        <WrongSummary wrong={wrong} title="It is not connected yet" />
        {about.is_ready ? (
          <Ask action={connectPath(about.id)} label={`Connect ${about.name}`}>
            <Tiers about={about} chosen={chosen} />
            <AddressField about={about} wrong={wrong} />
            <p>
              <button class="primary">
                {about.auth === 'secret-url' ? `Connect ${about.name}` : `Go on to ${about.name}`}
              </button>
            </p>
            <p class="small dim">
              {about.auth === 'secret-url'
                ? 'The address is kept sealed and is shown to nobody again.'
                : `There you sign in and say yes. We never see your password, and you can end it here or there.`}
            </p>
          </Ask>
        ) : (
          <p>
            The operator of this hub has still to set up its app at {about.name}. Ask them for it; nothing
            else is missing.
          </p>
        )}
      </div>
    ),
  };
}

/** Where an address is all it takes. */
export function AddressField({ about, wrong }: { about: AboutConnector; wrong: Wrong }) {
  if (about.auth !== 'secret-url') return null;
  return (
    <TextField name="url" label="Address" type="url" value="" hint={about.help ?? ''} wrong={wrong} mono />
  );
}

/** With one tier there is nothing to choose, and still something to know. */
export function Tiers({ about, chosen }: { about: AboutConnector; chosen: string }) {
  const isOne = about.tiers.length === 1;
  return (
    <fieldset class="stack">
      <legend>{isOne ? 'What it may do there' : 'What shall it be able to do there?'}</legend>
      {about.tiers.map((tier) => (
        <div>
          {isOne ? (
            <p>
              <b>{tier.name}</b>. {tier.summary}
              <input type="hidden" name="tier" value={tier.id} />
            </p>
          ) : (
            <label class="pick">
              <input type="radio" name="tier" value={tier.id} checked={tier.id === chosen} />
              <span>
                <b>{tier.name}</b>
                <br />
                <span class="dim">{tier.summary}</span>
              </span>
            </label>
          )}
          <ScopesOf tier={tier} isOpen={isOne} />
        </div>
      ))}
    </fieldset>
  );
}

type Tier = AboutConnector['tiers'][number];

/** What the vendor will ask for, and what for. */
export function ScopesOf({ tier, isOpen }: { tier: Tier; isOpen: boolean }) {
  if (tier.scopes.length === 0) return null;
  return (
    <details class="fold aside" {...(isOpen ? { open: true } : {})}>
      <summary>
        What it asks for, and why<span class="vh"> ({tier.name})</span>
      </summary>
      <dl class="fact">
        {tier.scopes.map(({ name, why, is_optional: isOptional }) => (
          <>
            <dt>
              <code>{name.replace(/^https:\/\/www\.googleapis\.com\/auth\//, '')}</code>
            </dt>
            <dd>
              {why}
              {isOptional ? ' It does without where this is refused.' : ''}
            </dd>
          </>
        ))}
      </dl>
    </details>
  );
}
