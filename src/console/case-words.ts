type CaseFacts = { kind: string; evidence: Record<string, unknown> };

/** What a case says, to somebody who has just been woken. `done`: what the hub has done by itself. */
export type CaseWords = { title: string; what: string; done: string; next: string };

export function wordsOf({ kind, evidence }: CaseFacts): CaseWords {
  switch (kind) {
    case 'refresh_reuse':
      return {
        title: 'A refresh token was used twice',
        what: `Somebody presented a refresh token that had its successor already: ${textOf(evidence['because']) || 'a second time'}. One of the two who hold it is not its owner.`,
        done: 'The grant is suspended; nothing else of the account is touched.',
        next: 'If the app is known to lose answers, lift the suspension. If not, revoke the grant: the person links the app again.',
      };
    case 'code_replay':
      return {
        title: 'An authorization code was redeemed twice',
        what: 'The same app came with a code that had been redeemed. A double click does this; so does somebody who reads along.',
        done: 'The grant is suspended; nothing else of the account is touched.',
        next: 'If both came from one person within a moment, lift the suspension. If not, revoke the grant.',
      };
    case 'token_leaked':
      return {
        title: 'A token was found in the open',
        what: `${finderWords(evidence['finder'])}${textOf(evidence['found_at']) === '' ? '' : `, at ${textOf(evidence['found_at'])}`}.`,
        done: 'The token is revoked as leaked, and what it made is stopped.',
        next: 'Look at what it did since it leaked, tell its owner, and close the case with what you found.',
      };
    default:
      return {
        title: sentence(kind),
        what: 'The hub has seen something that asks for a person’s judgement. The evidence is below.',
        done: 'What was done by itself stands in the activity of its subject.',
        next: 'Look at its subject, decide, and close the case with what you found.',
      };
  }
}

function finderWords(finder: unknown): string {
  if (finder === 'github') return 'GitHub’s secret scanning found it';
  if (finder === 'staff') return 'A colleague reported it';
  return 'Somebody reported it';
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const sentence = (kind: string): string =>
  kind.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase());

/** The evidence, each thing by a name that people read; what is empty is left out. */
export const evidenceOf = ({ evidence }: Pick<CaseFacts, 'evidence'>): [name: string, value: unknown][] =>
  Object.entries(evidence)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => [sentence(name), value]);
