import type { revocationReasons, suspensionReasons } from '#src/revocations';

/** What each reason means to who has to choose one. */
export const revocationWords: Record<(typeof revocationReasons)[number], string> = {
  leaked: 'It is in wrong hands',
  abuse: 'It was used to do harm',
  violation: 'Rules were broken',
  requested: 'The owner asked for it',
  inactive: 'Nobody uses it',
  ended: 'A contract or a membership is over',
};

export const suspensionWords: Record<(typeof suspensionReasons)[number], string> = {
  suspicious: 'It looks wrong; somebody has to look',
  incident: 'An incident is under way',
  abuse: 'It is being used to do harm',
  violation: 'Rules were broken',
  requested: 'The owner asked for it',
};

const others: Record<string, string> = {
  refresh_reuse: 'A refresh token was used twice (by the hub)',
  code_replay: 'A code was redeemed twice (by the hub)',
  account_suspended: 'The marketplace suspended the account',
  account_closed: 'The marketplace closed the account',
  account_erased: 'The marketplace erased the account',
  user: 'Its owner ended it',
  revoked: 'The app gave it back',
};

/** Any reason that stands in the store. */
export const reasonWords = (reason: string | null): string =>
  reason === null
    ? 'no reason given'
    : (known(revocationWords, reason) ?? known(suspensionWords, reason) ?? known(others, reason) ?? reason);

const known = (words: Record<string, string>, reason: string): string | undefined =>
  Object.hasOwn(words, reason) ? words[reason] : undefined;
