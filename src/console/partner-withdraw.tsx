import { partnerReviews } from '#src/inquiry';
import { withdrawReview } from '#src/oauth';
import { staffActor } from '#src/staff';
import { counted, Question, TextArea, withQuery, type Wrong, WrongSummary, wrongOf } from '#src/ui';
import { type Console, deed, page, type Shown, type Visit } from './door.tsx';
import { listed } from './partner-reviews.tsx';
import { reviewsPath } from './paths.ts';
import { reasonOf } from './reason.ts';

/** Withdrawing the review that counts, after what that closes was told. */
export function withdrawPages(desk: Console): void {
  const path = reviewsPath(':id');
  page(desk, { path: `${path}/withdraw`, permission: 'partners:review' }, (visit) => withdrawal(visit));
  deed(desk, { path: `${path}/withdraw`, permission: 'partners:review' }, async (visit) => {
    const { ctx, staff, form } = visit;
    const partnerId = visit.param('id');
    try {
      const note = reasonOf(form, 'note');
      await withdrawReview(ctx, staffActor(staff), { partnerId, note, requestId: ctx.requestId });
      return { to: withQuery(reviewsPath(partnerId), { done: 'withdrawn' }) };
    } catch (error) {
      return {
        ...(await withdrawal(visit, form.one('note'), wrongOf(error, { note: 'note' }))),
        status: 422,
      };
    }
  });
}

async function withdrawal({ ctx, param }: Visit, note = '', wrong: Wrong = new Map()): Promise<Shown> {
  const { id, name, wanted, grants } = await partnerReviews(ctx, param('id'));
  const open = wanted.filter(({ covered }) => covered).map(({ scope }) => scope);
  return {
    title: `Withdraw the review of ${name}`,
    body: (
      <Question
        title={`Withdraw the review of ${name}?`}
        action={`${reviewsPath(id)}/withdraw`}
        back={reviewsPath(id)}
        backName={name}
        button="Withdraw it"
        isDangerous
      >
        <WrongSummary wrong={wrong} title="It was not withdrawn" />
        <p>
          From now on its apps are refused{' '}
          <b>{open.length === 0 ? 'whatever takes a review' : listed(open)}</b>, and people read that nobody
          has verified it.
          {grants.count > 0
            ? ` ${counted(grants.count, 'living consent')} ${grants.count === 1 ? 'goes' : 'go'} on; to end them, stop the partner.`
            : ''}
        </p>
        <TextArea
          name="note"
          label="Why?"
          value={note}
          rows={2}
          hint="For staff alone. No personal data."
          wrong={wrong}
        />
      </Question>
    ),
  };
}
