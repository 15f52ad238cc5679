import { idPattern, publisherEventId } from '#src/columns';
import { type DeliveryQuery, deliveryStates, listDeliveries, type ShownDelivery } from '#src/deliveries';
import { listSubscriptions } from '#src/subscriptions';
import { type Choice, Empty, Pages, Select, TextField, When } from '#src/ui';
import { nameOf } from './cords.ts';
import { namesOf, withDestinations } from './destinations.ts';
import { page, type Portal } from './door.tsx';
import { liveAttributes, type LiveAttributes, liveRoute } from './live.ts';
import {
  deliveriesPath,
  deliveryPath,
  livePath,
  newSubscriptionPath,
  subscriptionPath,
  withQuery,
} from './paths.ts';
import { DeliveryChip, deliveryWord } from './states.tsx';

type Filter = { subscription: string; state: string; event: string; after: string };
type Names = ReadonlyMap<string, string>;

/** Those that the filter offers, newest first; to the others their own page leads. */
const mostOffered = 100;

/** All of the account's deliveries, newest first; the filter is in the address, so it can be shared and kept. */
export function deliveriesPage(portal: Portal): void {
  page(portal, deliveriesPath, async ({ ctx, query }) => {
    const filter = filterOf(query);
    const { wish, wrong } = wishOf(filter);
    const [{ data, next_cursor: next }, { data: listed }] = await Promise.all([
      wish ? listDeliveries(ctx, wish) : { data: [], next_cursor: null },
      listSubscriptions(ctx, { limit: mostOffered }),
    ]);
    const offered = (await withDestinations(ctx, listed)).map((one): Choice => [one.id, nameOf(one)]);
    const shown = data.map(({ subscription }) => subscription);
    const names = await namesOf(ctx, wish?.subscription ? [wish.subscription, ...shown] : shown);
    return {
      title: 'Deliveries',
      body: (
        <div class="stack">
          <h1>Deliveries</h1>
          <Filters filter={filter} offered={offered} names={names} wrong={wrong} />
          <List
            filter={filter}
            deliveries={data}
            names={names}
            hasSubscriptions={offered.length > 0}
            live={liveAttributes(portal, 'deliveries', stampOf(data), withQuery(deliveriesPath, filter))}
          />
          <Pages
            first={filter.after === '' ? null : withQuery(deliveriesPath, { ...filter, after: '' })}
            next={next === null ? null : withQuery(deliveriesPath, { ...filter, after: next })}
          />
        </div>
      ),
    };
  });
  liveRoute(portal, livePath(deliveriesPath), async ({ ctx, query }) => {
    const { wish } = wishOf(filterOf(query));
    return wish ? stampOf((await listDeliveries(ctx, wish)).data) : '';
  });
}

function filterOf(query: URLSearchParams): Filter {
  const of = (name: keyof Filter) => query.get(name)?.trim() ?? '';
  return { subscription: of('subscription'), state: of('state'), event: of('event'), after: of('after') };
}

const stampOf = (deliveries: readonly ShownDelivery[]): string =>
  deliveries.map(({ id, updated_at: at }) => id + at).join();

/** Null where what was filled in names nothing: then the field says so, and no list is asked for. */
function wishOf({ subscription, state, event, after }: Filter): {
  wish: DeliveryQuery | null;
  wrong: Map<string, string>;
} {
  const wrong = new Map<string, string>();
  if (event !== '' && !publisherEventId.test(event)) wrong.set('event', 'An event id starts with evt_.');
  if (subscription !== '' && !idPattern('sub').test(subscription))
    wrong.set('subscription', 'There is no such subscription.');
  const known = deliveryStates.find((one) => one === state);
  if (state !== '' && !known) wrong.set('state', 'There is no such state.');
  const wish = {
    limit: 25,
    ...(subscription === '' ? {} : { subscription }),
    ...(known ? { state: known } : {}),
    ...(event === '' ? {} : { event }),
    ...(after === '' ? {} : { after }),
  };
  return { wish: wrong.size > 0 ? null : wish, wrong };
}

