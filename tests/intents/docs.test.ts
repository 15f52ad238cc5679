import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blockOf } from '../docs/read-docs.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';

/** The examples of docs/rfps.md are taken as they stand. */
describe('the page about RFPs', () => {
  const on = {} as { hub: TestHub };
  beforeAll(async () => void (on.hub = await startTestHub()));
  afterAll(() => on.hub.stopAndForget());

  test('shows an RFP that is taken', async () => {
    const { token } = await on.hub.account(['rfps:create']);
    const body: unknown = JSON.parse(blockOf('docs/rfps.md', 'rfp'));
    expect(await on.hub.call('POST', '/v1/rfps', token, body)).toMatchObject({ status: 202 });
  });

  test('shows an exposure that is taken', async () => {
    const exposure: unknown = JSON.parse(blockOf('docs/rfps.md', 'exposure'));
    const event = eventFor(['acc_taqueria-luna'], { type: 'rfp.broadcast', exposure });
    const answer = await on.hub.call('POST', '/v1/events', await on.hub.service(), event);
    expect(answer.body).toMatchObject({ status: 'accepted' });
  });
});
