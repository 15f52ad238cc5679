import { expect, test } from 'vitest';
import type { Answer } from '../../harness/call.ts';
import { settings } from '../host.ts';
import type { Flows } from '../suite.ts';

const unitsPerWrite = 5;
const unitsPerMinute = Number(settings.PATCHBAY_SERVICE_UNITS_PER_MINUTE);

/** What a caller may do, counted in one place however many processes it asks. */
export const capFlows: Flows = (stand) => {
  test('a token that asks too much is told when to come back, by whichever process, and others go on', async () => {
    const { via, publisher, core } = stand();
    const greedy = await publisher();
    const most = unitsPerMinute / unitsPerWrite;
    const answers: Answer[] = [];
    const startedAt = Date.now();
    // No more than that at once: a real caller has so many connections.
    for (let sent = 0; sent < most + 60; sent += 20) {
      const wave = Array.from({ length: 20 }, (_, n) => via(n)('POST', '/v1/events', greedy, '{'));
      answers.push(...(await Promise.all(wave)));
    }
    const tookMs = Date.now() - startedAt;
    const admitted = answers.filter(({ status }) => status === 400);
    const refused = answers.filter(({ status }) => status === 429);
    expect(admitted.length + refused.length).toBe(answers.length);
    // What the minute gave back meanwhile, and no call more.
    const givenBack = Math.ceil((tookMs / 60_000) * most) + 1;
    expect(admitted.length).toBeGreaterThanOrEqual(most);
    expect(admitted.length).toBeLessThanOrEqual(most + givenBack);
    expect(refused[0]).toMatchObject({ body: { code: 'quota_exceeded' } });
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused[0]?.headers.get('ratelimit')).toContain('r=');
    expect(await via(0)('POST', '/v1/events', core, '{')).toMatchObject({ status: 400 });
  });
};
