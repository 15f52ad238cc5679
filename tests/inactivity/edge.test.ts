import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../harness/sink.ts';
import { startTestEdge, type TestEdge } from '../harness/edge.ts';

/** The same sweep by the cron of a Worker, on D1; a day is short here. */
describe('what nobody uses, on the edge', { timeout: 120_000 }, () => {
  const state = {} as { edge: TestEdge };
  beforeAll(async () => {
    state.edge = await startTestEdge({
      PATCHBAY_INACTIVE_AFTER_DAYS: '0.00001',
      PATCHBAY_INACTIVITY_NOTICE_DAYS: '0.00001',
    });
  }, 120_000);
  afterAll(() => state.edge?.stop());

  test('is announced to its account by the cron', async () => {
    const account = await state.edge.account(['webhooks:manage', 'tokens:manage']);
    await state.edge.runCron();
    await until('the account hears of it', async () => {
      const { body } = await state.edge.call('GET', '/v1/events?types=token.expiring', account.token);
      return body.data?.length === 1;
    });
    const [shown] = (await state.edge.call('GET', '/v1/tokens', account.token)).body.data;
    expect(shown).toMatchObject({ revoked_at: null, ends_unused_at: expect.stringMatching(/^20/) });
  });
});
