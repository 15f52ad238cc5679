import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { LongestFirst } from './tests/services/order.ts';
import { ClosingReport } from './tests/services/report.ts';

const isCi = process.env['CI'] === 'true';

/** Suites that change what a process has once: its environment, its timers, its clients. */
const apart = [
  ...['adapters', 'bench', 'lint', 'services'].map((room) => `tests/${room}/**/*.test.ts`),
  // Two clients of one vendor share what they keep of the way out.
  'tests/connectors/*-oracle.test.ts',
];

const suite = (name: string, isolate: boolean, include: string[], exclude: string[] = []) =>
  ({
    test: {
      name,
      include,
      exclude: ['**/node_modules/**', 'tests/lint/bad/**', 'tests/lint/good/**', ...exclude],
      // Processes, not threads: better-sqlite3 is a native module, and some tests change signals or folders.
      pool: 'forks',
      isolate,
      testTimeout: 120_000,
      // Its own second is too short for a machine with much else to do.
      expect: { poll: { timeout: 60_000, interval: 100 } },
      // A hook may have to install and start a real server.
      hookTimeout: 120_000,
      // A test that passes at the second try is a flaky test.
      retry: 0,
      allowOnly: !isCi,
    },
  }) satisfies TestProjectInlineConfiguration;

export default defineConfig({
  test: {
    projects: [
      suite('apart', true, apart),
      // Loading the hub takes longer than most of these files: a process keeps it for the next one.
      suite(
        'together',
        false,
        ['tests/**/*.test.ts', 'tests/**/*.test.tsx', 'connectors/**/*.test.ts'],
        apart,
      ),
    ],
    // Much of the suite waits: for leases, heartbeats, real servers. By its default of one less than the cores two
    // cores would do one file at a time.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    sequence: { sequencer: LongestFirst },
    globalSetup: './tests/services/lend.ts',
    reporters: [
      'default',
      ['json', { outputFile: 'node_modules/.cache/patchbay/tests.json' }],
      new ClosingReport(),
    ],
  },
});
