import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRefusals, listBlocks } from '#src/limits';
import { startTestHub, type TestHub } from '../harness/hub.ts';

describe('a caller that does not listen', () => {
  const on = {} as { hub: TestHub };
  beforeAll(async () => void (on.hub = await startTestHub()));
  afterAll(() => on.hub.stopAndForget());

  const processAt = (at: { ms: number }) => {
    const { hub } = on.hub;
    const clock = { ...hub.clock, ticks: () => at.ms, ms: () => at.ms, now: () => new Date(at.ms) };
    const ports = { store: hub.store, clock, settings: { ...hub.settings, maxRefusedCalls: 3 } };
    return { ...ports, refusals: createRefusals(ports) };
  };

  test('is turned away for ten minutes after too many refusals; another is not', () => {
    const at = { ms: 1_000 };
    const { refusals } = processAt(at);
    for (let i = 0; i < 3; i += 1) refusals.charge('grant:a');
    expect(() => refusals.refuseBlocked('grant:a')).not.toThrow();
    refusals.charge('grant:a');
    expect(() => refusals.refuseBlocked('grant:a')).toThrow(
      expect.objectContaining({ code: 'abnormal_usage', status: 429, retryAfterSeconds: 600 }) as Error,
    );
    expect(() => refusals.refuseBlocked('grant:b')).not.toThrow();
    at.ms += 600_000;
    expect(() => refusals.refuseBlocked('grant:a')).not.toThrow();
  });

  test('by one process is soon by all, stands where staff see it, and ends by itself', async () => {
    const at = { ms: Date.now() };
    const [one, two] = [processAt(at), processAt(at)];
    for (let i = 0; i < 4; i += 1) one.refusals.charge('grant:c');
    await two.refusals.exchange();
    expect(() => two.refusals.refuseBlocked('grant:c')).not.toThrow();
    await one.refusals.exchange();
    await two.refusals.exchange();
    expect(() => two.refusals.refuseBlocked('grant:c')).toThrow('Wait as long as Retry-After says');
    expect(await listBlocks(two)).toMatchObject([{ id: 'grant:c', until: new Date(at.ms + 600_000) }]);
    at.ms += 600_000;
    expect(() => two.refusals.refuseBlocked('grant:c')).not.toThrow();
    expect(await listBlocks(two)).toEqual([]);
  });

  test('is told of again where the store did not answer', async () => {
    const at = { ms: Date.now() };
    const { store, clock, settings } = processAt(at);
    const state = { isAway: true };
    const refusals = createRefusals({
      clock,
      settings,
      store: {
        ...store,
        write: (build) =>
          state.isAway ? Promise.reject(new Error('the store is away')) : store.write(build),
      },
    });
    for (let i = 0; i < 4; i += 1) refusals.charge('grant:d');
    await expect(refusals.exchange()).rejects.toThrow('away');
    state.isAway = false;
    await refusals.exchange();
    expect((await listBlocks({ store, clock })).map(({ id }) => id)).toContain('grant:d');
  });
});
