import type { Command } from './command.ts';

const json = ['--json', 'answer as JSON'] as const;
const hubUrl = [
  '--url <url>',
  'where the hub answers (default: PATCHBAY_URL, else its public address)',
] as const;
const test = ['--test', 'in the test environment'] as const;

export const eventCommands: readonly Command[] = [
  {
    name: 'event types',
    summary: 'list the event types, their versions and the scope that reveals each',
    options: [json],
    examples: ['patchbay event types'],
    run: async (terminal, input) => (await import('./trigger.ts')).listTypes(terminal, input),
  },
  {
    name: 'trigger',
    summary: 'publish sample events through the API of the running hub',
    arguments: [['<type>', 'such as booking.confirmed']],
    options: [
      ['--account <account>', 'who sees them: id or name (default: the only account there is)'],
      ['--city <city>', 'a lower-case name (default: houston)'],
      ['--count <n>', 'how many, up to 10,000 (default: 1)'],
      test,
      hubUrl,
      json,
    ],
    examples: [
      'patchbay trigger booking.confirmed',
      'patchbay trigger rfp.created --account "Taqueria Luna" --count 20',
    ],
    run: async (terminal, input) => (await import('./trigger.ts')).trigger(terminal, input),
  },
  {
    name: 'listen',
    summary: 'forward events to a local URL, for a machine without a public address',
    options: [
      ['--forward-to <url>', 'where each event is posted, signed like a webhook'],
      ['--types <list>', 'such as booking.*,rfp.created (default: all)'],
      ['--account <account>', 'whose events: id or name (default: the only account there is)'],
      test,
      hubUrl,
    ],
    examples: ['patchbay listen --forward-to http://localhost:3000/hook --types "booking.*"'],
    run: async (terminal, input) => (await import('./listen.ts')).listen(terminal, input),
  },
  {
    name: 'quarantine list',
    summary: 'list events that were kept and not delivered, newest first',
    options: [['--limit <n>', 'how many (default: 20)'], test, json],
    examples: ['patchbay quarantine list'],
    run: async (terminal, input) => (await import('./quarantine.ts')).listQuarantine(terminal, input),
  },
  {
    name: 'quarantine show',
    summary: 'show one of them with its data and why it is there',
    arguments: [['<id>', 'evt_…']],
    options: [test],
    examples: ['patchbay quarantine show evt_01…'],
    run: async (terminal, input) => (await import('./quarantine.ts')).showOne(terminal, input),
  },
  {
    name: 'quarantine redrive',
    summary: 'accept one of them now, as it is or mended; it is delivered once',
    arguments: [['<id>', 'evt_…']],
    options: [
      ['--file <file>', 'a JSON file whose data takes the place of its own'],
      ['--schema-version <n>', 'the version that its data is of'],
      test,
    ],
    examples: ['patchbay quarantine redrive evt_01… --file mended.json'],
    run: async (terminal, input) => (await import('./quarantine.ts')).redriveOne(terminal, input),
  },
  {
    name: 'manifest verify',
    summary:
      'check a copy of an archived manifest against the audit trail: exit code 0 as archived, 1 altered, 2 unknown',
    arguments: [['<file>', 'as it came out of Drive or Dropbox']],
    options: [test, json],
    examples: ['patchbay manifest verify 5f2c….json'],
    run: async (terminal, input) => (await import('./manifest.ts')).verifyManifestFile(terminal, input),
  },
];
