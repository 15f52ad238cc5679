import type { ShownSubscription } from '#src/subscriptions';
import { Ask, type Choice, type Form, Select, type Wrong, WrongSummary } from '#src/ui';
import { backfillPath, subscriptionPath } from './paths.ts';

const kinds: Choice[] = [
  ['failed', 'What died'],
  ['missing', 'What was never sent'],
  ['all', 'Everything'],
];
/** Hours; events are kept for thirty days. */
const spans: Choice[] = [
  ['1', 'hour'],
  ['24', '24 hours'],
  ['168', '7 days'],
  ['720', '30 days'],
];

/** As chosen so far. */
export type ReplayWish = { only: string; hours: string };
export const firstReplayWish: ReplayWish = { only: 'failed', hours: '24' };
export const replayWishOf = (form: Form): ReplayWish => ({
  only: form.one('only'),
  hours: form.one('hours'),
});

/** What the form does not offer, by the name of the field. */
export function faultsOfReplay({ only, hours }: ReplayWish): Map<string, string> {
  const faults = new Map<string, string>();
  if (!kinds.some(([kind]) => kind === only)) faults.set('only', 'Say what is to be sent again.');
  if (!spans.some(([span]) => span === hours)) faults.set('hours', 'Say from when on.');
  return faults;
}

type Props = { subscription: ShownSubscription; wish: ReplayWish; wrong: Wrong };

export function ReplayForm({ subscription: { id, endpoint }, wish, wrong }: Props) {
  return (
    <section class="stack" aria-labelledby="replay">
      <h2 id="replay">Send past events again</h2>
      <WrongSummary wrong={wrong} title="Nothing was sent again" />
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
          <Select name="only" label="Which" value={wish.only} choices={kinds} wrong={wrong} />
          <Select name="hours" label="Of the last" value={wish.hours} choices={spans} wrong={wrong} />
          <button>Replay</button>
        </div>
      </Ask>
    </section>
  );
}
