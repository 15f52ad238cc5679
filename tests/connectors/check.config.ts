import { defineConfig } from 'vitest/config';

/** `npm run connector:check`: one connector (CONNECTOR), without the services that other tests need. */
export default defineConfig({
  test: {
    include: ['tests/connectors/*.test.ts'],
    pool: 'forks',
    // A failure says the whole of what was expected and found.
    chaiConfig: { truncateThreshold: 0 },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
