import { listSubscriptions, type ShownSubscription } from '#src/subscriptions';
import { type Choice, Empty, Pages, When } from '#src/ui';
import { nameOf } from './cords.ts';
import { withDestinations } from './destinations.ts';
import { page, type Portal } from './door.tsx';
import { newSubscriptionPath, subscriptionPath, subscriptionsPath, typesPath, withQuery } from './paths.ts';
import { StateFilter } from './state-filter.tsx';
import { StandingChip, standingOf } from './states.tsx';
import { AddressOf } from './subscription-facts.tsx';

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
