import { readerOf } from '#src/access';
import type { Ctx } from '#src/context';
import { type FullDelivery, retryDelivery, showDelivery } from '#src/deliveries';
import { PatchbayError } from '#src/errors';
import { showEvent } from '#src/events';
import { findSubscription, type SubscriptionRow } from '#src/subscriptions';
import { Ask, Copyable, Crumb, Facts, Note, Payload, type Tone, When } from '#src/ui';
import { counted, hostOf } from './cords.ts';
import { deed, page, type Portal } from './door.tsx';
import { liveAttributes, type LiveAttributes, liveRoute } from './live.ts';
import {
  connectionPath,
  deliveriesPath,
  deliveryPath,
  eventPath,
  livePath,
  subscriptionPath,
  withQuery,
} from './paths.ts';
import { DeliveryChip } from './states.tsx';

/** One delivery. Its first line answers what people come with: is it me or them? */
export function deliveryPages(portal: Portal): void {
  page(portal, deliveryPath(':id'), async ({ ctx, param }) => {
    const delivery = await showDelivery(ctx, param('id'));
    const subscription = await findSubscription(ctx, delivery.subscription).catch(orNull);
    const body = await bodyOf(ctx, delivery, subscription).catch(orNull);
    return {
      title: `${delivery.type}, ${delivery.state}`,
      body: (
        <Delivery
          delivery={delivery}
          subscription={subscription}
          body={body}
          live={liveAttributes(portal, 'delivery', delivery.updated_at, deliveryPath(delivery.id))}
        />
      ),
    };
  });
  liveRoute(portal, livePath(deliveryPath(':id')), async ({ ctx, param }) => {
    const { updated_at: at } = await showDelivery(ctx, param('id'));
    return at;
  });
  deed(portal, `${deliveryPath(':id')}/retry`, async ({ ctx, param }) => {
    const { id } = await retryDelivery(ctx, param('id'));
    return { to: withQuery(deliveryPath(id), { done: 'retried' }) };
  });
}

/** Deleted, or no longer revealed: the rest of the page stands without it. */
function orNull(error: unknown): null {
  if (error instanceof PatchbayError && error.status < 500) return null;
  throw error;
}

/** As the one view reveals it now to whoever looks and to the subscription: what the next attempt would send. */
async function bodyOf(ctx: Ctx, delivery: FullDelivery, subscription: SubscriptionRow | null) {
  const reader = await readerOf(ctx);
  const scopes = new Set(
    subscription ? subscription.scopes.filter((scope) => reader.scopes.has(scope)) : reader.scopes,
  );
  const narrowed = {
    ...reader,
    scopes,
    viewKey: [...scopes].sort().join(' '),
    version: subscription?.schemaVersion ?? null,
  };
  const { data, ...head } = await showEvent(ctx, narrowed, delivery.event);
  return { ...head, subscription: delivery.subscription, data };
}

type Props = {
  delivery: FullDelivery;
  subscription: SubscriptionRow | null;
  body: Record<string, unknown> | null;
};

const tones: Record<FullDelivery['state'], Tone> = {
  pending: 'plain',
  leased: 'plain',
  retrying: 'wait',
  held: 'wait',
  delivered: 'good',
  dead: 'bad',
  cancelled: 'plain',
};

function Delivery({ delivery, subscription, body, live }: Props & { live: LiveAttributes }) {
  const isWebhook = subscription?.endpoint.type !== 'connection';
  const [first, ...rest] = delivery.explanation.lines.filter((line) => !line.includes('POST /v1/'));
  return (
    <div class="stack" {...live}>
      <Crumb href={deliveriesPath}>Deliveries</Crumb>
      <div class="row apart">
        <h1>{delivery.type}</h1>
        <DeliveryChip state={delivery.state} />
      </div>
      <Note tone={tones[delivery.state]}>
        <p class="verdict">{first}</p>
        {rest.map((line) => (
          <p>
            <WithTimes line={line} />
          </p>
        ))}
      </Note>
      <Buttons delivery={delivery} isWebhook={isWebhook} />
      <div class="cols">
        <div class="stack-l">
          <Attempts delivery={delivery} isWebhook={isWebhook} />
          <Request delivery={delivery} subscription={subscription} body={body} />
        </div>
        <aside class="side stack" aria-label="Facts">
          <Facts
            facts={[
              ['Delivery, the webhook-id', <Copyable text={delivery.id} name="the delivery id" />],
              [
                'Event',
                <>
                  <Copyable text={delivery.event} name="the event id" />
                  <br />
                  <a href={eventPath(delivery.event)}>Where else did it go?</a>
                </>,
              ],
              [
                'Subscription',
                subscription ? (
                  <a href={subscriptionPath(delivery.subscription)}>
                    {subscription.description || subscription.host}
                  </a>
                ) : (
                  <>
                    <code>{delivery.subscription}</code> (deleted)
                  </>
                ),
              ],
              ['Made', <When at={delivery.created_at} />],
              ['Changed', <When at={delivery.updated_at} />],
              delivery.next_attempt_at ? ['Next attempt', <When at={delivery.next_attempt_at} />] : null,
              ['Sequence within its subject', delivery.sequence.toLocaleString('en')],
            ]}
          />
        </aside>
      </div>
    </div>
  );
}

