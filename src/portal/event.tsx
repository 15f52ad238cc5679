import { readerOf } from '#src/access';
import { publisherEventId } from '#src/columns';
import { PatchbayError } from '#src/errors';
import { showEvent, type Trace, traceEvent } from '#src/events';
import { Chip, Copyable, Crumb, Empty, Facts, Payload, type Tone, When } from '#src/ui';
import { namesOf } from './destinations.ts';
import { page, type Portal } from './door.tsx';
import {
  deliveriesPath,
  deliveryPath,
  home,
  newSubscriptionPath,
  subscriptionPath,
  typePath,
} from './paths.ts';

/** One event: why it was or was not sent, subscription by subscription, and what it says. */
export function eventPage(portal: Portal): void {
  page(portal, `${home}/events/:id`, async ({ ctx, param }) => {
    const id = param('id');
    if (!publisherEventId.test(id)) throw new PatchbayError('not_found');
    const reader = await readerOf(ctx);
    const trace = await traceEvent(ctx, reader, id);
    const event = await showEvent(ctx, reader, id).catch((error: unknown) => {
      // The type is not revealed: the trace says which scope is missing.
      if (error instanceof PatchbayError && error.status === 404) return null;
      throw error;
    });
    const names = await namesOf(
      ctx,
      trace.subscriptions.map(({ subscription }) => subscription),
    );
    return { title: trace.event.type, body: <Event trace={trace} event={event} names={names} /> };
  });
}

type Props = { trace: Trace; event: Record<string, unknown> | null; names: ReadonlyMap<string, string> };

const verdicts: Record<Trace['subscriptions'][number]['verdict'], [Tone, string]> = {
  sent: ['good', 'sent'],
  queued: ['plain', 'queued'],
  held: ['wait', 'held'],
  not_sent: ['off', 'not sent'],
};

function Event({ trace, event, names }: Props) {
  const { id, type, timestamp, city, subject, sequence } = trace.event;
  return (
    <div class="stack">
      <Crumb href={deliveriesPath}>Deliveries</Crumb>
      <h1>{type}</h1>
      <div class="cols">
        <div class="stack-l">
          <section class="stack" aria-labelledby="trace">
            <h2 id="trace">Why it was or was not sent</h2>
            <Lines lines={trace.subscriptions} names={names} />
          </section>
          {event ? (
            <section class="stack" aria-labelledby="what">
              <h2 id="what">What it says</h2>
              <Payload value={event} label="The event" />
            </section>
          ) : null}
        </div>
        <aside class="side" aria-label="Facts">
          <Facts
            facts={[
              ['Event', <Copyable text={id} name="the event id" />],
              timestamp ? ['Happened', <When at={timestamp} />] : null,
              city ? ['City', city] : null,
              subject ? ['Subject', <code>{subject}</code>] : null,
              sequence === undefined ? null : ['Sequence within its subject', sequence.toLocaleString('en')],
              ['Type', <a href={typePath(type)}>What this event means</a>],
            ]}
          />
        </aside>
      </div>
    </div>
  );
}

function Lines({ lines, names }: { lines: Trace['subscriptions']; names: Props['names'] }) {
  if (lines.length === 0)
    return (
      <Empty title="You had no subscription">
        <p>
          So it went nowhere. <a href={newSubscriptionPath}>Make one</a>, and a replay can bring it still.
        </p>
      </Empty>
    );
  return (
    <table>
      <thead>
        <tr class="indent">
          <th>Subscription</th>
          <th>Verdict</th>
        </tr>
      </thead>
      <tbody>
        {lines.map(({ subscription, verdict, words, delivery }) => {
          const [tone, word] = verdicts[verdict];
          const href = delivery ? deliveryPath(delivery) : subscriptionPath(subscription);
          return (
            <tr data-row>
              <td>
                <a class="whole" href={href}>
                  {names.get(subscription) ?? subscription}
                </a>
                <p>{sentence(words)}</p>
              </td>
              <td>
                <Chip tone={tone}>{word}</Chip>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** Without the verdict, which stands beside it. */
function sentence(words: string): string {
  const why = words
    .replace(/^(?:sent|queued|held|not sent): /, '')
    .replace(/ POST \/v1\/\S+ sends/, ' A replay sends');
  return why.charAt(0).toUpperCase() + why.slice(1);
}
