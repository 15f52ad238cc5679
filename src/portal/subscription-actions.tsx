import { countWaitingOf } from '#src/deliveries';
import {
  deleteSubscription,
  findSubscription,
  pauseSubscription,
  resumeSubscription,
  rotateSecret,
  sendTest,
  showSubscription,
  type ShownSubscription,
} from '#src/subscriptions';
import { Copyable, Crumb, Question, Secret, When, type Wrong, wrongOf, WrongSummary } from '#src/ui';
import { counted, nameOf } from './cords.ts';
import { deed, page, type Portal, type Shown, type Visit } from './door.tsx';
import { deliveryPath, subscriptionPath, subscriptionsPath, withQuery } from './paths.ts';
import { OldOneEnds, overlapMsOf } from './rotating.tsx';

const path = subscriptionPath(':id');

/** What can be done with a subscription; what bites asks first and says how far it reaches. */
export function subscriptionActions(portal: Portal): void {
  pauseAndResume(portal);
  deletion(portal);
  rotation(portal);
  deed(portal, `${path}/test`, async ({ ctx, param }) => {
    const { delivery_id: id } = await sendTest(ctx, param('id'));
    return { to: withQuery(deliveryPath(id), { done: 'tested' }) };
  });
}

async function reachOf({ ctx, param }: Visit) {
  const subscription = showSubscription(await findSubscription(ctx, param('id')));
  return { subscription, waiting: await countWaitingOf(ctx, [subscription.id]) };
}

function pauseAndResume(portal: Portal): void {
  page(portal, `${path}/pause`, async (visit) => {
    const { subscription, waiting } = await reachOf(visit);
    const back = subscriptionPath(subscription.id);
    return {
      title: 'Pause',
      body: (
        <Question
          title={`Pause ${nameOf(subscription)}?`}
          action={`${back}/pause`}
          back={back}
          backName={nameOf(subscription)}
          button="Pause"
          isDangerous={false}
        >
          <p>
            Nothing more is sent to it, and nothing is lost: {counted(waiting, 'event')} that{' '}
            {waiting === 1 ? 'waits' : 'wait'} now, and all that come, are kept for 30 days and sent when you
            resume.
          </p>
        </Question>
      ),
    };
  });
  deed(portal, `${path}/pause`, async ({ ctx, param }) => {
    const { id } = await pauseSubscription(ctx, param('id'));
    return { to: withQuery(subscriptionPath(id), { done: 'paused' }) };
  });
  deed(portal, `${path}/resume`, async ({ ctx, param }) => {
    const { id } = await resumeSubscription(ctx, param('id'));
    return { to: withQuery(subscriptionPath(id), { done: 'resumed' }) };
  });
}

function deletion(portal: Portal): void {
  page(portal, `${path}/delete`, async (visit) => {
    const { subscription, waiting } = await reachOf(visit);
    const back = subscriptionPath(subscription.id);
    return {
      title: 'Delete',
      body: (
        <Question
          title={`Delete ${nameOf(subscription)}?`}
          action={`${back}/delete`}
          back={back}
          backName={nameOf(subscription)}
          button="Delete for good"
          isDangerous
        >
          <ul class="points">
            <li>
              <b>{counted(waiting, 'queued delivery', 'queued deliveries')}</b> will be cancelled.
            </li>
            {subscription.endpoint.type === 'webhook' ? (
              <li>Its secret ends; requests signed with it stop.</li>
            ) : (
              <li>What it made at the vendor stays there, and so does the connection.</li>
            )}
            <li>What was sent stays in the list of deliveries.</li>
          </ul>
          {subscription.state === 'active' ? (
            <p>
              Not sure? <a href={`${back}/pause`}>Pause it</a> instead: everything is kept.
            </p>
          ) : null}
        </Question>
      ),
    };
  });
  deed(portal, `${path}/delete`, async ({ ctx, param }) => {
    await deleteSubscription(ctx, param('id'));
    return { to: withQuery(subscriptionsPath, { done: 'deleted' }) };
  });
}

function rotation(portal: Portal): void {
  page(portal, `${path}/rotate`, async (visit) => rotatePage((await reachOf(visit)).subscription));
  deed(portal, `${path}/rotate`, async ({ ctx, param, form }) => {
    const subscription = showSubscription(await findSubscription(ctx, param('id')));
    try {
      return rotatedPage(await rotateSecret(ctx, subscription.id, overlapMsOf(form)));
    } catch (error) {
      return rotatePage(subscription, form.one('overlap'), wrongOf(error, {}));
    }
  });
}

function rotatePage(subscription: ShownSubscription, chosen?: string, wrong: Wrong = new Map()): Shown {
  const back = subscriptionPath(subscription.id);
  return {
    title: 'New secret',
    status: wrong.size > 0 ? 422 : 200,
    body: (
      <Question
        title="Make a new signing secret?"
        action={`${back}/rotate`}
        back={back}
        backName={nameOf(subscription)}
        button="Make a new secret"
        isDangerous={false}
      >
        <WrongSummary wrong={wrong} title="Nothing was changed" />
        <p>
          Old and new sign together until the old one ends, so your receiver can change over without a gap.
        </p>
        <OldOneEnds {...(chosen === undefined ? {} : { chosen })} />
      </Question>
    ),
  };
}

function rotatedPage({ row, shown, oldUntil }: Awaited<ReturnType<typeof rotateSecret>>): Shown {
  return {
    title: 'New secret',
    body: (
      <div class="stack form">
        <Crumb href={subscriptionPath(row.id)}>{nameOf(showSubscription(row))}</Crumb>
        <h1>The new secret</h1>
        {'secret' in shown ? (
          <Secret text={shown.secret} name="Signing secret">
            <p>
              This is the only time that it is shown. Put it beside the old one in your receiver now; the old
              one signs until <When at={oldUntil.toISOString()} exact />.
            </p>
          </Secret>
        ) : (
          <p>
            The new public key is <Copyable text={shown.public_key} name="the public key" />. Fetch it again
            by the API at any time.
          </p>
        )}
        <p>
          <a class="button" href={subscriptionPath(row.id)}>
            I have it
          </a>
        </p>
      </div>
    ),
  };
}
