import { revoke, type ShownGrant } from '#src/access';
import { actorOf } from '#src/context';
import { PatchbayError } from '#src/errors';
import { type Preview, previewRevocation } from '#src/revocations';
import { Question, When } from '#src/ui';
import { readServed } from './app-facts.ts';
import { deed, page, type Portal } from './door.tsx';
import { appPath, receiptPath } from './paths.ts';
import { countWords, reasonOf } from './revoking.ts';
import { WhyEnded } from './why-ended.tsx';

const path = `${appPath(':id')}/disconnect`;

/** The whole consent is taken back, after what stops was said; a receipt tells what has. */
export function disconnectAppPages(portal: Portal): void {
  page(portal, path, async ({ ctx, param }) => {
    const { grant } = await readServed(ctx, param('id'));
    requireLive(grant);
    const reach = await previewRevocation(ctx, { level: 'grant', id: grant.id });
    return { title: `Disconnect ${grant.app_name}`, body: <Disconnect grant={grant} reach={reach} /> };
  });
  deed(portal, path, async ({ ctx, param, form }) => {
    const { grant } = await readServed(ctx, param('id'));
    requireLive(grant);
    const [actor, reason] = [actorOf(ctx.caller), reasonOf(form)];
    const receipt = await revoke(ctx, {
      level: 'grant',
      id: grant.id,
      reason,
      actor,
      requestId: ctx.requestId,
    });
    return { to: receiptPath(receipt.id) };
  });
}

function requireLive({ state }: ShownGrant): void {
  if (state === 'ended')
    throw new PatchbayError('state_conflict', { public: 'This app has no access any more.' });
}

function Disconnect({ grant, reach }: { grant: ShownGrant; reach: Preview }) {
  const { tokens, subscriptions, deliveries } = reach;
  const back = appPath(grant.id);
  return (
    <Question
      title={`Disconnect ${grant.app_name}?`}
      action={`${back}/disconnect`}
      back={back}
      backName={grant.app_name ?? 'The app'}
      button="Disconnect"
      isDangerous
    >
      <ul class="points">
        <li>
          <b>{countWords(tokens.total, 'token')}</b> {tokens.total.count === 1 ? 'ends' : 'end'}: its calls
          are refused from that moment.{' '}
          {grant.last_used_at ? (
            <>
              The last was <When at={grant.last_used_at} />.
            </>
          ) : (
            'It has made none yet.'
          )}
        </li>
        <li>
          <b>{countWords(subscriptions, 'subscription')}</b> of it{' '}
          {subscriptions.count === 1 ? 'stops' : 'stop'}.
        </li>
        <li>
          <b>{countWords(deliveries.queued, 'queued delivery', 'queued deliveries')}</b>{' '}
          {deliveries.queued.count === 1 ? 'is' : 'are'} cancelled
          {deliveries.held.count > 0 ? `, and ${countWords(deliveries.held, 'held one')}` : ''}.
        </li>
        <li>What it has already received stays with it: ask {grant.partner_name} to delete that.</li>
      </ul>
      <WhyEnded leaked="got hold of its access" />
      {grant.scopes.length > 1 ? (
        <p class="small">
          Not sure? <a href={back}>Take single things away</a> instead.
        </p>
      ) : null}
    </Question>
  );
}
