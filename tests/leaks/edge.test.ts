import { generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestEdge, type TestEdge } from '../harness/edge.ts';
import { type Sink, startSink } from '../harness/sink.ts';

describe('leak reports inside workerd, on D1', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const state = {} as { edge: TestEdge; vendor: Sink };
  beforeAll(async () => {
    state.vendor = await startSink();
    const key = publicKey.export({ type: 'spki', format: 'pem' });
    state.vendor.answer((_, response) =>
      response.end(JSON.stringify({ public_keys: [{ key_identifier: 'first', key, is_current: true }] })),
    );
    state.edge = await startTestEdge({ PATCHBAY_GITHUB_KEYS_URL: `${state.vendor.origin}/keys` });
  });
  afterAll(async () => {
    await state.edge?.stop();
    await state.vendor.close();
  });
  const status = async (token: string) => (await state.edge.call('GET', '/v1/me', token)).status;

  test('anybody’s', async () => {
    const account = await state.edge.account();
    expect(await status(account.token)).toBe(200);
    const answer = await state.edge.call('POST', '/leak-reports', null, { text: `x ${account.token} y` });
    expect(answer).toMatchObject({ status: 202, body: { accepted: 1 } });
    expect(await status(account.token)).toBe(401);
    expect(await state.edge.operate('case list', [], { json: true })).toContain('token_leaked');
  });

  test('GitHub’s, by its signature', async () => {
    const account = await state.edge.account();
    const body = JSON.stringify([
      { token: account.token, type: 'patchbay_token', url: 'https://github.com/x' },
    ]);
    const send = (signed: string) =>
      state.edge.call('POST', '/leak-reports/github', null, body, {
        'github-public-key-identifier': 'first',
        'github-public-key-signature': sign('sha256', Buffer.from(signed), privateKey).toString('base64'),
      });
    expect((await send(`${body} `)).status).toBe(403);
    expect(await status(account.token)).toBe(200);
    expect(await send(body)).toMatchObject({ status: 200, body: [{ label: 'true_positive' }] });
    expect(await status(account.token)).toBe(401);
  });
});
