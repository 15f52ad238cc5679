import type { Command } from './command.ts';

const json = ['--json', 'answer as JSON'] as const;

const since = [
  ['--journal <files>', 'revocation journals, separated by commas (default: PATCHBAY_REVOCATION_JOURNAL)'],
  ['--revoke-all', 'end every token, grant and subscription, whatever a journal says'],
  ['--nothing-since', 'your word that no hub ran after the backup was made: nothing is revoked'],
] as const;

export const operateCommands: readonly Command[] = [
  {
    name: 'status',
    summary: 'say in numbers what the hub has and does',
    options: [json],
    examples: ['patchbay status'],
    run: async (terminal, input) => (await import('./status.ts')).showStatus(terminal, input),
  },
  {
    name: 'doctor',
    summary: 'look for what is wrong with this deployment, and say what to do about it',
    options: [
      ['--url <url>', 'where the hub answers (default: PATCHBAY_URL, else its public address)'],
      json,
    ],
    examples: ['patchbay doctor', 'patchbay doctor --json'],
    run: async (terminal, input) => (await import('./doctor.ts')).doctor(terminal, input),
  },
  {
    name: 'purge',
    summary: 'take away now what is older than it is kept',
    options: [json],
    examples: ['patchbay purge'],
    run: async (terminal, input) => (await import('./status.ts')).purgeNow(terminal, input),
  },
  {
    name: 'migrate',
    summary: 'bring the database up to the schema of this version; nothing that is there is changed or lost',
    examples: ['patchbay migrate'],
    run: async (terminal) => (await import('./migrate.ts')).migrate(terminal),
  },
  {
    name: 'backup',
    summary: 'copy the SQLite database, checked, while the hub runs; the keys are not in it',
    arguments: [['<file>', 'where to; it must not be there yet']],
    options: [json],
    examples: ['patchbay backup /backups/patchbay-$(date +%F).db'],
    run: async (terminal, input) => (await import('./backup.ts')).backup(terminal, input),
  },
  {
    name: 'restore',
    summary: 'put a backup in the place of the SQLite database, and settle what it missed',
    arguments: [['<file>', 'made by patchbay backup']],
    options: [
      ...since,
      ['--hub-is-stopped', 'your word, where the old database is too broken to tell'],
      json,
    ],
    examples: ['patchbay restore /backups/patchbay-2026-11-21.db'],
    run: async (terminal, input) => (await import('./backup.ts')).restore(terminal, input),
  },
  {
    name: 'restored',
    summary: 'settle what a database missed that you restored by its own tools, before a hub starts on it',
    options: [...since, json],
    examples: ['patchbay restored', 'patchbay restored --journal a.journal,b.journal'],
    run: async (terminal, input) => (await import('./backup.ts')).restored(terminal, input),
  },
  {
    name: 'keys status',
    summary: 'say how much lies under each version of the master keys and peppers',
    options: [json],
    examples: ['patchbay keys status'],
    run: async (terminal, input) => (await import('./keys.ts')).keysStatus(terminal, input),
  },
  {
    name: 'keys rotate',
    summary: 'bring every sealed secret under the newest master key; the running hub does it, in steps',
    options: [json],
    examples: ['patchbay keys rotate'],
    run: async (terminal, input) => (await import('./keys.ts')).rotateKeys(terminal, input),
  },
  {
    name: 'security-events rotate-key',
    summary: 'sign security event tokens by a new key; the ones before stay in the JWKS for a while',
    options: [['--overlap <time>', 'such as 24h, or 0 where it has leaked (default: 24h; at most 7d)'], json],
    examples: ['patchbay security-events rotate-key', 'patchbay security-events rotate-key --overlap 7d'],
    run: async (terminal, input) => (await import('./keys.ts')).rotateEventKey(terminal, input),
  },
];
