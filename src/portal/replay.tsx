import { findReplay, type ShownReplay, type ShownSubscription, stopReplay } from '#src/subscriptions';
import { Ask, Chip, Crumb, type Fact, Facts, Note, type Tone, When } from '#src/ui';
import { placeOf, subscriptionOf } from './backfill.tsx';
import { counted, nameOf } from './cords.ts';
import { deed, page, type Portal } from './door.tsx';
import { liveAttributes, type LiveAttributes, liveRoute } from './live.ts';
import { backfillPath, deliveriesPath, livePath, replayPath, subscriptionPath, withQuery } from './paths.ts';

/** How far a replay is, and what it has brought; it fills while one looks. */
export function replayPages(portal: Portal): void {
  const path = replayPath(':id', ':replay');
  page(portal, path, async (visit) => {
    const { ctx, param } = visit;
    const subscription = await subscriptionOf(visit);
    const shown = await findReplay(ctx, subscription.id, param('replay'));
    const live = liveAttributes(portal, 'replay', stampOf(shown), replayPath(subscription.id, shown.id));
    return { title: titleOf(shown), body: <Replay subscription={subscription} replay={shown} live={live} /> };
  });
  liveRoute(portal, livePath(path), async ({ ctx, param }) =>
    stampOf(await findReplay(ctx, param('id'), param('replay'))),
  );
  deed(portal, `${path}/stop`, async ({ ctx, param }) => {
    const { id } = await stopReplay(ctx, param('id'), param('replay'));
    return { to: withQuery(replayPath(param('id'), id), { done: 'replay_stopped' }) };
  });
}

const stampOf = ({ state, done, sent }: ShownReplay): string =>
  [state, done, sent?.delivered, sent?.waiting, sent?.dead].join();

const titleOf = ({ only }: ShownReplay): string =>
  only === 'missing' ? 'Bringing in what was there before' : 'Sending again';

type Props = { subscription: ShownSubscription; replay: ShownReplay };

function Replay({ subscription, replay, live }: Props & { live: LiveAttributes }) {
  const isOpen = isUnderWay(replay);
  const isMoving = isOpen && subscription.state === 'active';
  const [tone, word] = isOpen && replay.state === 'done' ? settling(isMoving) : chips[replay.state];
  return (
    <div class="stack form" {...live}>
      <Crumb href={placeOf(subscription)}>{nameOf(subscription)}</Crumb>
      <div class="row apart" {...(isMoving ? { 'data-soon': '' } : {})}>
        <h1>{titleOf(replay)}</h1>
        <Chip tone={tone}>{word}</Chip>
      </div>
      <Progress replay={replay} />
      <Held subscription={subscription} replay={replay} />
      <Facts facts={factsOf(subscription, replay)} />
      {isOpen && replay.only === 'missing' && replay.state !== 'stopping' ? (
        <Ask action={`${replayPath(subscription.id, replay.id)}/stop`} label="Stop">
          <div class="row">
            <button>Stop</button>
            <span class="dim small">
              You need not wait here. What has not gone out is taken out again, and can be brought in later.
            </span>
          </div>
        </Ask>
      ) : null}
      {isOpen ? (
        <noscript>
          <p>
            <a class="button" href={replayPath(subscription.id, replay.id)}>
              Look again
            </a>
          </p>
        </noscript>
      ) : null}
      {replay.state === 'stopped' ? (
        <p>
          <a class="button" href={backfillPath(subscription.id)}>
            Bring in the rest
          </a>
        </p>
      ) : null}
    </div>
  );
}

const isUnderWay = ({ state, sent }: ShownReplay): boolean =>
  state === 'open' || state === 'stopping' || (state === 'done' && (sent?.waiting ?? 0) > 0);

/** All of it is made, and is sent now or waits. */
const settling = (isMoving: boolean): [Tone, string] => ['wait', isMoving ? 'under way' : 'waiting'];
const chips: Record<ShownReplay['state'], [Tone, string]> = {
  open: ['wait', 'under way'],
  stopping: ['wait', 'stopping'],
  done: ['good', 'complete'],
  stopped: ['off', 'stopped'],
  failed: ['bad', 'broke off'],
};

/** Only where it is known what it makes: what is sent again was there before. */
function Progress({ replay: { sent } }: Pick<Props, 'replay'>) {
  const all = sent ? sent.delivered + sent.waiting + sent.dead : 0;
  if (!sent || all === 0) return null;
  const settled = sent.delivered + sent.dead;
  return (
    <div class="stack">
      <p id="far">
        <b>{settled.toLocaleString('en')}</b> of {counted(all, 'event')}
      </p>
      <meter class="gauge" min="0" max={all} value={settled} aria-labelledby="far" />
    </div>
  );
}

function Held({ subscription, replay }: Props) {
  if (replay.state === 'failed')
    return (
      <Note tone="bad" title="It broke off">
        <p>What it made goes out all the same. Begin again: nothing is sent twice.</p>
      </Note>
    );
  if (subscription.state === 'active' || !isUnderWay(replay)) return null;
  return (
    <Note tone="wait" title={`It is ${subscription.state}`}>
      <p>
        What was brought in waits until it goes on: see{' '}
        <a href={subscriptionPath(subscription.id)}>the subscription</a>.
      </p>
    </Note>
  );
}

function factsOf(
  { id }: ShownSubscription,
  { only, done, there, sent, since, until }: ShownReplay,
): (Fact | null)[] {
  const deliveries = (state: string) => withQuery(deliveriesPath, { subscription: id, state });
  return [
    sent ? ['Sent', sent.delivered.toLocaleString('en')] : ['Put back to be sent', done.toLocaleString('en')],
    sent && sent.waiting > 0 ? ['Waiting', sent.waiting.toLocaleString('en')] : null,
    only === 'missing' ? ['There already', there.toLocaleString('en')] : null,
    sent
      ? [
          'Failed',
          sent.dead === 0 ? (
            'none'
          ) : (
            <a href={deliveries('dead')}>{sent.dead.toLocaleString('en')}: see why, and try again</a>
          ),
        ]
      : null,
    [
      'Of what happened',
      <>
        from <When at={since} exact /> to <When at={until} exact />
      </>,
    ],
    sent
      ? null
      : ['How they fare', <a href={withQuery(deliveriesPath, { subscription: id })}>its deliveries</a>],
  ];
}
