import { runInNewContext } from 'node:vm';
import { Webhook } from 'standardwebhooks';
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

  test('shows a message that is signed as it should be', async () => {
    const { token } = await on.hub.account(['rfps:create']);
    const { body: sender } = await on.hub.call('POST', '/v1/rfps/senders', token, { label: 'our CRM' });
    const answers: Response[] = [];
    const send = async (...request: Parameters<typeof fetch>) => {
      answers.push(await fetch(...request));
    };
    const code = blockOf('docs/rfps.md', 'signed').replace(/^import .*$/m, '');
    const url = on.hub.origin + (sender.url as string).slice(new URL(sender.url).origin.length);
    const rfp: unknown = JSON.parse(blockOf('docs/rfps.md', 'rfp'));
    const names = { Webhook, Date, crypto, rfp, url, secret: sender.secret as string, fetch: send };
    await (runInNewContext(`(async () => {${code}})()`, names) as Promise<void>);
    expect(answers.map(({ status }) => status)).toEqual([202]);
  });

  test('shows an exposure that is taken', async () => {
    const exposure: unknown = JSON.parse(blockOf('docs/rfps.md', 'exposure'));
    const event = eventFor(['acc_taqueria-luna'], { type: 'rfp.broadcast', exposure });
    const answer = await on.hub.call('POST', '/v1/events', await on.hub.service(), event);
    expect(answer.body).toMatchObject({ status: 'accepted' });
  });
});
