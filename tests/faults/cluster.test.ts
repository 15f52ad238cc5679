import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithAll } from '../services/describe.ts';
import { postgresFaults, redisFaults } from './faults.ts';
import { measureFault } from './measure.ts';
import { seeded } from './seeded.ts';
import { type Cluster, startCluster } from './stand-cluster.ts';

// Always in the middle of something, and most of the machine left to those beside it.
const pace = { singles: 1, singlePauseMs: 150, batch: 5, batchPauseMs: 750 };
const random = seeded(20_261_122);
const faults = [...postgresFaults, ...redisFaults].map((fault) =>
  fault.name === 'redis-pause' ? { ...fault, holds: 3_000 } : fault,
);

/** Each once, under a light load, with servers of their own. Many times, and measured: `npm run faults`. */
await describeWithAll(['postgres', 'redis'], 'a cluster that is broken under load loses nothing', () => {
  const state = {} as { stand: Cluster };
  beforeAll(async () => {
    state.stand = await startCluster(random, { withRedis: true });
  });
  afterAll(() => state.stand.stop());

  test.each(faults)('$name', { timeout: 120_000 }, async (fault) => {
    const measured = await measureFault(state.stand, fault, 1, pace, random);
    expect(measured.failures).toEqual([]);
    expect(measured.verdict.accepted).toBeGreaterThan(20);
  });
});
