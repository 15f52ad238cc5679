import { narrowOwnGrant, type ShownGrant } from '#src/access';
import { PatchbayError } from '#src/errors';
import { Crumb, Question } from '#src/ui';
import { readServed } from './app-facts.ts';
import { counted } from './cords.ts';
import { deed, page, type Portal } from './door.tsx';
import { appPath, withQuery } from './paths.ts';
import { type ScopeReach, scopeReach } from './scope-reach.ts';
import { wordsOf } from './scope-words.ts';

const path = `${appPath(':id')}/narrow`;

/** One scope is taken away: what stops is said before, and nobody has to link again. */
export function narrowAppPages(portal: Portal): void {
  page(portal, path, async ({ ctx, param, query }) => {
    const { grant } = await readServed(ctx, param('id'));
    const scope = requireScopeOf(grant, query.get('scope') ?? '');
    const title = `Take away ${scope}`;
    if (grant.scopes.length === 1) return { title, body: <Last grant={grant} /> };
    return {
      title,
      body: <Narrow grant={grant} scope={scope} reach={await scopeReach(ctx, grant.id, scope)} />,
    };
  });
  deed(portal, path, async ({ ctx, param, form }) => {
    const { grant } = await readServed(ctx, param('id'));
    const scope = requireScopeOf(grant, form.one('scope'));
    await narrowOwnGrant(
      ctx,
      grant.id,
      grant.scopes.filter((one) => one !== scope),
    );
    return { to: withQuery(appPath(grant.id), { done: 'narrowed' }) };
  });
}

function requireScopeOf({ state, scopes }: ShownGrant, scope: string): string {
  if (state !== 'ended' && scopes.includes(scope)) return scope;
  throw new PatchbayError('not_found', { public: 'The app does not have this any more.' });
}

function Narrow({ grant, scope, reach }: { grant: ShownGrant; scope: string; reach: ScopeReach }) {
  const { types, subscriptions, queued, fields, tokens } = reach;
  const back = appPath(grant.id);
  return (
    <Question
      title={`Take ${scope} away from ${grant.app_name}?`}
      action={`${back}/narrow`}
      back={back}
      backName={grant.app_name ?? 'The app'}
      button="Take it away"
      isDangerous
    >
      <input type="hidden" name="scope" value={scope} />
      <p>{wordsOf(scope)}</p>
      <ul class="points">
        {types.length > 0 ? (
          <li>
            It hears of <b>{counted(types.length, 'event')}</b> no more: {types.join(', ')}.{' '}
            {subscriptions > 0
              ? `${counted(subscriptions, 'subscription')} of it ask${subscriptions === 1 ? 's' : ''} for them.`
              : ''}
          </li>
        ) : null}
        {queued > 0 ? (
          <li>
            <b>{counted(queued, 'queued delivery', 'queued deliveries')}</b> of these will be cancelled.
          </li>
        ) : null}
        {fields.length > 0 ? (
          <li>
            Of what it goes on to hear, <b>{counted(fields.length, 'field')}</b>{' '}
            {fields.length === 1 ? 'is' : 'are'} left out: <code>{fields.join(', ')}</code>
          </li>
        ) : null}
        {types.length === 0 && fields.length === 0 ? (
          <li>It cannot do this any more. What it has done stays as it is.</li>
        ) : null}
        <li>
          {tokens > 0
            ? `${counted(tokens, 'access token')} of it ${tokens === 1 ? 'ends' : 'end'}; it`
            : 'It'}{' '}
          goes on with the rest by itself. Nobody has to connect it again.
        </li>
        <li>To have this back, the app has to ask you.</li>
      </ul>
    </Question>
  );
}

function Last({ grant }: { grant: ShownGrant }) {
  const back = appPath(grant.id);
  return (
    <>
      <Crumb href={back}>{grant.app_name ?? 'The app'}</Crumb>
      <div class="stack form" data-question>
        <h1>It is all that {grant.app_name} has</h1>
        <p>Without it, the app may do nothing. Disconnect it instead: that ends its tokens, too.</p>
        <div class="row">
          <a class="button danger" href={`${back}/disconnect`}>
            Disconnect…
          </a>
          <a class="button" href={back} data-cancel>
            Leave it as it is
          </a>
        </div>
      </div>
    </>
  );
}
