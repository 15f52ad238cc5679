import { Chip, When } from '#src/ui';
import type { Reviewed } from './partner-reviews.tsx';
import { ReviewChip } from './partners.tsx';
import { subjectPath } from './paths.ts';
import { AnyId } from './subject-link.tsx';

/** Each app, what it is registered for, and what of that it may ask for now. */
export function PartnerApps({ partner: { apps, more_apps: isMore } }: { partner: Reviewed }) {
  return (
    <section class="stack" aria-labelledby="apps">
      <h2 id="apps">What its apps are registered for</h2>
      {apps.length === 0 ? (
        <p class="dim">It has no app yet.</p>
      ) : (
        <table>
          <caption class="vh">Apps, newest first</caption>
          <thead>
            <tr class="indent">
              <th>App</th>
              <th>Takes a review</th>
              <th class="wide-only">Takes none</th>
            </tr>
          </thead>
          <tbody>
            {apps.map((app) => (
              <tr data-row>
                <td>
                  <a class="whole" href={subjectPath('app', app.id)}>
                    {app.name}
                  </a>
                  <p class="dim">
                    {app.kind}, {app.env}
                  </p>
                </td>
                <td>
                  <Sensitive app={app} />
                </td>
                <td class="wide-only dim">
                  {app.scopes
                    .filter(({ takes_review: takes }) => !takes)
                    .map(({ scope }) => scope)
                    .join(', ')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {isMore ? <p class="dim">Older ones are not listed; find them by their names.</p> : null}
    </section>
  );
}

function Sensitive({ app: { scopes } }: { app: Reviewed['apps'][number] }) {
  const sensitive = scopes.filter(({ takes_review: takes }) => takes);
  if (sensitive.length === 0) return <span class="dim">nothing</span>;
  return (
    <>
      {sensitive.map(({ scope, open: isOpen }) => (
        <div class="row">
          <code>{scope}</code>
          <Chip tone={isOpen ? 'good' : 'wait'}>{isOpen ? 'open' : 'closed'}</Chip>
        </div>
      ))}
    </>
  );
}

/** Every review that there was; the latest alone counts. */
export function History({ reviews }: Pick<Reviewed, 'reviews'>) {
  return (
    <section class="stack" aria-labelledby="history">
      <h2 id="history">Reviews</h2>
      {reviews.length === 0 ? <p class="dim">Nobody has looked at this partner yet.</p> : null}
      {reviews.map((review, i) => (
        <article class="attempt stack">
          <div class="row apart">
            {i === 0 ? (
              <ReviewChip review={review} />
            ) : (
              <Chip tone="off">{review.outcome}, no longer counts</Chip>
            )}
            <span class="dim small">
              <When at={review.at} /> by <AnyId text={review.by} />
            </span>
          </div>
          <p>{review.note}</p>
          {review.outcome === 'passed' ? (
            <p class="dim small">
              For {review.scopes === null ? 'all that takes a review' : review.scopes.join(', ')},{' '}
              {review.until ? (
                <>
                  until <When at={review.until} exact />
                </>
              ) : (
                'without an end'
              )}
            </p>
          ) : null}
          {review.reference ? <p class="dim small">Written down: {review.reference}</p> : null}
        </article>
      ))}
    </section>
  );
}
