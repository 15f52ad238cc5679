import { endingWith, findToken, revoke, showToken } from '#src/access';
import { actorOf } from '#src/context';
import { countWaitingOf, mostWaitingCounted } from '#src/deliveries';
import { subscriptionsMadeBy } from '#src/subscriptions';
import { Question, When } from '#src/ui';
import { counted, nameOf } from './cords.ts';
import { deed, page, type Portal, type Visit } from './door.tsx';
import { receiptPath, tokenPath, tokensPath } from './paths.ts';
import { reasonOf } from './revoking.ts';

type ShownToken = ReturnType<typeof showToken>;

/** What will stop is said before, and what has stopped after: a receipt. */
export function revokeTokenPages(portal: Portal): void {
  page(portal, `${tokenPath(':id')}/revoke`, async (visit) => {
    const token = showToken(await findToken(visit.ctx, visit.param('id')), visit.ctx.settings);
    return { title: 'Revoke', body: <Revoke token={token} reach={await reachOf(visit, token.id)} /> };
  });
  deed(portal, `${tokenPath(':id')}/revoke`, async ({ ctx, param, form }) => {
    const { id } = await findToken(ctx, param('id'));
    const reason = reasonOf(form);
    const actor = actorOf(ctx.caller);
    const receipt = await revoke(ctx, { level: 'token', id, reason, actor, requestId: ctx.requestId });
    return { to: receiptPath(receipt.id) };
  });
}

async function reachOf({ ctx }: Visit, tokenId: string) {
  const made = await subscriptionsMadeBy(ctx, tokenId);
  return {
    made,
    withIt: await endingWith(ctx, tokenId),
    waiting: await countWaitingOf(
      ctx,
      made.map(({ id }) => id),
    ),
  };
}

function Revoke({ token, reach }: { token: ShownToken; reach: Awaited<ReturnType<typeof reachOf>> }) {
  const { made, withIt, waiting } = reach;
  return (
    <Question
      title={`Revoke ${token.label}?`}
      action={`${tokenPath(token.id)}/revoke`}
      back={tokensPath}
      backName="Tokens"
      button="Revoke for good"
      isDangerous
    >
      <p>
        Every call with it is refused from that moment. It was last used{' '}
        {token.last_used_at ? <When at={token.last_used_at} /> : 'never'}.
      </p>
      <p>
        It made <b>{counted(made.length, 'subscription')}</b>
        {made.length > 0 ? `: ${made.slice(0, 5).map(nameOf).join(', ')}` : ''}.
      </p>
      {withIt.length > 0 ? (
        <p>
          With it {withIt.length === 1 ? 'ends' : 'end'} what it made:{' '}
          {withIt.map(({ kind, label }) => `${label} (${credentials[kind] ?? 'token'})`).join(', ')}.
        </p>
      ) : null}
      <fieldset>
        <legend>Why?</legend>
        <label class="pick">
          <input type="radio" name="reason" value="user" checked />
          <span>
            It is not needed any more.
            <br />
            <span class="dim">What it made goes on.</span>
          </span>
        </label>
        <label class="pick">
          <input type="radio" name="reason" value="leaked" />
          <span>
            It leaked: somebody else may have it.
            <br />
            <span class="dim">
              What it made stops, too: {counted(made.length, 'subscription')}, with {waitingWords(waiting)}{' '}
              that would wait until you resume. Tokens that it made end.
            </span>
          </span>
        </label>
      </fieldset>
    </Question>
  );
}

const credentials: Record<string, string> = { f: 'calendar feed', w: 'RFP sender' };
const waitingWords = (waiting: number): string =>
  `${waiting >= mostWaitingCounted ? 'more than ' : ''}${counted(waiting, 'delivery', 'deliveries')}`;
