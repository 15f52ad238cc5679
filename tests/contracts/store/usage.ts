import assert from 'node:assert/strict';
import { withLease } from '#src/limits';
import { createUsage } from '#src/usage';
import { atMs, type Case, type Stand } from './stand.ts';

const clockOf = { ms: () => atMs, now: () => new Date(atMs) };
const usageOn = ({ store }: Stand) => createUsage({ store, clock: clockOf as never }); // All that it asks of a clock.

/** Rows that are added to, and slots that are taken: decided by the store alone. */
export const usageCases: Case[] = [
  {
    title: 'the counts of two processes add up, and each reads the total in its own write',
    prove: async (stand) => {
      const [one, two] = [usageOn(stand), usageOn(stand)];
      const holders = Array.from({ length: 150 }, () => `account:${stand.name('acc')}`);
      one.count(holders, { reads: 3, units: 3 });
      two.count(holders, { writes: 1, units: 5 });
      await one.flush();
      await two.flush();
      for (const holder of holders) assert.equal(two.unitsToday(holder), 8);
      const third = usageOn(stand);
      await third.meet(holders[0]!);
      assert.equal(third.unitsToday(holders[0]!), 8);
    },
  },
  {
    title: 'a slot that is taken is nobody else’s until it is given back',
    prove: async (stand) => {
      const ids = { newId: () => stand.name('mark') };
      // Only what a lease needs of the ports.
      const ports = { store: stand.store, clock: clockOf, ids } as unknown as Parameters<typeof withLease>[0];
      const holder = stand.name('grt');
      const nested = (depth: number): Promise<string> =>
        withLease(ports, 'dry-run', holder, async () => (depth === 0 ? 'in' : nested(depth - 1)));
      assert.equal(await nested(3), 'in');
      await assert.rejects(nested(4), { code: 'quota_exceeded' });
      assert.equal(await nested(3), 'in');
    },
  },
];
