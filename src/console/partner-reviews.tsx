import { partnerReviews } from '#src/inquiry';
import { reviewPartner } from '#src/oauth';
import { staffActor } from '#src/staff';
import { counted, Crumb, type Form, Note, When, withQuery, type Wrong, WrongSummary, wrongOf } from '#src/ui';
import { type Console, deed, page, type Shown, type Visit } from './door.tsx';
import { History, PartnerApps } from './partner-facts.tsx';
import { type FilledReview, RecordReview } from './partner-record.tsx';
import { ReviewChip } from './partners.tsx';
import { partnersPath, reviewsPath, subjectPath } from './paths.ts';
import { atField, chosen, reasonOf } from './reason.ts';

export type Reviewed = Awaited<ReturnType<typeof partnerReviews>>;

/** A partner's reviews: what its apps are registered for, what of that is open to them, and putting one on record. */
export function partnerReviewPages(desk: Console): void {
  const path = reviewsPath(':id');
  page(desk, { path, permission: 'access:read' }, (visit) => show(visit));
  deed(desk, { path, permission: 'partners:review' }, async (visit) => {
    const { ctx, staff, form } = visit;
    const partnerId = visit.param('id');
    try {
      const outcome = chosen(form, 'outcome', ['passed', 'refused']);
      await reviewPartner(ctx, staffActor(staff), {
        partnerId,
        outcome,
        scopes: outcome === 'passed' ? form.many('scopes') : null,
        expiresAt: outcome === 'passed' ? endIn(form) : null,
        reference: referenceIn(form),
        note: reasonOf(form, 'note'),
        requestId: ctx.requestId,
      });
      return { to: withQuery(reviewsPath(partnerId), { done: 'reviewed' }) };
    } catch (error) {
      const names = {
        outcome: 'outcome',
        scopes: 'scopes',
        expires_at: 'until',
        reference: 'reference',
        note: 'note',
      };
      return { ...(await show(visit, filledIn(form), wrongOf(error, names))), status: 422 };
    }
  });
}

/** A day; the review counts until it is over. Throws 422. */
function endIn(form: Form): Date | null {
  const day = form.one('until');
  if (day === '') return null;
  const end = new Date(`${day}T23:59:59.999Z`);
  if (/^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(end.getTime())) return end;
  throw atField('expires_at', 'A day as in 2027-06-30.');
}

function referenceIn(form: Form): string | null {
  const reference = form.one('reference');
  if (reference.length > 200) throw atField('reference', 'Say it in 200 characters at most.');
  return reference === '' ? null : reference;
}

const filledIn = (form: Form): FilledReview => ({
  outcome: form.one('outcome'),
  scopes: form.many('scopes'),
  until: form.one('until'),
  reference: form.one('reference'),
  note: form.one('note'),
});

async function show(visit: Visit, filled?: FilledReview, wrong: Wrong = new Map()): Promise<Shown> {
  const { ctx, staff, param } = visit;
  const partner = await partnerReviews(ctx, param('id'));
  const { name, reviews, wanted } = partner;
  const [latest = null] = reviews;
  const mayReview = staff.permissions.has('partners:review');
  const begun: FilledReview = {
    outcome: '',
    scopes: wanted.map(({ scope }) => scope),
    until: '',
    reference: '',
    note: '',
  };
  return {
    title: `Reviews of ${name}`,
    body: (
      <div class="stack-l">
        <header class="stack">
          <Crumb href={partnersPath}>Partners</Crumb>
          <div class="row apart">
            <h1>{name}</h1>
            <ReviewChip review={latest} />
          </div>
          <p class="verdict">{verdictOf(partner)}</p>
          <Standing partner={partner} />
          <div class="row">
            <a class="button" href={subjectPath('partner', partner.id)}>
              Look at the partner
            </a>
            {mayReview && latest?.stands ? (
              <a class="button danger" href={`${reviewsPath(partner.id)}/withdraw`} data-dialog>
                Withdraw the review
              </a>
            ) : null}
          </div>
        </header>
        <PartnerApps partner={partner} />
        {mayReview ? (
          <section class="stack form" aria-labelledby="record">
            <h2 id="record">Put a review on record</h2>
            <WrongSummary wrong={wrong} title="Nothing is on record yet" />
            <RecordReview at={reviewsPath(partner.id)} filled={filled ?? begun} wrong={wrong} />
          </section>
        ) : null}
        <History reviews={reviews} />
      </div>
    ),
  };
}

export const listed = (words: readonly string[]): string => new Intl.ListFormat('en').format(words);

function verdictOf({ reviews: [latest], wanted }: Reviewed): string {
  const closed = wanted.filter(({ covered }) => !covered).map(({ scope }) => scope);
  if (wanted.length === 0) return 'Its apps are registered for nothing that takes a review.';
  if (closed.length === 0) return 'Reviewed: its apps may ask people for all that they are registered for.';
  if (latest?.stands)
    return `Reviewed in part: ${listed(closed)} ${closed.length === 1 ? 'stays' : 'stay'} closed.`;
  return `Not reviewed: its apps are refused ${listed(closed)}.`;
}

/** What the page decides nothing about, and what has to be known to decide. */
function Standing({ partner: { suspended_at: suspendedAt, reviews, grants, id } }: { partner: Reviewed }) {
  const [latest] = reviews;
  return (
    <>
      {latest?.stands && latest.until ? (
        <p>
          It counts until <When at={latest.until} exact />
          {latest.scopes === null ? '' : `, for ${listed(latest.scopes)}`}.
        </p>
      ) : null}
      {grants.count > 0 ? (
        <p>
          {counted(grants.count, 'living consent')}
          {grants.at_least ? ' at least' : ''} {grants.count === 1 ? 'has' : 'have'} a scope that takes a
          review. They go on, whatever you record; <a href={subjectPath('partner', id)}>stop the partner</a>{' '}
          to end them.
        </p>
      ) : null}
      {suspendedAt ? (
        <Note tone="wait" title="It is suspended">
          <p>
            Since <When at={suspendedAt} /> nothing of it passes. A review does not lift that.
          </p>
        </Note>
      ) : null}
    </>
  );
}
