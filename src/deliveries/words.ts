/**
 * A delivery in words, for the API, the portal and the console. The first line answers the question that people come
 * with: is it me or them? A reason that is not known here is shown as it is, never hidden.
 */
import type { DeliveryState } from '#src/store';
import { explainReason, type Reason } from './reasons.ts';
import { maxTries } from './schedule.ts';

/** At whom to look: `receiver` is who runs the endpoint, `you` the owner of the subscription. */
export type Whose = 'nobody' | 'receiver' | 'you' | 'marketplace' | 'hub';
export const whoseFault = ['nobody', 'receiver', 'you', 'marketplace', 'hub'] as const satisfies Whose[];

export type DeliveryFacts = {
  id: string;
  state: DeliveryState;
  reason: string;
  tries: number;
  dueAtMs: number | null;
  nowMs: number;
  /** How long events are kept; what is held of an older one is dead. */
  keepEventsMs: number;
  /** Where the subscription delivers in order: the delivery that this one waits behind. */
  head?: { id: string; state: DeliveryState } | null;
};
export type Explanation = { whose: Whose; lines: string[] };

export function explainDelivery(facts: DeliveryFacts): Explanation {
  const { head, state } = facts;
  if (head && (state === 'pending' || state === 'retrying')) {
    return {
      whose: head.state === 'held' ? 'you' : 'nobody',
      lines: [
        `It waits its turn: this subscription delivers in order, and ${head.id} before it is ${head.state}.`,
        `GET /v1/deliveries/${head.id} says why. A head that dies lets the next one go.`,
      ],
    };
  }
  const whose = whoseIs(facts);
  return { whose, lines: [`${leads[whose]} ${wordsOfReason(facts)}`, ...next(facts)] };
}

/** One sentence without the lead. */
export function wordsOfReason({ state, reason, tries, dueAtMs, nowMs }: DeliveryFacts): string {
  const own = Object.hasOwn(hubReasons, reason) ? hubReasons[reason] : undefined;
  if (own) return `${own.words}.`;
  if (!isAttemptReason(reason)) return `Its reason is “${reason}”.`;
  if (state === 'retrying') return explainReason(reason, { state, dueInMs: (dueAtMs ?? nowMs) - nowMs });
  if (state === 'dead') return explainReason(reason, { state, tries });
  return explainReason(reason);
}

const leads: Record<Whose, string> = {
  nobody: 'All is well.',
  receiver: 'It is the receiver.',
  you: 'It is on your side.',
  marketplace: 'It is the marketplace.',
  hub: 'It is the hub.',
};

function whoseIs({ reason }: DeliveryFacts): Whose {
  const own = Object.hasOwn(hubReasons, reason) ? hubReasons[reason] : undefined;
  if (own) return own.whose;
  if (reason.startsWith('answered_')) return 'receiver';
  return isAttemptReason(reason) ? attemptReasons[reason] : 'hub';
}

function next({ id, state, tries, dueAtMs, keepEventsMs }: DeliveryFacts): string[] {
  const retry = `POST /v1/deliveries/${id}/retry`;
  switch (state) {
    case 'retrying':
      return [
        `${tries} of ${maxTries} tries are spent; the next is due at ${at(dueAtMs)}.`,
        `Mended already? ${retry} sends it now.`,
      ];
    case 'dead':
      return [`Nothing more happens by itself. ${retry} sends it again, with fresh tries.`];
    case 'held':
      return [
        `It is kept, spends no try, and is sent when what holds it ends. Once its event is ${daysOf(keepEventsMs)} old, it is dead.`,
      ];
    case 'cancelled':
      return ['It will not be sent, and cannot be retried.'];
    case 'delivered':
    case 'pending':
    case 'leased':
      return [];
    default:
      return state satisfies never;
  }
}

const daysOf = (ms: number): string => {
  const days = Math.round(ms / 86_400_000);
  return days === 1 ? 'a day' : `${days} days`;
};

const at = (ms: number | null): string => (ms === null ? 'no set time' : new Date(ms).toISOString());

/** What is said by the hub and not by an attempt. */
const hubReasons: Record<string, { whose: Whose; words: string }> = {
  accepted: { whose: 'nobody', words: 'It was accepted and waits for its turn' },
  leased: { whose: 'nobody', words: 'An attempt is under way or about to begin' },
  retry_asked: { whose: 'nobody', words: 'It was asked to be sent again and waits for its turn' },
  replayed: { whose: 'nobody', words: 'It was replayed and waits for its turn' },
  released: { whose: 'nobody', words: 'What held it has ended, and it waits for its turn' },
  test: { whose: 'nobody', words: 'It is a test that was asked for, and waits for its turn' },
  handed_back: {
    whose: 'hub',
    words: 'A part of the hub was stopping and gave it back; it goes on by itself',
  },
  hub_fault: {
    whose: 'hub',
    words: 'The hub failed before it could try; no try was spent, and it tries again',
  },
  busy: {
    whose: 'nobody',
    words: 'Another event about the same thing is being carried, and this waits for it',
  },
  breaker_open: {
    whose: 'receiver',
    words: 'The vendor has failed several times in a row, so it is left in peace for a moment',
  },
  connector_off: {
    whose: 'marketplace',
    words: 'The connector is switched off in this installation, and this waits until it is on',
  },
  type_cap: {
    whose: 'nobody',
    words: 'There are more of this type of event than may go at once, and this waits for its turn',
  },
  recipient_cap: {
    whose: 'nobody',
    words: 'The account has had as many RFPs as it gets in an hour, and this waits until it may have another',
  },
  rfp_withdrawn: { whose: 'marketplace', words: 'The RFP was withdrawn before this was sent' },
  subscription_paused: { whose: 'you', words: 'The subscription is paused; resume it, and this is sent' },
  subscription_disabled: {
    whose: 'you',
    words: 'The subscription is disabled; its state_reason says why, and resuming it sends this',
  },
  suspended: { whose: 'marketplace', words: 'Access is suspended, and this waits until that is lifted' },
  account_suspended: {
    whose: 'marketplace',
    words: 'The account is suspended, and this waits until it is active again',
  },
  held_too_long: {
    whose: 'you',
    words: 'It was held until its event was as old as events are kept, and nobody ended what held it',
  },
  subscription_deleted: { whose: 'you', words: 'The subscription was deleted before this was sent' },
  revoked: { whose: 'you', words: 'The access that it was to be sent under was revoked' },
  scope_missing: {
    whose: 'you',
    words: 'The grant lost the scope that reveals this event type, so nothing may be sent',
  },
};

/** Complete by its type: a new reason of an attempt does not compile until it stands here. */
const attemptReasons: Record<Exclude<Reason, `answered_${number}`>, Whose> = {
  delivered: 'nobody',
  gone: 'receiver',
  failing_too_long: 'receiver',
  withdrawn: 'you',
  url_invalid: 'you',
  scheme_refused: 'you',
  credentials_in_url: 'you',
  port_refused: 'you',
  address_refused: 'receiver',
  dns_failed: 'receiver',
  connect_failed: 'receiver',
  tls_failed: 'receiver',
  timeout: 'receiver',
  reset: 'receiver',
  protocol_error: 'receiver',
  vendor_refused: 'you',
  vendor_busy: 'receiver',
  vendor_unknown: 'receiver',
  connection_broken: 'you',
};

// Reasons are stored as text; what fits one of the two forms is one of ours.
function isAttemptReason(reason: string): reason is keyof typeof attemptReasons {
  return Object.hasOwn(attemptReasons, reason) || /^answered_\d{3}$/.test(reason);
}
