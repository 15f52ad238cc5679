import { expect, test } from 'vitest';
import type { Answer } from '../../harness/call.ts';
import { settings } from '../host.ts';
import type { Stand } from '../stand.ts';
import type { Flows } from '../suite.ts';

const unitsPerWrite = 5;
const unitsPerMinute = Number(settings.PATCHBAY_SERVICE_UNITS_PER_MINUTE);

/** What a caller may do, counted in one place however many processes it asks. */
export const capFlows: Flows = (stand) => {
  test('a token that asks too much is told when to come back, by whichever process, and others go on', async () => {
    const { via, core } = stand();
    // Where a shared count misses its deadline, on a machine with much else to do, each process counts by itself for a
    // moment (docs/decisions/0009): that round is made again, by another token.
    let burst = await askTooMuch(stand());
    for (let round = 1; round < 3 && burst.admitted > burst.most; round++) burst = await askTooMuch(stand());
    const { refused } = burst;
    expect(burst.admitted).toBeGreaterThanOrEqual(unitsPerMinute / unitsPerWrite);
    expect(burst.admitted).toBeLessThanOrEqual(burst.most);
    expect(refused[0]).toMatchObject({ body: { code: 'quota_exceeded' } });
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused[0]?.headers.get('ratelimit')).toContain('r=');
    expect(await via(0)('POST', '/v1/events', core, '{')).toMatchObject({ status: 400 });
  });
};

/** `most`: the cap, what the minute gave back meanwhile, and no call more. */
async function askTooMuch({ via, publisher }: Stand) {
  const greedy = await publisher();
  const cap = unitsPerMinute / unitsPerWrite;
  const answers: Answer[] = [];
  const startedAt = Date.now();
  // No more than that at once: a real caller has so many connections.
  const isRefused = ({ status }: Answer): boolean => status === 429;
  // Until it is enough, and not a number of calls: a slow machine is given back a good part of the cap meanwhile.
  while (answers.filter(isRefused).length < 40 && answers.length < 5 * cap) {
    const wave = Array.from({ length: 20 }, (_, n) => via(n)('POST', '/v1/events', greedy, '{'));
    answers.push(...(await Promise.all(wave)));
  }
  const givenBack = Math.ceil(((Date.now() - startedAt) / 60_000) * cap) + 1;
  const refused = answers.filter(isRefused);
  const admitted = answers.filter(({ status }) => status === 400).length;
  expect(admitted + refused.length).toBe(answers.length);
  return { admitted, refused, most: cap + givenBack };
}
