import { countDay, countWaitingOf } from '#src/deliveries';
import {
  findSubscription,
  listSubscriptions,
  showSubscription,
  type ShownSubscription,
} from '#src/subscriptions';
import { Ask, type Choice, Crumb, Empty, Note, Pages, Payload, When } from '#src/ui';
import { type Cord, cordsOf, counted, nameOf } from './cords.ts';
import { withDestinations } from './destinations.ts';
import { page, type Portal } from './door.tsx';
import { cordWords } from './patch-bay.tsx';
import {
  backfillPath,
  deliveriesPath,
  newSubscriptionPath,
  plugPath,
  subscriptionPath,
  subscriptionsPath,
  typePath,
  typesPath,
  withQuery,
} from './paths.ts';
import { StateFilter } from './state-filter.tsx';
import { StandingChip, standingOf } from './states.tsx';
import { AddressOf, FactsOf } from './subscription-facts.tsx';

export function subscriptionPages(portal: Portal): void {
  page(portal, subscriptionsPath, async ({ ctx, query }) => {
    const after = query.get('after') ?? '';
    const asked = states.find((one) => one === query.get('state'));
    const state = asked ?? '';
    const { data: listed, next_cursor: next } = await listSubscriptions(ctx, {
      limit: 25,
      ...(asked ? { state: asked } : {}),
      ...(after === '' ? {} : { cursor: after }),
    });
    const data = await withDestinations(ctx, listed);
    return {
      title: 'Subscriptions',
      body: (
        <div class="stack">
          <div class="row apart">
            <h1>Subscriptions</h1>
            {data.length > 0 ? (
              <a class="button primary" href={newSubscriptionPath}>
                New subscription
              </a>
            ) : null}
          </div>
          {data.length > 0 || state !== '' ? (
            <StateFilter
              action={subscriptionsPath}
              value={state}
              choices={[
                ['', 'Any'],
                ...states.map((one): Choice => [
                  one,
                  one === 'pending_approval' ? 'waiting for approval' : one,
                ]),
              ]}
            />
          ) : null}
          {data.length > 0 ? <List subscriptions={data} /> : <None isFiltered={state !== ''} />}
          <Pages
            first={after === '' ? null : withQuery(subscriptionsPath, { state })}
            next={next === null ? null : withQuery(subscriptionsPath, { state, after: next })}
          />
        </div>
      ),
    };
  });
  page(portal, subscriptionPath(':id'), async ({ ctx, param }) => {
    const found = showSubscription(await findSubscription(ctx, param('id')));
    const [subscription = found] = await withDestinations(ctx, [found]);
    const counts = await countDay(ctx, [subscription.id]);
    const waiting = await countWaitingOf(ctx, [subscription.id]);
    const cords = cordsOf([subscription], counts);
    const kept = counted(ctx.settings.keepEventsMs / 86_400_000, 'day', 'days');
    return {
      title: nameOf(subscription),
      body: <One {...{ subscription, waiting, cords, kept }} />,
    };
  });
}

const states = ['active', 'paused', 'disabled', 'pending_approval'] as const;

function List({ subscriptions }: { subscriptions: ShownSubscription[] }) {
  return (
    <table>
      <caption class="vh">Subscriptions, newest first</caption>
      <thead>
        <tr class="indent">
          <th>Goes to</th>
          <th class="wide-only">Events</th>
          <th>State</th>
          <th class="end wide-only">Made</th>
        </tr>
      </thead>
      <tbody>
        {subscriptions.map((one) => (
          <tr data-row>
            <td>
              <a class="whole" href={subscriptionPath(one.id)}>
                {nameOf(one)}
              </a>
              <p class="dim">
                <AddressOf subscription={one} />
              </p>
            </td>
            <td class="wide-only">{wishWords(one)}</td>
            <td>
              <StandingChip standing={standingOf(one)} />
            </td>
            <td class="end dim wide-only">
              <When at={one.created_at} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function wishWords({ event_types: types, cities }: ShownSubscription): string {
  const shown = types.slice(0, 3).join(', ');
  const more = types.length > 3 ? ` and ${types.length - 3} more` : '';
  return `${shown}${more}${cities.length > 0 ? ` in ${cities.join(', ')}` : ''}`;
}

function None({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered)
    return (
      <Empty title="No subscription is in this state">
        <p>
          <a href={subscriptionsPath}>Show all of them</a>
        </p>
      </Empty>
    );
  return (
    <Empty title="No subscriptions yet">
      <p>
        A subscription is a standing wish: these events, to this address. Each event is signed, tried again
        until it arrives, and explained when it does not.
      </p>
      <p class="row">
        <a class="button primary" href={newSubscriptionPath}>
          New subscription
        </a>
        <a href={typesPath}>What events are there?</a>
      </p>
    </Empty>
  );
}

type OneProps = { subscription: ShownSubscription; waiting: number; cords: Cord[]; kept: string };

function One({ subscription, waiting, cords, kept }: OneProps) {
  const standing = standingOf(subscription);
  return (
    <div class="stack">
      <Crumb href={subscriptionsPath}>Subscriptions</Crumb>
      <div class="row apart">
        <h1>{nameOf(subscription)}</h1>
        <StandingChip standing={standing} />
      </div>
      {standing.why ? (
        <Note tone={standing.tone} title={`It is ${standing.word}`}>
          <p>
            {standing.why} {waiting > 0 ? `${counted(waiting, 'event waits', 'events wait')}.` : ''}{' '}
            {isHolding(subscription) ? `What is older than ${kept} is not sent any more.` : ''}
          </p>
        </Note>
      ) : null}
      <Actions subscription={subscription} />
      <div class="cols">
        <div class="stack-l">
          <section class="stack" aria-labelledby="day">
            <div class="row apart">
              <h2 id="day">The last 24 hours</h2>
              <a href={withQuery(deliveriesPath, { subscription: subscription.id })}>All its deliveries</a>
            </div>
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
          {isInert(subscription) ? null : <Replay subscription={subscription} />}
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
        <a class="button" href={`${path}/rotate`} data-dialog>
          New secret
        </a>
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

function Replay({ subscription: { id, endpoint } }: { subscription: ShownSubscription }) {
  return (
    <section class="stack" aria-labelledby="replay">
      <h2 id="replay">Send past events again</h2>
      {endpoint.type === 'webhook' ? (
        <p class="dim">What is sent again keeps its webhook-id, so a good receiver takes nothing twice.</p>
      ) : (
        <p class="dim">
          What stands there already stays as it is.{' '}
          <a href={backfillPath(id)}>Bring in what was there before</a> says first how much that is.
        </p>
      )}
      <Ask action={`${subscriptionPath(id)}/replay`} label="Replay">
        <div class="filters">
          <div class="field">
            <label for="only">Which</label>
            <select id="only" name="only">
              <option value="failed">What died</option>
              <option value="missing">What was never sent</option>
              <option value="all">Everything</option>
            </select>
          </div>
          <div class="field">
            <label for="hours">Of the last</label>
            <select id="hours" name="hours">
              <option value="1">hour</option>
              <option value="24" selected>
                24 hours
              </option>
              <option value="168">7 days</option>
              <option value="720">30 days</option>
            </select>
          </div>
          <button>Replay</button>
        </div>
      </Ask>
    </section>
  );
}
