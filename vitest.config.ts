import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { ClosingReport } from './tests/services/report.ts';

const isCi = process.env['CI'] === 'true';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts', 'tests/**/*.test.tsx', 'connectors/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'tests/lint/bad/**', 'tests/lint/good/**'],
    // Processes, not threads: better-sqlite3 is a native module, and some tests change signals or folders.
    pool: 'forks',
    // Much of the suite waits: for leases, heartbeats, real servers. By its default of one less than the cores two
    // cores would do one file at a time.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    globalSetup: './tests/services/lend.ts',
    testTimeout: 90_000,
    // A hook may have to install and start a real server.
    hookTimeout: 120_000,
    // A test that passes at the second try is a flaky test.
    retry: 0,
    allowOnly: !isCi,
    reporters: [
      'default',
      ['json', { outputFile: 'node_modules/.cache/patchbay/tests.json' }],
      new ClosingReport(),
    ],
  },
});
