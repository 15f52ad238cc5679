import { createSubscription, type DryRun, dryRunWish, subscriptionSpec, wishSpec } from '#src/subscriptions';
import { checked } from '#src/wire';
import {
  Ask,
  Copyable,
  Crumb,
  Secret,
  Select,
  TextArea,
  TextField,
  type Wrong,
  wrongOf,
  WrongSummary,
} from '#src/ui';
import type { Ctx } from '#src/context';
import { deed, page, type Portal, type Shown } from './door.tsx';
import { EventPicker } from './event-picker.tsx';
import { isOffered } from './families.ts';
import { newSubscriptionPath, subscriptionPath, subscriptionsPath } from './paths.ts';
import { emptyWish, fieldNames, filterOf, specOf, type Wish, wishOf } from './subscription-form.ts';
import { Tried } from './tried.tsx';

/**
 * Choose, try, plug in. One form with two buttons: the one holds the wish against what has really happened and makes
 * nothing; the other makes the subscription and shows its secret, once.
 */
export function newSubscriptionPages(portal: Portal): void {
  page(portal, newSubscriptionPath, async ({ query }) => {
    const type = query.get('type');
    return formPage(emptyWish(type !== null && isOffered(type) ? [type] : []), new Map(), null);
  });
  deed(portal, newSubscriptionPath, async ({ ctx, form }) => {
    const wish = wishOf(form);
    const filter = filterOf(wish);
    if (!filter.ok) return formPage(wish, new Map([['filter', filter.detail]]), null);
    const spec = specOf(wish, filter.value);
    try {
      if (form.one('intent') === 'try') return formPage(wish, new Map(), await tryOut(ctx, spec));
      const { shown } = await createSubscription(ctx, checked(subscriptionSpec, spec));
      return madePage(shown);
    } catch (error) {
      return formPage(wish, wrongOf(error, fieldNames), null);
    }
  });
}

/** Without an address: what is tried is not sent. */
async function tryOut(ctx: Ctx, spec: Record<string, unknown>): Promise<DryRun> {
  const { endpoint: _endpoint, ...wish } = spec;
  return dryRunWish(ctx, checked(wishSpec, { ...wish, last: 100 }));
}

function formPage(wish: Wish, wrong: Wrong, tried: DryRun | null): Shown {
  return {
    title: 'New subscription',
    status: wrong.size > 0 ? 422 : 200,
    body: (
      <div class="stack">
        <Crumb href={subscriptionsPath}>Subscriptions</Crumb>
        <h1>New subscription</h1>
        <p class="lead">Choose events, try the choice on what has happened, plug it in.</p>
        <WrongSummary wrong={wrong} />
        <div class="cols even">
          <Ask action={newSubscriptionPath} label="New subscription">
            <Fields wish={wish} wrong={wrong} />
            <div class="row acts">
              <button name="intent" value="make" class="primary">
                Make the subscription
              </button>
              <button name="intent" value="try" formnovalidate>
                Try it on past events
              </button>
            </div>
          </Ask>
          <aside class="stack" aria-label="What it would do">
            <Tried tried={tried} types={wish.types.filter(isOffered)} />
          </aside>
        </div>
      </div>
    ),
  };
}

function Fields({ wish, wrong }: { wish: Wish; wrong: Wrong }) {
  return (
    <div class="stack-l">
      <div class="stack">
        <TextField
          name="url"
          label="Address"
          type="url"
          value={wish.url}
          placeholder="https://example.com/patchbay"
          hint="Where each event is sent: a POST with JSON, signed. It has to answer with a 2xx within 15 seconds."
          wrong={wrong}
          mono
        />
        <TextField
          name="description"
          label="Name"
          value={wish.description}
          placeholder="Studio calendar"
          wrong={wrong}
          isOptional
        />
      </div>
      <EventPicker chosen={wish.types} wrong={wrong} />
      <details class="fold" {...(isRefined(wish, wrong) ? { open: true } : {})}>
        <summary>
          Narrow it down, and how it is sent <span class="dim">cities, filter, order, form</span>
        </summary>
        <Refinements wish={wish} wrong={wrong} />
      </details>
    </div>
  );
}

const isRefined = (wish: Wish, wrong: Wrong): boolean =>
  wish.cities !== '' ||
  wish.filter !== '' ||
  wish.ordering !== 'none' ||
  wish.format !== 'standard' ||
  ['cities', 'filter', 'ordering', 'format', 'signature', 'max_per_second'].some((name) => wrong.has(name));

function Refinements({ wish, wrong }: { wish: Wish; wrong: Wrong }) {
  return (
    <div class="stack">
      <TextField
        name="cities"
        label="Cities"
        value={wish.cities}
        placeholder="houston, austin"
        hint="Leave it empty for all."
        wrong={wrong}
        isOptional
      />
      <TextArea
        name="filter"
        label="Filter"
        value={wish.filter}
        hint={
          <>
            JSON, for example <code>{'{"data.party_size": {"$gte": 4}}'}</code>
          </>
        }
        wrong={wrong}
        isOptional
      />
      <div class="pair">
        <Select
          name="ordering"
          label="Order"
          value={wish.ordering}
          choices={[
            ['none', 'As they come'],
            ['subject', 'Kept within each subject'],
          ]}
          wrong={wrong}
        />
        <Select
          name="format"
          label="Form"
          value={wish.format}
          choices={[
            ['standard', 'Standard Webhooks'],
            ['cloudevents', 'CloudEvents 1.0'],
          ]}
          wrong={wrong}
        />
        <Select
          name="signature"
          label="Signature"
          value={wish.signature}
          choices={[
            ['v1', 'Shared secret (HMAC)'],
            ['v1a', 'Key pair (Ed25519)'],
          ]}
          wrong={wrong}
        />
        <TextField
          name="max_per_second"
          label="Events a second, at most"
          value={wish.maxPerSecond}
          placeholder="50"
          wrong={wrong}
          isOptional
        />
      </div>
    </div>
  );
}

type Made = Awaited<ReturnType<typeof createSubscription>>['shown'];

function madePage(made: Made): Shown {
  const address = made.endpoint.type === 'webhook' ? made.endpoint.url : '';
  return {
    title: 'It is plugged in',
    status: 201,
    body: (
      <div class="stack form">
        <h1>It is plugged in</h1>
        <p>
          From now on, every event that fits goes to <code>{address}</code>. It begins with one event a
          second, until the first is taken.
        </p>
        {'secret' in made ? (
          <Secret text={made.secret} name="Signing secret">
            <p>
              This is the only time that it is shown. Your receiver needs it to know that what comes is from
              here. Lost it? Make a new one on the subscription’s page; nothing breaks meanwhile.
            </p>
          </Secret>
        ) : (
          <p>
            Verify with the public key: <Copyable text={made.public_key ?? ''} name="the public key" />
          </p>
        )}
        <p class="row">
          <a class="button primary" href={subscriptionPath(made.id)}>
            Open it
          </a>
          <span class="dim small">There you can send it a test event.</span>
        </p>
      </div>
    ),
  };
}
