import { expect, test } from 'vitest';
import { createCaller } from '../../../src/adapters/gate-durable-object/caller.ts';
import { leaseMs } from '../../../src/adapters/gate-durable-object/epoch-leases.ts';
import type { Lent } from '../../../src/adapters/gate-durable-object/quota.ts';
import type { Cap } from '../../../src/ports/index.ts';

const cap = (level: Cap['level']): Cap => ({ level, key: level, periodMs: 1, burst: 100, cost: 1 });
const lent: Lent = { units: 2, state: { remaining: 98, fullInMs: 2 }, retryAfterMs: 0 };
const ask = { token: { locator: 'x' }, epochs: {}, caps: [cap('token'), cap('grant'), cap('app')] } as never;

test('units that were lent for a call are spent by it, however long the lender of the others takes', async () => {
  const slow = Promise.withResolvers<Lent>();
  const admit = createCaller({ standingOf: async () => 'valid' }, (key) =>
    key === 'app' ? slow.promise : Promise.resolve(lent),
  );
  const admission = admit(ask);
  // The first loan's term passes while the second is under way: an object that is woken elsewhere takes as long.
  const fromMs = Date.now();
  await expect.poll(() => Date.now() - fromMs).toBeGreaterThan(leaseMs);
  slow.resolve(lent);
  expect(await admission).toMatchObject({ standing: 'valid', refused: null });
});

test('what was lent and not used goes back once its term is over', async () => {
  const asked: { key: string; unused: number }[] = [];
  const admit = createCaller({ standingOf: async () => 'valid' }, async (key, { unused }) => {
    asked.push({ key, unused });
    return lent;
  });
  await admit(ask);
  const fromMs = Date.now();
  await expect.poll(() => Date.now() - fromMs).toBeGreaterThan(leaseMs);
  await admit(ask);
  expect(asked.filter(({ key }) => key === 'grant')).toEqual([
    { key: 'grant', unused: 0 },
    { key: 'grant', unused: 1 },
  ]);
});
