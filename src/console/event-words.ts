import type { TracedEvent } from '#src/inquiry';
import type { Tone } from '#src/ui';

type Line = TracedEvent['lines'][number];

const verdictTones: Record<Line['verdict'], [tone: Tone, word: string]> = {
  sent: ['good', 'delivered'],
  queued: ['wait', 'on its way'],
  held: ['wait', 'held'],
  not_sent: ['bad', 'not sent'],
};

/** What was never to be sent is no failure. */
export const verdictChip = ({ verdict, delivery }: Line): [tone: Tone, word: string] =>
  verdict === 'not_sent' && delivery === null ? ['off', 'not sent'] : verdictTones[verdict];

/** What support reads to who asks: why, and what to do about it. */
export function lineWords({ code, scope, delivery }: Line): string {
  // Said to the owner elsewhere; here somebody else reads it.
  if (delivery) return delivery.words.replace('It is on your side.', 'It is on the subscriber’s side.');
  return Object.hasOwn(unsent, code)
    ? (unsent[code] ?? code).replace('{scope}', scope ?? '')
    : `Its reason is “${code}”.`;
}

const unsent: Record<string, string> = {
  before_subscription:
    'The subscription was made, or approved, after the event came. Its owner can replay what is missing.',
  before_consent: 'The event came before the consent, which did not include what was before.',
  audience: 'The event is not for this account.',
  type: 'The subscription does not ask for this type of event. Its owner adds it.',
  scope: 'It was never allowed to see this: {scope} is missing. The person has to consent anew.',
  city: 'The subscription is narrowed to other cities.',
  filter: 'The subscription’s own filter does not let it through. Its owner sees which part, in the portal.',
  revoked: 'The access that the subscription was made under is revoked.',
  account_ended: 'The account is closed or erased.',
  pending_approval: 'The subscription waits for approval by staff; until then nothing is sent.',
  approval_refused: 'Staff refused to approve the subscription. Changing it asks again.',
  expanding: 'It fits; so many do that its deliveries are still being made.',
  rfp_withdrawn: 'The RFP was withdrawn before it went out.',
  already_broadcast: 'This revision of the RFP went to the account with an earlier event.',
  changed_since:
    'The subscription or its consent was another when the event came; as it is now it would be sent. Its owner can replay what is missing.',
};

/** The first line: is it out, and if not, at how many places does it stand? */
export function eventVerdict({ counts, is_for: isFor, audience, lines }: TracedEvent): string {
  if (!isFor) return 'It was never meant for this account: the account is not in its audience.';
  const of = (...states: string[]) =>
    counts.reduce((sum, { state, n }) => (states.includes(state) ? sum + n : sum), 0);
  const parts = [
    [of('delivered'), 'delivered'],
    [of('pending', 'leased'), 'on their way'],
    [of('retrying'), 'being tried again'],
    [of('held'), 'held'],
    [of('dead'), 'given up'],
    [of('cancelled'), 'cancelled'],
  ] as const;
  const said = parts.filter(([n]) => n > 0).map(([n, word]) => `${n.toLocaleString('en')} ${word}`);
  if (said.length > 0) return `Of its deliveries: ${said.join(', ')}.`;
  if (audience === 0) return 'It is for nobody: its audience is empty.';
  return lines.length === 0
    ? 'Nobody whom it is for has a subscription, so nothing was sent.'
    : 'It was sent to nobody: each subscription says why.';
}
