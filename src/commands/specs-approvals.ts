import type { Command } from './command.ts';

const json = ['--json', 'answer as JSON'] as const;
const decision = [
  ['--seen <version>', 'the version that was looked at, as listed'],
  ['--note <text>', 'why; kept in the audit trail'],
] as const;

export const approvalCommands: readonly Command[] = [
  {
    name: 'approval list',
    summary: 'list subscriptions that wait for approval, oldest first',
    options: [['--state <state>', 'pending (default), approved or refused'], json],
    examples: ['patchbay approval list', 'patchbay approval list --state refused'],
    run: async (terminal, input) => (await import('./approval.ts')).showApprovals(terminal, input),
  },
  {
    name: 'approval approve',
    summary: 'let a subscription that waits be sent what it matches from now on',
    arguments: [['<subscription>', 'sub_…']],
    options: decision,
    examples: ['patchbay approval approve sub_01… --seen 1 --note "spoke to the owner"'],
    run: async (terminal, input) => (await import('./approval.ts')).decide(terminal, input, 'approved'),
  },
  {
    name: 'approval refuse',
    summary: 'leave a subscription that waits inert; a change of it asks again',
    arguments: [['<subscription>', 'sub_…']],
    options: decision,
    examples: ['patchbay approval refuse sub_01… --seen 1 --note "not for money"'],
    run: async (terminal, input) => (await import('./approval.ts')).decide(terminal, input, 'refused'),
  },
  {
    name: 'approval rules',
    summary: 'list what needs approval',
    options: [json],
    examples: ['patchbay approval rules'],
    run: async (terminal, input) => (await import('./approval.ts')).showRules(terminal, input),
  },
  {
    name: 'approval require',
    summary: 'say what needs approval from now on: an app, scopes, event types; what is named must all fit',
    options: [
      ['--app <id>', 'an app; else whatever app'],
      ['--scopes <scopes>', 'separated by commas: it would reveal something by one of them'],
      ['--types <types>', 'separated by commas: it wants one of them; booking.* works'],
      ['--note <text>', 'why; shown to who decides'],
    ],
    examples: ['patchbay approval require --app app_01… --scopes money:read --note "money leaves by Zapier"'],
    run: async (terminal, input) => (await import('./approval.ts')).makeRule(terminal, input),
  },
  {
    name: 'approval end',
    summary: 'end a rule; what waits because of it goes on waiting',
    arguments: [['<rule>', 'apr_…']],
    examples: ['patchbay approval end apr_01…'],
    run: async (terminal, input) => (await import('./approval.ts')).stopRule(terminal, input),
  },
];
