import { createSubscription, type DryRun, subscriptionSpec } from '#src/subscriptions';
import { checked } from '#src/wire';
import { Ask, Copyable, Crumb, Secret, Select, type Wrong, WrongSummary } from '#src/ui';
import { deed, page, type Portal, type Shown } from './door.tsx';
import { isOffered } from './families.ts';
import { newSubscriptionPath, subscriptionPath, subscriptionsPath } from './paths.ts';
import { emptyWish, faultsOf, refusalsOf, specOf, type Wish, wishOf } from './subscription-form.ts';
import { Tried } from './tried.tsx';
import { tryOut } from './try-out.ts';
import { WishFields } from './wish-fields.tsx';

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
    try {
      if (form.one('intent') === 'try') return formPage(wish, ...(await tryOut(ctx, wish)));
      const faults = faultsOf(wish);
      if (faults.size > 0) return formPage(wish, faults, null);
      const { shown } = await createSubscription(ctx, checked(subscriptionSpec, specOf(wish)));
      return madePage(shown);
    } catch (error) {
      return formPage(wish, refusalsOf(error), null);
    }
  });
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
            <WishFields
              wish={wish}
              wrong={wrong}
              addressHint="Where each event is sent: a POST with JSON, signed. It has to answer with a 2xx within 15 seconds."
              signature={<Signature wish={wish} wrong={wrong} />}
            />
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

const Signature = ({ wish, wrong }: { wish: Wish; wrong: Wrong }) => (
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
);

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
