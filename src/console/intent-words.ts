import type { IntentRecord, StaffIntent } from '#src/inquiry';
import type { Tone } from '#src/ui';

type Kind = StaffIntent['kind'];

export const kindNames: Record<Kind, string> = {
  'rfp.create': 'RFPs',
  'booking.respond': 'Answers to bookings',
  'rfp.stage': 'Stages of RFPs',
};

/** One of a kind, in a phrase. */
const asked: Record<Kind, string> = {
  'rfp.create': 'An RFP',
  'booking.respond': 'An answer to a booking',
  'rfp.stage': 'A stage of an RFP',
};

/** What is asked for, as far as it may be shown. */
export function gistOf({ kind, data }: Pick<StaffIntent, 'kind' | 'data'>): string {
  switch (kind) {
    case 'rfp.create':
      return (
        textOf(data['title']) || [listOf(data['roles']), placeOf(data['city'])].filter(Boolean).join(' ')
      );
    case 'booking.respond':
      return [textOf(data['response']), textOf(data['subject'])].filter(Boolean).join(' ');
    case 'rfp.stage':
      return [textOf(data['subject']), textOf(data['stage'])].filter(Boolean).join(': ');
    default:
      return kind satisfies never;
  }
}

export function titleOf(intent: Pick<StaffIntent, 'kind' | 'data'>): string {
  const gist = gistOf(intent);
  return gist === '' ? asked[intent.kind] : `${asked[intent.kind]}: ${gist}`;
}

/** Who asked, by the best name that there is. */
export const askerOf = ({ app_name: app, account_name: account, source }: StaffIntent): string =>
  app ?? account ?? originName(source);

/** `connector:slack` is slack; an app or an account is its id. */
export const originName = (source: string): string => source.slice(source.indexOf(':') + 1);

export function standingOf({ state, result }: Pick<StaffIntent, 'state' | 'result'>): [Tone, string] {
  switch (state) {
    case 'pending_review':
      return ['wait', 'waiting'];
    case 'open':
      return ['plain', 'open'];
    case 'answered':
      return result === 'accepted' ? ['good', 'accepted'] : ['bad', 'refused'];
    case 'refused':
      return ['off', 'turned away'];
    case 'expired':
      return ['off', 'expired'];
    default:
      return state satisfies never;
  }
}

/** The first line of its page. */
export function verdictOf({ state, result }: Pick<StaffIntent, 'state' | 'result'>): string {
  switch (state) {
    case 'pending_review':
      return 'It waits for you: the marketplace does not see it until it, or its origin, is approved.';
    case 'open':
      return 'The marketplace can read it, and has not answered yet.';
    case 'answered':
      return result === 'accepted' ? 'The marketplace has accepted it.' : 'The marketplace has refused it.';
    case 'refused':
      return 'Staff have refused it. The marketplace never saw it.';
    case 'expired':
      return 'It has ended without an answer.';
    default:
      return state satisfies never;
  }
}

export type Step = { at: string; words: string; by: string | null };

const stepWords: Record<string, string> = {
  'intent.record': 'Asked',
  'intent.approve': 'Let through by staff',
  'intent.refuse': 'Refused by staff',
  'intent.answer': 'Answered by the marketplace',
  'intent.expire': 'Expired without an answer',
};

/** From the trail, and from what decided about its origin and left no row of its own; what is still to come last. */
export function stepsOf(intent: IntentRecord): Step[] {
  const {
    steps,
    state,
    created_at: askedAt,
    opened_at: opened,
    updated_at: moved,
    expires_at: ends,
  } = intent;
  const has = (what: string) => steps.some((one) => one.what === what);
  const more: Step[] = [];
  if (opened !== null && !has('intent.approve'))
    more.push({
      at: opened,
      words:
        opened === askedAt
          ? 'Went straight to the marketplace: its origin was approved'
          : 'Went to the marketplace, as its origin was approved',
      by: null,
    });
  if (state === 'refused' && !has('intent.refuse'))
    more.push({ at: moved, words: 'Refused, as its origin was blocked', by: null });
  if (state === 'expired' && !has('intent.expire'))
    more.push({ at: moved, words: 'Ended, as its account was erased', by: null });
  if (state === 'pending_review' || state === 'open')
    more.push({ at: ends, words: 'It expires then, if nobody answers', by: null });
  return [...steps.map(({ at, what, by }) => ({ at, words: stepWords[what] ?? what, by })), ...more].toSorted(
    (a, b) => a.at.localeCompare(b.at),
  );
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const placeOf = (city: unknown): string => (typeof city === 'string' ? `in ${city}` : '');
const listOf = (value: unknown): string =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string').join(', ') : '';
