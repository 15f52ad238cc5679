import type { Command } from './command.ts';

const json = ['--json', 'answer as JSON'] as const;

export const accessCommands: readonly Command[] = [
  {
    name: 'account create',
    summary: 'make an account: a person, or an organisation such as a brand',
    options: [
      ['--name <name>', 'what it is called'],
      ['--kind <kind>', 'person or organisation (default: organisation)'],
      ['--actor <actor>', 'the part it takes: photographer, model, buyer, …'],
      ['--city <city>', 'a lower-case name such as houston'],
      ['--country <code>', 'two letters (default: US)'],
      ['--time-zone <zone>', 'a name such as America/Chicago'],
      json,
    ],
    examples: ['patchbay account create --name "Taqueria Luna" --kind organisation --city houston'],
    run: async (terminal, input) => (await import('./account.ts')).makeAccount(terminal, input),
  },
  {
    name: 'account list',
    summary: 'list accounts',
    options: [json],
    examples: ['patchbay account list'],
    run: async (terminal, input) => (await import('./account.ts')).listAccounts(terminal, input),
  },
  {
    name: 'account status',
    summary: 'suspend, close or erase an account, or make it active again',
    arguments: [
      ['<account>', 'its id or name'],
      ['<status>', 'active, suspended, closed or erased; the last two are for good'],
    ],
    examples: ['patchbay account status acc_01… suspended'],
    run: async (terminal, input) => (await import('./account.ts')).changeStatus(terminal, input),
  },
  {
    name: 'user create',
    summary: 'make a person who may act for an account in the portal',
    options: [
      ['--name <name>', 'what they are called'],
      ['--account <account>', 'its id or name; without it, the only one there is'],
      ['--role <role>', 'owner or member (default: owner)'],
      ['--email <email>', 'their address, where the issuer links people by it (PATCHBAY_OIDC_LINK)'],
      json,
    ],
    examples: ['patchbay user create --name "Ana Luna" --account "Taqueria Luna"'],
    run: async (terminal, input) => (await import('./user.ts')).makeUser(terminal, input),
  },
  {
    name: 'user join',
    summary: 'let a person who is here already act for one more account',
    arguments: [['<user>', 'its id or name']],
    options: [
      ['--account <account>', 'its id or name'],
      ['--role <role>', 'owner or member (default: member)'],
    ],
    examples: ['patchbay user join "Ana Luna" --account "Bayou City Denim"'],
    run: async (terminal, input) => (await import('./user.ts')).joinUser(terminal, input),
  },
  {
    name: 'user link',
    summary: 'make a link that signs one person in, once, for 15 minutes',
    arguments: [['<user>', 'its id or name']],
    options: [json],
    examples: ['patchbay user link "Ana Luna"'],
    run: async (terminal, input) => (await import('./user.ts')).linkUser(terminal, input),
  },
  {
    name: 'user unlink',
    summary: 'take from a person who they are at the issuer, and end the sessions that they began by it',
    arguments: [['<user>', 'its id or name']],
    options: [['--issuer <url>', 'letter for letter as in PATCHBAY_OIDC_ISSUER (default: every one)'], json],
    examples: ['patchbay user unlink "Ana Luna"'],
    run: async (terminal, input) => (await import('./user.ts')).unlinkUser(terminal, input),
  },
  {
    name: 'token create',
    summary: 'make a token; it is shown once, on stdout',
    options: [
      ['--scopes <list>', 'what it may do, separated by commas'],
      ['--account <account>', 'id or name; without it the token is a service token of the marketplace'],
      ['--label <text>', 'what it is for'],
      ['--expires <time>', 'such as 90d, 12h or 30m; without it: never'],
      ['--test', 'for test data, which is wholly apart'],
      json,
    ],
    examples: [
      'patchbay token create --scopes events:publish,accounts:write --label core',
      'TOKEN=$(patchbay token create --scopes bookings:read,webhooks:manage --account "Taqueria Luna" --expires 90d)',
    ],
    run: async (terminal, input) => (await import('./token.ts')).makeToken(terminal, input),
  },
  {
    name: 'token list',
    summary: 'list tokens, newest first; never the tokens themselves',
    options: [['--account <account>', 'of this account alone'], ['--all', 'dead ones too'], json],
    examples: ['patchbay token list --account "Taqueria Luna"'],
    run: async (terminal, input) => (await import('./token.ts')).showTokens(terminal, input),
  },
  {
    name: 'token revoke',
    summary: 'end a token at once, also in a hub that is running',
    arguments: [['<id>', 'tok_…']],
    options: [['--reason <reason>', 'leaked also stops all that it made (default: user)'], json],
    examples: ['patchbay token revoke tok_01… --reason leaked'],
    run: async (terminal, input) =>
      (await import('./revoke.ts')).revokeLevel(terminal, {
        ...input,
        args: ['token', ...input.args],
      }),
  },
  {
    name: 'rfp-sender create',
    summary:
      'let a tool that signs its webhooks ask for RFPs; its secret is shown once, on stdout; it ends by token revoke',
    options: [
      ['--account <account>', 'for whom it asks: id or name'],
      ['--app <app>', 'or for which app: app_…'],
      ['--label <text>', 'what sends: a CRM, a form'],
      ['--test', 'for test data of an account, which is wholly apart'],
      json,
    ],
    examples: ['patchbay rfp-sender create --account "Taqueria Luna" --label "our CRM"'],
    run: async (terminal, input) => (await import('./rfp-sender.ts')).makeRfpSender(terminal, input),
  },
  {
    name: 'rfp-sender list',
    summary: 'list senders of RFPs, newest first; never their secrets',
    options: [['--all', 'ended ones too'], json],
    examples: ['patchbay rfp-sender list'],
    run: async (terminal, input) => (await import('./rfp-sender.ts')).listRfpSenders(terminal, input),
  },
  {
    name: 'rfp-sender rotate',
    summary: 'give a sender a new secret; the one before is right for a while, too',
    arguments: [['<sender>', 'tok_…']],
    options: [['--overlap <time>', 'such as 24h, or 0 where it has leaked (default: 24h; at most 7d)'], json],
    examples: ['patchbay rfp-sender rotate tok_01… --overlap 2h'],
    run: async (terminal, input) => (await import('./rfp-sender.ts')).rotateRfpSender(terminal, input),
  },
  {
    name: 'revoke',
    summary: 'end access in one step, with all that hangs below; there is no way back',
    arguments: [
      ['<level>', 'token, grant, user, app, partner, account or installation'],
      ['[id]', 'of what; nothing for the installation'],
    ],
    options: [
      ['--reason <reason>', 'leaked, abuse, violation, requested, inactive, ended, or a word of your own'],
      ['--note <text>', 'for staff, kept with the receipt'],
      ['--preview', 'only show what would stop'],
      json,
    ],
    examples: ['patchbay revoke grant grt_01… --reason abuse', 'patchbay revoke partner ptr_01… --preview'],
    run: async (terminal, input) => (await import('./revoke.ts')).revokeLevel(terminal, input),
  },
  {
    name: 'receipt',
    summary: 'what a revocation has stopped, and how fast',
    arguments: [['<id>', 'rvk_…']],
    options: [json],
    examples: ['patchbay receipt rvk_01…'],
    run: async (terminal, input) => (await import('./revoke.ts')).showReceipt(terminal, input),
  },
  {
    name: 'suspend',
    summary: 'stop access for a time: calls answer 403, deliveries wait',
    arguments: [
      ['<level>', 'grant, user, app, partner, account or installation'],
      ['[id]', 'of what'],
    ],
    options: [['--reason <reason>', 'why; it is kept in the audit trail']],
    examples: ['patchbay suspend app app_01… --reason "odd traffic"'],
    run: async (terminal, input) => (await import('./revoke.ts')).suspendLevel(terminal, input),
  },
  {
    name: 'unsuspend',
    summary: 'lift a suspension; what waited is sent, what was revoked stays revoked',
    arguments: [
      ['<level>', 'as in suspend'],
      ['[id]', 'of what'],
    ],
    examples: ['patchbay unsuspend app app_01…'],
    run: async (terminal, input) => (await import('./revoke.ts')).unsuspendLevel(terminal, input),
  },
];
