import { countDay, countWaitingOf, type ShownDelivery } from '#src/deliveries';
import type { Ctx } from '#src/context';
import {
  findSubscription,
  replay,
  replaySpec,
  showSubscription,
  type ShownSubscription,
} from '#src/subscriptions';
import { checked } from '#src/wire';
import { Ask, Crumb, Note, Payload, When, type Wrong } from '#src/ui';
import { ChangedNote } from './changed-words.tsx';
import { type Cord, cordsOf, counted, nameOf } from './cords.ts';
import { withDestinations } from './destinations.ts';
import { deed, page, type Portal } from './door.tsx';
import { latestDeliveries, LatestDeliveries, latestFailure } from './latest-deliveries.tsx';
import { cordWords } from './patch-bay.tsx';
import {
  deliveryPath,
  plugPath,
  replayPath,
  subscriptionPath,
  subscriptionsPath,
  typePath,
} from './paths.ts';
import {
  faultsOfReplay,
  firstReplayWish,
  ReplayForm,
  type ReplayWish,
  replayWishOf,
} from './replay-form.tsx';
import { type Standing, StandingChip, standingOf } from './states.tsx';
import { FactsOf } from './subscription-facts.tsx';

/** One subscription: how it is and why, what it did of late, and what can be done with it. */
export function subscriptionPage(portal: Portal): void {
  page(portal, subscriptionPath(':id'), async ({ ctx, param, query }) => {
    const seen = await look(ctx, param('id'));
    const changed = (query.get('changed') ?? '').split(',');
    return { title: nameOf(seen.subscription), body: <One {...seen} changed={changed} /> };
  });
  deed(portal, `${subscriptionPath(':id')}/replay`, async ({ ctx, param, form }) => {
    const id = param('id');
    const wish = replayWishOf(form);
    const wrong = faultsOfReplay(wish);
    if (wrong.size > 0) {
      const seen = await look(ctx, id);
      const body = <One {...seen} replay={{ wish, wrong }} />;
      return { title: nameOf(seen.subscription), status: 422, body };
    }
    // A minute less than the whole: the window is 30 days at most, and a moment passes until it is checked.
    const sinceMs = ctx.clock.ms() - Number(wish.hours) * 3_600_000 + 60_000;
    const spec = checked(replaySpec, { since: new Date(sinceMs).toISOString(), only: wish.only });
    return { to: replayPath(id, (await replay(ctx, id, spec)).id) };
  });
}

type Seen = {
  subscription: ShownSubscription;
  waiting: number;
  cords: Cord[];
  latest: ShownDelivery[];
  /** While it does nothing but fail. */
  failure: ShownDelivery | null;
  /** How long what is held is kept, in words. */
  kept: string;
};

async function look(ctx: Ctx, id: string): Promise<Seen> {
  const found = showSubscription(await findSubscription(ctx, id));
  const [[subscription = found], counts, waiting, latest, failure] = await Promise.all([
    withDestinations(ctx, [found]),
    countDay(ctx, [found.id]),
    countWaitingOf(ctx, [found.id]),
    latestDeliveries(ctx, found.id),
    found.failing_since === null ? null : latestFailure(ctx, found.id),
  ]);
  const kept = counted(ctx.settings.keepEventsMs / 86_400_000, 'day', 'days');
  return { subscription, waiting, cords: cordsOf([subscription], counts), latest, failure, kept };
}

type Props = Seen & { changed?: readonly string[]; replay?: { wish: ReplayWish; wrong: Wrong } };
const untouched = { wish: firstReplayWish, wrong: new Map<string, string>() };

function One({ changed = [], replay: asked = untouched, ...seen }: Props) {
  const { subscription, waiting, cords, latest } = seen;
  const standing = standingOf(subscription);
  return (
    <div class="stack">
      <Crumb href={subscriptionsPath}>Subscriptions</Crumb>
      <div class="row apart">
        <h1>{nameOf(subscription)}</h1>
        <StandingChip standing={standing} />
      </div>
      <ChangedNote names={changed} isActive={subscription.state === 'active'} />
      <Why standing={standing} {...seen} />
      <Actions subscription={subscription} />
      <div class="cols">
        <div class="stack-l">
          <section class="stack" aria-labelledby="day">
            <h2 id="day">The last 24 hours</h2>
            <table>
              <tbody>
                {cords.map((cord) => (
                  <tr>
                    <td>
                      <TypeLink type={cord.type} />
                    </td>
                    <td class="end dim">{cordWords(cord)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
          <LatestDeliveries subscription={subscription.id} deliveries={latest} />
          {isInert(subscription) ? null : <ReplayForm subscription={subscription} {...asked} />}
          {subscription.filter ? (
            <section class="stack" aria-labelledby="filter">
              <h2 id="filter">Filter</h2>
              <Payload value={subscription.filter} label="The filter" />
            </section>
          ) : null}
        </div>
        <aside class="side" aria-label="Facts">
          <FactsOf subscription={subscription} waiting={waiting} />
        </aside>
      </div>
    </div>
  );
}

function Why({ standing, subscription, waiting, failure, kept }: Seen & { standing: Standing }) {
  if (standing.why === null) return null;
  return (
    <Note tone={standing.tone} title={`It is ${standing.word}`}>
      <p>
        {standing.why} {waiting > 0 ? `${counted(waiting, 'event waits', 'events wait')}.` : ''}{' '}
        {isHolding(subscription) ? `What is older than ${kept} is not sent any more.` : ''}
      </p>
      {failure ? (
        <p>
          The last one that failed, <When at={failure.updated_at} />:{' '}
          <a href={deliveryPath(failure.id)}>{failure.words}</a>
        </p>
      ) : null}
    </Note>
  );
}

/** A pattern has no page of its own. */
const TypeLink = ({ type }: { type: string }) =>
  type.includes('*') ? <b>{type}</b> : <a href={typePath(type)}>{type}</a>;

function Actions({ subscription }: { subscription: ShownSubscription }) {
  const { id, state, endpoint } = subscription;
  const path = subscriptionPath(id);
  return (
    <div class="row">
      {isInert(subscription) ? null : state === 'active' ? (
        <>
          <Ask action={`${path}/test`} label="Test">
            <button>Send a test event</button>
          </Ask>
          <a class="button" href={`${path}/pause`} data-dialog>
            Pause
          </a>
        </>
      ) : (
        <Ask action={`${path}/resume`} label="Resume">
          <button class="primary">Resume</button>
        </Ask>
      )}
      {endpoint.type === 'connection' ? (
        <a class="button" href={plugPath(endpoint.connection_id, id)}>
          Change what it does there
        </a>
      ) : (
        <>
          <a class="button" href={`${path}/change`}>
            Change
          </a>
          <a class="button" href={`${path}/rotate`} data-dialog>
            New secret
          </a>
        </>
      )}
      <a class="button danger" href={`${path}/delete`} data-dialog>
        Delete
      </a>
    </div>
  );
}

/** Staff decide about it: its owner can change or delete it, and nothing else. */
const isInert = ({ state, state_reason: reason }: ShownSubscription): boolean =>
  state === 'pending_approval' || reason === 'approval_refused';

/** Stopped, and what comes meanwhile is kept for it. */
const isHolding = (one: ShownSubscription): boolean => one.state !== 'active' && !isInert(one);
