import type { Command } from './command.ts';

const json = ['--json', 'answer as JSON'] as const;
const roleList = 'support, security, ops, finance, legal or platform';

export const staffCommands: readonly Command[] = [
  {
    name: 'staff grant',
    summary: 'give a person a role among the staff; the first officer is made so',
    arguments: [
      ['<user>', 'id or name'],
      ['<role>', roleList],
    ],
    options: [['--new', 'make the person, by this name: staff need no account']],
    examples: ['patchbay staff grant "Sam Osei" security --new'],
    run: async (terminal, input) => (await import('./staff.ts')).giveRole(terminal, input),
  },
  {
    name: 'staff end',
    summary: 'take a role from a person; it is gone at their next call',
    arguments: [
      ['<user>', 'id or name'],
      ['<role>', roleList],
    ],
    examples: ['patchbay staff end "Sam Osei" security'],
    run: async (terminal, input) => (await import('./staff.ts')).takeRole(terminal, input),
  },
  {
    name: 'staff list',
    summary: 'list who has which role',
    options: [json],
    examples: ['patchbay staff list'],
    run: async (terminal, input) => (await import('./staff.ts')).showStaff(terminal, input),
  },
  {
    name: 'staff token',
    summary: 'make a token for a script of a member of staff; it is shown once, on stdout',
    arguments: [['<user>', 'id or name']],
    options: [
      ['--permissions <list>', 'what it may do, separated by commas; no more than the roles allow'],
      ['--minutes <number>', 'how long it lives (default: 60; 480 at most)'],
      ['--reason <text>', 'elevates what is sensitive of it for 15 minutes; it is kept in the audit trail'],
    ],
    examples: [
      'patchbay staff token "Sam Osei" --permissions search:read,timeline:read',
      'patchbay staff token "Sam Osei" --permissions revocations:create --reason "incident 42: leaked tokens"',
    ],
    run: async (terminal, input) => (await import('./staff.ts')).makeStaffToken(terminal, input),
  },
];
