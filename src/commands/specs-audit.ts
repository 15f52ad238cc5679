import type { Command } from './command.ts';

export const auditCommands: readonly Command[] = [
  {
    name: 'audit export',
    summary: 'write the audit trail to stdout, the oldest row first; that it was exported is in it, too',
    options: [
      ['--since <time>', 'from here on: 2026-11-01 (midnight, UTC) or 2026-11-01T08:00:00Z (default: all)'],
      ['--until <time>', 'up to here, not included (default: now)'],
      ['--account <account>', 'id or name: what it did, and what was done to it and for it'],
      ['--format <format>', 'jsonl or csv (default: jsonl)'],
      ['--after <place>', 'go on where an export has ended'],
    ],
    examples: [
      'patchbay audit export --since 2026-11-01 --until 2026-11-02 > audit-2026-11-01.jsonl',
      'patchbay audit export --account "Taqueria Luna" --format csv > luna.csv',
    ],
    run: async (terminal, input) => (await import('./audit.ts')).exportAudit(terminal, input),
  },
];