type FilterProps = { filter: Filter; offered: readonly Choice[]; names: Names; wrong: Map<string, string> };

function Filters({ filter, offered, names, wrong }: FilterProps) {
  const { subscription: chosen } = filter;
  const isUnlisted = chosen !== '' && !offered.some(([id]) => id === chosen);
  const states = deliveryStates.map((state): Choice => [state, deliveryWord(state)]);
  return (
    <form class="filters" method="get" action={deliveriesPath} aria-label="Filter">
      <Select
        name="subscription"
        label="Subscription"
        value={chosen}
        choices={[
          ['', 'All'],
          ...offered,
          ...(isUnlisted ? [[chosen, names.get(chosen) ?? chosen] as const] : []),
        ]}
        wrong={wrong}
        goes
      />
      <Select
        name="state"
        label="State"
        value={filter.state}
        choices={[['', 'Any'], ...states]}
        wrong={wrong}
        goes
      />
      <TextField
        name="event"
        label="Event id"
        value={filter.event}
        placeholder="evt_…"
        wrong={wrong}
        isOptional
        isSearch
        mono
      />
      <button>Show</button>
    </form>
  );
}

type ListProps = {
  filter: Filter;
  deliveries: ShownDelivery[];
  names: Names;
  hasSubscriptions: boolean;
  live: LiveAttributes;
};

function List({ filter, deliveries, names, hasSubscriptions, live }: ListProps) {
  // Only the newest page goes on changing under one's eyes.
  const attributes = filter.after === '' ? live : {};
  if (deliveries.length === 0)
    return (
      <div {...attributes}>
        <None filter={filter} hasSubscriptions={hasSubscriptions} />
      </div>
    );
  return (
    <div {...attributes}>
      <table>
        <caption class="vh">
          Deliveries, newest first. Keys: j and k to walk, enter to open, / to search.
        </caption>
        <thead>
          <tr class="indent">
            <th>Event</th>
            <th class="wide-only">Goes to</th>
            <th>State</th>
            <th class="end">When</th>
          </tr>
        </thead>
        <tbody>
          {deliveries.map((delivery) => (
            <tr data-row>
              <td>
                <a class="whole" href={deliveryPath(delivery.id)}>
                  {delivery.type}
                </a>
                <p class={delivery.state === 'delivered' ? 'dim wide-only' : 'dim'}>{delivery.words}</p>
                <p class="dim narrow-only">{names.get(delivery.subscription) ?? 'deleted'}</p>
              </td>
              <td class="wide-only">
                <GoesTo id={delivery.subscription} names={names} />
              </td>
              <td>
                <DeliveryChip state={delivery.state} />
              </td>
              <td class="end dim">
                <When at={delivery.created_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function GoesTo({ id, names }: { id: string; names: Names }) {
  const name = names.get(id);
  if (name === undefined) return <span class="dim">deleted</span>;
  return <a href={subscriptionPath(id)}>{name}</a>;
}

function None({ filter, hasSubscriptions }: { filter: Filter; hasSubscriptions: boolean }) {
  const isFiltered = filter.subscription !== '' || filter.state !== '' || filter.event !== '';
  if (isFiltered)
    return (
      <Empty title="Nothing fits this filter">
        <p>
          Deliveries are kept for 30 days. <a href={deliveriesPath}>Show all of them</a>
        </p>
      </Empty>
    );
  return (
    <Empty title="No deliveries yet">
      <p>
        Each event that fits one of your subscriptions becomes a delivery here, with every attempt at it: what
        was sent, what was answered, and what happens next.
      </p>
      {hasSubscriptions ? (
        <p>
          Your subscriptions are waiting for their first event. Send one of them a test to see how it looks.
        </p>
      ) : (
        <p>
          <a class="button primary" href={newSubscriptionPath}>
            New subscription
          </a>
        </p>
      )}
    </Empty>
  );
}
