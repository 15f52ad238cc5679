import { PatchbayError } from '#src/errors';
import {
  countMissing,
  findSubscription,
  latestReplay,
  type MissingCount,
  replay,
  replaySpec,
  showSubscription,
  type ShownSubscription,
} from '#src/subscriptions';
import { Ask, Crumb, Empty, Note } from '#src/ui';
import { checked } from '#src/wire';
import { counted, nameOf } from './cords.ts';
import { withDestinations } from './destinations.ts';
import { deed, page, type Portal, type Visit } from './door.tsx';
import { backfillPath, connectionPath, plugPath, replayPath, subscriptionPath } from './paths.ts';

/** Hours; events are kept for thirty days. */
const spans = [
  [24, 'the last 24 hours'],
  [168, 'the last 7 days'],
  [720, 'the last 30 days, as far back as events are kept'],
] as const;
type Count = MissingCount & { hours: number; words: string };

/** What happened before a subscription was made: how much that is stands first, then it is brought in once. */
export function backfillPages(portal: Portal): void {
  const path = backfillPath(':id');
  page(portal, path, async (visit) => {
    const { ctx } = visit;
    const subscription = await subscriptionOf(visit);
    const last = await latestReplay(ctx, subscription.id);
    if (last?.state === 'open' || last?.state === 'stopping')
      return { to: replayPath(subscription.id, last.id) };
    const found = await countMissing(
      ctx,
      subscription.id,
      spans.map(([hours]) => beginningOf(ctx, hours)),
    );
    const counts = spans.flatMap(([hours, words], i) => {
      const count = found[i];
      return count ? [{ ...count, hours, words }] : [];
    });
    return { title, body: <Backfill subscription={subscription} counts={counts} /> };
  });
  deed(portal, path, async ({ ctx, param, form }) => {
    const span = spans.find(([hours]) => String(hours) === form.one('hours'));
    if (!span) throw new PatchbayError('validation_failed', { public: 'Say from when on.' });
    const since = new Date(beginningOf(ctx, span[0])).toISOString();
    const { id } = await replay(ctx, param('id'), checked(replaySpec, { since, only: 'missing' }));
    return { to: replayPath(param('id'), id) };
  });
}

const title = 'Bring in what was there before';

/** A minute less than the whole: a replay covers 30 days at most, and a moment passes until it is checked. */
const beginningOf = ({ clock }: Visit['ctx'], hours: number): number =>
  clock.ms() - hours * 3_600_000 + 60_000;

/** With its destination's name. Throws 409 where staff decide about it first. */
export async function subscriptionOf({ ctx, param }: Visit): Promise<ShownSubscription> {
  const found = showSubscription(await findSubscription(ctx, param('id')));
  if (found.state === 'pending_approval')
    throw new PatchbayError('state_conflict', {
      public: 'It waits for approval: nothing is sent for it until then.',
    });
  const [named = found] = await withDestinations(ctx, [found]);
  return named;
}

/** Where one came from: the connection's page, where it goes through one. */
export const placeOf = ({ id, endpoint }: ShownSubscription): string =>
  endpoint.type === 'connection' ? connectionPath(endpoint.connection_id) : subscriptionPath(id);

type Props = { subscription: ShownSubscription; counts: Count[] };

function Backfill({ subscription, counts }: Props) {
  const name = nameOf(subscription);
  const isNothing = counts.every(({ events, isMore }) => events === 0 && !isMore);
  return (
    <div class="stack form">
      <Crumb href={placeOf(subscription)}>{name}</Crumb>
      <h1>{title}</h1>
      {isNothing ? (
        <Nothing subscription={subscription} counts={counts} />
      ) : (
        <>
          <p class="lead">
            Events from before this was switched on go to {name}, the oldest first, each once.
          </p>
          <Ask action={backfillPath(subscription.id)} label={title}>
            <fieldset>
              <legend>From when on</legend>
              {counts.map((count) => (
                <SpanPick
                  count={count}
                  isChosen={count.hours === widest(counts)}
                  types={subscription.event_types}
                />
              ))}
            </fieldset>
            {subscription.state === 'active' ? null : (
              <Note tone="wait">
                <p>It is {subscription.state}: what is brought in waits with the rest until you resume it.</p>
              </Note>
            )}
            <div class="row">
              <button class="primary">Bring it in</button>
              <a class="button" href={placeOf(subscription)}>
                Leave it as it is
              </a>
            </div>
          </Ask>
          <p class="dim small">
            What stands there already stays as it is. The others look as if they had just happened
            {subscription.endpoint.type === 'connection' ? (
              <>
                : <a href={plugPath(subscription.endpoint.connection_id, subscription.id)}>see how</a>
              </>
            ) : null}
            . You can stop it while it is under way.
          </p>
        </>
      )}
    </div>
  );
}

const widest = (counts: readonly Count[]): number =>
  counts.findLast(({ events }) => events > 0)?.hours ?? 720;

type SpanProps = { count: Count; isChosen: boolean; types: readonly string[] };

function SpanPick({ count, isChosen, types }: SpanProps) {
  const { hours, words, events, subjects, there, isMore } = count;
  return (
    <label class="pick">
      <input type="radio" name="hours" value={String(hours)} checked={isChosen} />
      <span>
        <b>{words[0]?.toUpperCase() + words.slice(1)}</b>
        <br />
        <span class="dim">
          {events === 0
            ? 'nothing that is not there'
            : `${counted(events, 'event')} about ${aboutWords(subjects, types)}`}
          {isMore ? ', and more' : ''}
          {there > 0 ? `; ${there.toLocaleString('en')} ${there === 1 ? 'is' : 'are'} there already` : ''}
        </span>
      </span>
    </label>
  );
}

const nouns: Record<string, string> = {
  booking: 'booking',
  deliverable: 'deliverable',
  rfp: 'request',
  review: 'review',
};

/** `5 requests`; `5 things` of more than one kind. */
export function aboutWords(n: number, types: readonly string[]): string {
  const families = [...new Set(types.map((type) => type.split('.')[0] ?? ''))];
  const [only = ''] = families;
  return counted(n, (families.length === 1 ? nouns[only] : undefined) ?? 'thing');
}

function Nothing({ subscription, counts }: Props) {
  const there = counts.at(-1)?.there ?? 0;
  return (
    <Empty title="There is nothing to bring in">
      <p>
        {there > 0
          ? `All ${counted(there, 'event')} of the last 30 days that fit ${there === 1 ? 'has' : 'have'} been sent there.`
          : 'No event of the last 30 days fits. Events are kept for as long.'}{' '}
        What happens from now on goes there by itself.
      </p>
      <p>
        <a class="button" href={placeOf(subscription)}>
          Back to {nameOf(subscription)}
        </a>
      </p>
    </Empty>
  );
}
