import { findRevocation, findToken, revoke, showToken } from '#src/access';
import { actorOf } from '#src/context';
import { countWaitingOf, mostWaitingCounted } from '#src/deliveries';
import { PatchbayError } from '#src/errors';
import { subscriptionsMadeBy } from '#src/subscriptions';
import { Chip, Copyable, Crumb, Facts, When } from '#src/ui';
import { counted, nameOf } from './cords.ts';
import { deed, page, type Portal, type Visit } from './door.tsx';
import type { Form } from './form.ts';
import { home, receiptPath, tokenPath, tokensPath } from './paths.ts';
import { Question } from './question.tsx';

type ShownToken = ReturnType<typeof showToken>;
const reasons = ['user', 'leaked'] as const;

/** What will stop is said before, and what has stopped after: a receipt. */
export function revokeTokenPages(portal: Portal): void {
  page(portal, `${tokenPath(':id')}/revoke`, async (visit) => {
    const token = showToken(await findToken(visit.ctx, visit.param('id')));
    return { title: 'Revoke', body: <Revoke token={token} reach={await reachOf(visit, token.id)} /> };
  });
  deed(portal, `${tokenPath(':id')}/revoke`, async ({ ctx, param, form }) => {
    const { id } = await findToken(ctx, param('id'));
    const reason = reasonOf(form);
    const actor = actorOf(ctx.caller);
    const receipt = await revoke(ctx, { level: 'token', id, reason, actor, requestId: ctx.requestId });
    return { to: receiptPath(receipt.id) };
  });
  page(portal, `${home}/revocations/:id`, async ({ ctx, param }) => {
    const receipt = await findRevocation(ctx, param('id'));
    return { title: 'Receipt', body: <Receipt receipt={receipt} /> };
  });
}

function reasonOf(form: Form): (typeof reasons)[number] {
  const reason = reasons.find((one) => one === form.one('reason'));
  if (reason) return reason;
  throw new PatchbayError('validation_failed', { public: 'Say why it ends.' });
}

async function reachOf({ ctx }: Visit, tokenId: string) {
  const made = await subscriptionsMadeBy(ctx, tokenId);
  return {
    made,
    waiting: await countWaitingOf(
      ctx,
      made.map(({ id }) => id),
    ),
  };
}

function Revoke({ token, reach }: { token: ShownToken; reach: Awaited<ReturnType<typeof reachOf>> }) {
  const { made, waiting } = reach;
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

const waitingWords = (waiting: number): string =>
  `${waiting >= mostWaitingCounted ? 'more than ' : ''}${counted(waiting, 'delivery', 'deliveries')}`;

function Receipt({ receipt }: { receipt: Awaited<ReturnType<typeof findRevocation>> }) {
  const isDone = receipt.completed_at !== null;
  return (
    <div class="stack form" data-live="receipt" data-stamp={receipt.completed_at ?? ''}>
      <Crumb href={tokensPath}>Tokens</Crumb>
      <div class="row apart">
        <h1>Revoked</h1>
        <Chip tone={isDone ? 'good' : 'wait'}>{isDone ? 'complete' : 'under way'}</Chip>
      </div>
      <p>
        It is refused since <When at={receipt.created_at} exact />.{' '}
        {isDone
          ? 'Nothing that hung on it leaves any more.'
          : 'What is queued is being cancelled; nothing of it leaves meanwhile.'}
      </p>
      <Facts
        facts={[
          ['Receipt', <Copyable text={receipt.id} name="the receipt's id" />],
          ['Of', <code>{receipt.subject}</code>],
          ['Reason', receipt.reason === 'leaked' ? 'it leaked' : 'not needed any more'],
          ['Deliveries cancelled', receipt.cancelled.toLocaleString('en')],
          ['Last delivery left', receipt.last_sent_at ? <When at={receipt.last_sent_at} exact /> : 'none'],
          ['Complete', receipt.completed_at ? <When at={receipt.completed_at} exact /> : 'not yet'],
        ]}
      />
    </div>
  );
}
