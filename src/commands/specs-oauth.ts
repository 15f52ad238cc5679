import type { Command } from './command.ts';

const json = ['--json', 'answer as JSON'] as const;

export const oauthCommands: readonly Command[] = [
  {
    name: 'partner create',
    summary: 'make a partner: an organisation that makes apps',
    options: [['--name <name>', 'as people will see it on the consent page']],
    examples: ['patchbay partner create --name "Acme Tools"'],
    run: async (terminal, input) => (await import('./partner.ts')).makePartner(terminal, input),
  },
  {
    name: 'partner list',
    summary: 'list partners with their latest review',
    options: [json],
    examples: ['patchbay partner list'],
    run: async (terminal, input) => (await import('./partner.ts')).listPartners(terminal, input),
  },
  {
    name: 'partner review',
    summary: 'put an abuse and privacy review on record; before one passed, no restricted or writing scope',
    arguments: [
      ['<partner>', 'ptr_…'],
      ['<outcome>', 'passed or refused; the latest counts'],
    ],
    options: [
      ['--note <text>', 'what was looked at'],
      ['--scopes <list>', 'what it covers, separated by commas (default: every scope that takes a review)'],
      ['--until <moment>', 'from then on it counts as none, as in 2027-06-30T00:00:00Z'],
      ['--reference <text>', 'where it is written down'],
    ],
    examples: [
      'patchbay partner review ptr_01… passed --note "penetration test of June" --scopes money:read --until 2027-06-30T00:00:00Z --reference DPA-14',
    ],
    run: async (terminal, input) => (await import('./partner.ts')).recordReview(terminal, input),
  },
  {
    name: 'partner withdraw',
    summary: 'withdraw the review that counts; what people granted before goes on',
    arguments: [['<partner>', 'ptr_…']],
    options: [['--note <text>', 'why']],
    examples: ['patchbay partner withdraw ptr_01… --note "sold to somebody else"'],
    run: async (terminal, input) => (await import('./partner.ts')).takeReviewBack(terminal, input),
  },
  {
    name: 'partner registration',
    summary: 'make a registration token: its holder registers apps of this partner (RFC 7591)',
    arguments: [['<partner>', 'ptr_…']],
    examples: ['patchbay partner registration ptr_01…'],
    run: async (terminal, input) => (await import('./partner.ts')).makeRegistrationToken(terminal, input),
  },
  {
    name: 'app create',
    summary: 'make an app of a partner; prints client id and secret, the secret this once',
    options: [
      ['--partner <partner>', 'ptr_…'],
      ['--name <name>', 'as people will see it on the consent page'],
      ['--scopes <list>', 'the most that it may ask for, separated by commas'],
      ['--redirect-uri <list>', 'where people come back to, letter for letter, separated by commas'],
      ['--type <type>', 'public (no secret: mobile, desktop, command line) or confidential (default)'],
      ['--device', 'for devices without a browser (RFC 8628), in place of redirects'],
      ['--jwks <file>', 'authenticate by private_key_jwt, with these public keys'],
      ['--jwks-uri <url>', 'or with those at this address'],
      ['--uri <url>', 'its home page'],
      ['--require-par', 'it must push its requests (RFC 9126)'],
      ['--require-dpop', 'it must prove possession of a key (RFC 9449)'],
      ['--test', 'for test data, which is wholly apart'],
      json,
    ],
    examples: [
      'patchbay app create --partner ptr_01… --name "Acme Sync" --redirect-uri https://acme.example/callback --scopes bookings:read,webhooks:manage',
    ],
    run: async (terminal, input) => (await import('./partner.ts')).makeApp(terminal, input),
  },
  {
    name: 'app list',
    summary: 'list apps, newest first',
    options: [json],
    examples: ['patchbay app list'],
    run: async (terminal, input) => (await import('./partner.ts')).listApps(terminal, input),
  },
  {
    name: 'app secret',
    summary: 'make another client secret, so that the one before can be revoked without a gap',
    arguments: [['<app>', 'app_…']],
    examples: ['patchbay app secret app_01…'],
    run: async (terminal, input) => (await import('./partner.ts')).makeSecret(terminal, input),
  },
  {
    name: 'case list',
    summary: 'list what asks for a judgement: replayed codes and refresh tokens, with their evidence',
    options: [['--all', 'closed ones too'], json],
    examples: ['patchbay case list'],
    run: async (terminal, input) => (await import('./cases.ts')).showCases(terminal, input),
  },
  {
    name: 'case close',
    summary: 'put down what was found; what the case suspended is lifted or revoked by itself',
    arguments: [['<case>', 'cas_…']],
    options: [['--note <text>', 'what was found; it is kept in the audit trail']],
    examples: ['patchbay case close cas_01… --note "the phone was restored from a backup"'],
    run: async (terminal, input) => (await import('./cases.ts')).endCase(terminal, input),
  },
];
