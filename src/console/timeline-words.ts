import type { Entry, EntryKind } from '#src/inquiry';
import { counted } from '#src/ui';
import { wordsOf } from './case-words.ts';
import { reasonWords } from './reasons.ts';

export const kindWords: Record<EntryKind, string> = {
  deed: 'Deeds',
  delivery: 'Deliveries',
  use: 'Days of use',
  case: 'Cases',
  look: 'Looks by staff',
};

/** One thing that happened, in a sentence. */
export function sentenceOf({ kind, what, detail }: Entry): string {
  switch (kind) {
    case 'deed':
      return deedWords(what, detail);
    case 'look':
      return lookWords(what);
    case 'delivery':
      return deliveryWords(what, detail);
    case 'use':
      return useWords(detail);
    case 'case':
      return `Case: ${wordsOf({ kind: what, evidence: {} }).title}, ${text(detail['state'])}`;
    default:
      return kind satisfies never;
  }
}

const deeds: Record<string, string> = {
  'account.create': 'The account was made',
  'account.status': 'The account’s status was changed',
  'account.erase': 'The account’s personal data was erased',
  'account.member_add': 'Somebody became a member',
  'account.member_remove': 'Somebody is a member no more',
  'account.update': 'The account was changed',
  'app.create': 'The app was registered',
  'case.close': 'A case was closed',
  'grant.narrow': 'Scopes were taken away',
  'intent.record': 'The marketplace was asked for something',
  'intent.approve': 'What was asked was let through',
  'intent.refuse': 'What was asked was refused',
  'intent.answer': 'The marketplace answered what was asked',
  'intent.expire': 'What was asked expired unanswered',
  'intent_source.approve': 'What it asks goes through without a look',
  'intent_source.block': 'What it asks is not taken any more',
  'delivery.retry': 'A delivery was sent again',
  'grant.create': 'Access was consented to',
  'partner.create': 'The partner was made',
  'partner.review': 'The partner was reviewed',
  'partner.review_withdraw': 'The review was withdrawn',
  'event.redrive': 'An event was re-driven out of quarantine',
  'quarantine.redrive': 'Events were re-driven out of quarantine',
  'plan.set': 'The plan was changed',
  'session.end': 'Signed out',
  'session.start': 'Signed in',
  'staff.elevate': 'Elevated',
  'staff.elevation_end': 'Gave an elevation back',
  'staff.end': 'A role was taken away',
  'staff.grant': 'A role was given',
  'subscription.change': 'A subscription was changed',
  'subscription.create': 'A subscription was made',
  'subscription.delete': 'A subscription was deleted',
  'subscription.disable': 'A subscription was disabled',
  'subscription.approve': 'A subscription was approved',
  'subscription.refuse': 'A subscription was refused approval',
  'approval_rule.create': 'A rule for approvals was made',
  'approval_rule.end': 'A rule for approvals was ended',
  'subscription.replay': 'Events were sent again',
  'subscription.rotate_secret': 'A signing secret was made anew',
  'subscription.test': 'A test event was sent',
  'token.create': 'A token was made',
  'token.look_up': 'Somebody looked up whose token it is',
  'user.create': 'The user was made',
  'user.identity': 'Signed in by the issuer for the first time',
  'user.link': 'A sign-in link was made',
  revoke: 'Revoked',
  suspend: 'Suspended',
  unsuspend: 'The suspension was lifted',
};

function deedWords(what: string, detail: Record<string, unknown>): string {
  const deed = Object.hasOwn(deeds, what) ? deeds[what] : undefined;
  const words = deed ?? sentence(what.replaceAll(/[._]/g, ' '));
  const why = text(detail['reason']);
  const note = text(detail['note']);
  return [words, why === '' ? '' : `: ${reasonWords(why)}`, note === '' ? '' : ` “${note}”`].join('');
}

function deliveryWords(state: string, detail: Record<string, unknown>): string {
  const why = text(detail['reason']);
  const because = why === '' || why === state ? '' : ` (${why.replaceAll('_', ' ')})`;
  return `A delivery to ${text(detail['host'])}: ${state}${because}, ${counted(number(detail['attempts']), 'attempt')}`;
}

function lookWords(what: string): string {
  const looked = what.replace(/^look\./, '');
  return looked === 'search' ? 'Found by a search' : `Staff looked at ${looked.replaceAll('_', ' ')}`;
}

function useWords(detail: Record<string, unknown>): string {
  const calls = number(detail['reads']) + number(detail['writes']) + number(detail['creates']);
  const parts = [
    counted(calls, 'call'),
    number(detail['refused']) > 0 ? `${counted(number(detail['refused']), 'call')} refused by a cap` : '',
    number(detail['delivered']) > 0
      ? `${counted(number(detail['delivered']), 'delivery', 'deliveries')} taken`
      : '',
    number(detail['failed']) > 0 ? `${counted(number(detail['failed']), 'attempt')} failed` : '',
  ].filter(Boolean);
  return `In this day (UTC): ${parts.join(', ')}`;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
const sentence = (words: string): string => words.replace(/^./, (first) => first.toUpperCase());
