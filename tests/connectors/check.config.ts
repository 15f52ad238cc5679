import { defineConfig } from 'vitest/config';

/** `npm run connector:check`: one connector (CONNECTOR), without the services that other tests need. */
export default defineConfig({
  test: {
    include: ['tests/connectors/*.test.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