/** The words of the API, with moments as people read them. */
function WithTimes({ line }: { line: string }) {
  const parts = line.split(/(\d{4}-\d\d-\d\dT[\d:.]+Z)/);
  return <>{parts.map((part, i) => (i % 2 === 1 ? <When at={part} exact /> : part))}</>;
}

function Buttons({ delivery, isWebhook }: { delivery: FullDelivery; isWebhook: boolean }) {
  const mayRetry = ['dead', 'retrying', 'delivered'].includes(delivery.state);
  if (delivery.state === 'held')
    return (
      <p>
        <a class="button" href={subscriptionPath(delivery.subscription)}>
          See what holds it
        </a>
      </p>
    );
  if (!mayRetry) return null;
  return (
    <Ask action={`${deliveryPath(delivery.id)}/retry`} label="Retry">
      <div class="row">
        <button class={delivery.state === 'delivered' ? '' : 'primary'}>
          {delivery.state === 'delivered' ? 'Send it again' : 'Retry now'}
        </button>
        <span class="dim small">
          {isWebhook
            ? 'Under the same webhook-id, so a good receiver takes it once.'
            : 'What stands there already is brought up to date, not made twice.'}
        </span>
      </div>
    </Ask>
  );
}

function Attempts({ delivery, isWebhook }: { delivery: FullDelivery; isWebhook: boolean }) {
  const { attempts } = delivery;
  return (
    <section aria-labelledby="attempts">
      <h2 id="attempts">{attempts.length === 0 ? 'No attempt yet' : counted(attempts.length, 'attempt')}</h2>
      {attempts.toReversed().map((attempt) => (
        <article class="attempt stack" aria-label={`Attempt ${attempt.number}`}>
          <div class="row apart">
            <h3>
              {attempt.number}. {outcomeWords(attempt)}
            </h3>
            <span class="dim small">
              <When at={attempt.started_at} />, took {attempt.duration_ms.toLocaleString('en')} ms
            </span>
          </div>
          {attempt.detail ? <p class="small">{attempt.detail}</p> : null}
          {attempt.answer ? (
            <details class="fold">
              <summary>
                Answer <span class="dim">as received, first KiB</span>
              </summary>
              <Answer text={attempt.answer} />
            </details>
          ) : !isWebhook ? null : (
            <p class="dim small">
              {attempt.stage === 'before' ? 'No byte was sent.' : 'The answer had no body.'}
            </p>
          )}
        </article>
      ))}
    </section>
  );
}

type Attempt = FullDelivery['attempts'][number];

function outcomeWords({ status, outcome }: Attempt): string {
  if (status !== null) return status >= 200 && status < 300 ? `Taken with ${status}` : `Answered ${status}`;
  return outcome.replaceAll('_', ' ').replace(/^./, (letter) => letter.toUpperCase());
}

function Answer({ text }: { text: string }) {
  const parsed = jsonOf(text);
  return parsed === null ? <pre>{text}</pre> : <Payload value={parsed} label="The answer" />;
}

/** Null for what is no object: then the text says it best. */
function jsonOf(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    // Not JSON, as most answers are not.
    return null;
  }
}

function Request({ delivery, subscription, body }: Props) {
  const endpoint = subscription?.endpoint.type === 'webhook' ? subscription.endpoint.url : null;
  const url = endpoint !== null && URL.canParse(endpoint) ? new URL(endpoint) : null;
  return (
    <section class="stack" aria-labelledby="request">
      <h2 id="request">{url ? 'Request' : 'The event'}</h2>
      {url ? (
        <pre>
          {[
            `POST ${url.pathname}${url.search} HTTP/1.1`,
            `host: ${hostOf(url.href)}`,
            `webhook-id: ${delivery.id}`,
            `webhook-timestamp: ${timestampOf(delivery)}`,
            `webhook-signature: ${subscription?.signature ?? 'v1'},…`,
            `content-type: ${subscription?.format === 'cloudevents' ? 'application/cloudevents+json' : 'application/json'}`,
          ].join('\n')}
        </pre>
      ) : subscription?.endpoint.type === 'connection' ? (
        <p>
          What it became there stands with{' '}
          <a href={connectionPath(subscription.endpoint.connection_id)}>the connection</a>.
        </p>
      ) : null}
      {body ? (
        <>
          <Payload value={body} label="The body" />
          <p class="dim small">
            As your scopes reveal it now: bodies are made anew for each attempt and are not kept.
            {subscription?.format === 'cloudevents' ? ' It leaves in the form of CloudEvents 1.0.' : ''}
          </p>
        </>
      ) : (
        <p class="dim">The event is not yours to see any more, or was removed after 30 days.</p>
      )}
    </section>
  );
}

function timestampOf({ attempts }: FullDelivery): string {
  const last = attempts.at(-1);
  return last ? String(Math.floor(Date.parse(last.started_at) / 1_000)) : 'of the attempt';
}
