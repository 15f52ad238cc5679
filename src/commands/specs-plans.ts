import type { Command } from './command.ts';

const json = ['--json', 'answer as JSON'] as const;

export const planCommands: readonly Command[] = [
  {
    name: 'plan list',
    summary: 'list the plans: which are offered, what a day has, who has chosen them',
    options: [json],
    examples: ['patchbay plan list'],
    run: async (terminal, input) => (await import('./plan.ts')).listPlans(terminal, input),
  },
  {
    name: 'plan set',
    summary: 'put an account or a partner on a plan that is offered',
    arguments: [
      ['<holder>', 'acc_… or ptr_…; a partner’s counts for all that its apps do'],
      ['<plan>', 'free or high_volume'],
    ],
    examples: ['patchbay plan set ptr_01… high_volume'],
    run: async (terminal, input) => (await import('./plan.ts')).choosePlan(terminal, input),
  },
  {
    name: 'plan invoices',
    summary: 'run the invoices of a month: what was used, by plan; nothing is charged',
    arguments: [['[month]', 'such as 2026-11 (UTC); this one where none is named']],
    options: [json],
    examples: ['patchbay plan invoices 2026-11'],
    run: async (terminal, input) => (await import('./plan.ts')).showInvoices(terminal, input),
  },
];
