import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newToken } from '../../src/access/index.ts';
import { startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink } from '../harness/sink.ts';
import { jumpingClock } from '../faults/jumping-clock.ts';

/** GitHub as it is seen from here: a list of keys at an address, and messages that are signed with one of them. */
describe('POST /leak-reports/github', () => {
  const clock = jumpingClock();
  const [known, rotated, stranger] = [newKey(), newKey(), newKey()];
  const state = {} as { hub: TestHub; vendor: Sink; published: { identifier: string; key: KeyObject }[] };
  beforeAll(async () => {
    state.vendor = await startSink();
    state.hub = await startTestHub({ PATCHBAY_GITHUB_KEYS_URL: `${state.vendor.origin}/keys` }, { clock });
  });
  beforeEach(() => {
    state.published = [{ identifier: 'first', key: known.publicKey }];
    state.vendor.answer((_, response) => response.end(keyList(state.published)));
    state.vendor.received.length = 0;
    // What was fetched before is old by now.
    clock.jump(2 * 3_600_000);
  });
  afterAll(async () => {
    await state.hub.stopAndForget();
    await state.vendor.close();
  });

  const send = (
    body: string,
    { by = known.privateKey, identifier = 'first', signature = signed(body, by) } = {},
    headers: Record<string, string> = {},
  ) =>
    state.hub.call('POST', '/leak-reports/github', null, body, {
      'github-public-key-identifier': identifier,
      'github-public-key-signature': signature,
      ...headers,
    });
  const match = (token: string, over: Record<string, unknown> = {}) => ({
    token,
    type: 'patchbay_token',
    url: 'https://github.com/octocat/hello/blob/main/config.env',
    source: 'content',
    ...over,
  });
  const status = async (token: string) => (await state.hub.call('GET', '/v1/me', token)).status;
  const cases = () => state.hub.hub.store.db.select().from(state.hub.hub.store.tables.cases);
  const never = () => newToken('k', 'live', state.hub.hub.chance).token;

  test('ends what is live and answers each match in order, by hash; the same message again changes nothing', async () => {
    const [account, other] = [await state.hub.account(), await state.hub.account()];
    const unknown = never();
    const body = JSON.stringify([
      match(account.token),
      match(unknown),
      match(other.token, { url: '' }),
      match('pbk_kl_short', { a_new_field: [1] }),
    ]);
    const feedback = [
      { token_hash: hashOf(account.token), token_type: 'patchbay_token', label: 'true_positive' },
      { token_hash: hashOf(unknown), token_type: 'patchbay_token', label: 'false_positive' },
      { token_hash: hashOf(other.token), token_type: 'patchbay_token', label: 'true_positive' },
      { token_hash: hashOf('pbk_kl_short'), token_type: 'patchbay_token', label: 'false_positive' },
    ];
    expect(await send(body)).toMatchObject({ status: 200, body: feedback });
    expect(await status(account.token)).toBe(401);
    expect(await status(other.token)).toBe(401);
    const found = await cases();
    expect(found).toMatchObject([
      { evidence: { finder: 'github', contact: null } },
      { evidence: { finder: 'github', contact: null } },
    ]);
    expect(new Set(found.map(({ evidence }) => evidence['found_at']))).toEqual(
      new Set([match('').url, null]),
    );
    expect(await send(body)).toMatchObject({ status: 200, body: feedback });
    expect(await cases()).toHaveLength(2);
  });

  test('one signature of many: every length that DER may have verifies', async () => {
    const body = JSON.stringify([match('x')]);
    const lengths = new Set<number>();
    for (let n = 0; n < 300; n++) {
      const signature = signed(body, known.privateKey);
      const { length } = Buffer.from(signature, 'base64');
      if (lengths.has(length)) continue;
      lengths.add(length);
      expect((await send(body, { signature })).status, `${length} bytes`).toBe(200);
    }
    expect(lengths.size).toBeGreaterThan(2);
  });

  test('keys are fetched once for many messages; a new one is asked for once, and soon no more', async () => {
    for (let n = 0; n < 5; n++) expect((await send('[]')).status).toBe(200);
    expect(state.vendor.received).toHaveLength(1);
    state.published = [{ identifier: 'second', key: rotated.publicKey }, ...state.published];
    clock.jump(31_000);
    expect((await send('[]', { identifier: 'second', by: rotated.privateKey })).status).toBe(200);
    expect(state.vendor.received).toHaveLength(2);
    for (let n = 0; n < 5; n++) expect((await send('[]', { identifier: 'third' })).status).toBe(401);
    expect(state.vendor.received).toHaveLength(2);
    clock.jump(31_000);
    expect((await send('[]', { identifier: 'third' })).status).toBe(401);
    expect(state.vendor.received).toHaveLength(3);
  });

  test('known keys serve on while the list cannot be had, and a hub without any says 503', async () => {
    expect((await send('[]')).status).toBe(200);
    clock.jump(2 * 3_600_000);
    const broken: ((response: Parameters<Parameters<Sink['answer']>[0]>[1]) => void)[] = [
      (response) => void response.writeHead(403).end('{"message":"API rate limit exceeded"}'),
      (response) => void response.end('<html>'),
      (response) => void response.end('{"public_keys":"none"}'),
      (response) => void response.destroy(),
    ];
    for (const answer of broken) {
      state.vendor.answer((_, response) => answer(response));
      expect((await send('[]')).status).toBe(200);
      clock.jump(31_000);
    }
    const fresh = await startTestHub({ PATCHBAY_GITHUB_KEYS_URL: `${state.vendor.origin}/keys` });
    const asked = await fresh.call('POST', '/leak-reports/github', null, '[]', {
      'github-public-key-identifier': 'first',
      'github-public-key-signature': signed('[]', known.privateKey),
    });
    expect(asked).toMatchObject({ status: 503, body: { code: 'vendor_unavailable' } });
    await fresh.stopAndForget();
  });

  test('what is not signed by GitHub is refused, and nothing happens to the token in it', async () => {
    const account = await state.hub.account();
    const body = JSON.stringify([match(account.token)]);
    const good = signed(body, known.privateKey);
    const der = Buffer.from(good, 'base64');
    const bent = (change: (bytes: Buffer) => Buffer): string => change(Buffer.from(der)).toString('base64');
    const bad: Parameters<typeof send>[1][] = [
      { by: stranger.privateKey },
      { signature: signed(`${body} `, known.privateKey) },
      { signature: '' },
      { signature: 'not base64!' },
      { signature: Buffer.alloc(64).toString('base64') },
      { signature: bent((bytes) => bytes.subarray(0, -1)) },
      { signature: bent((bytes) => Buffer.concat([bytes, Buffer.of(0)])) },
      { signature: bent((bytes) => (bytes.writeUInt8(0x31, 0), bytes)) },
      { signature: bent((bytes) => (bytes.writeUInt8(0xff, 3), bytes)) },
      // r = s = 0, and r of 33 bytes.
      { signature: Buffer.from('3006020100020100', 'hex').toString('base64') },
      {
        signature: Buffer.concat([
          Buffer.from('3026022101', 'hex'),
          Buffer.alloc(32, 1),
          Buffer.from('020101', 'hex'),
        ]).toString('base64'),
      },
    ];
    for (const how of bad)
      expect(await send(body, how), JSON.stringify(how)).toMatchObject({
        status: 403,
        body: { code: 'forbidden' },
      });
    const headers = { 'github-public-key-signature': good };
    expect((await state.hub.call('POST', '/leak-reports/github', null, body, headers)).status).toBe(401);
    expect((await state.hub.call('POST', '/leak-reports/github', null, body)).status).toBe(401);
    expect((await send(body, { identifier: 'nobody' })).status).toBe(401);
    expect(await status(account.token)).toBe(200);
    expect((await send(body, { signature: good })).status).toBe(200);
    expect(await status(account.token)).toBe(401);
  });

  test.each([
    ['{}', 422],
    ['[{"token":1,"type":"x"}]', 422],
    ['[{"token":"x"}]', 422],
    ['[', 400],
    ['', 400],
  ])('%s, signed, is a %i', async (body, code) => {
    expect((await send(body)).status).toBe(code);
  });

  test('a signature over another key type or curve is never imported', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
    state.published = [{ identifier: 'first', key: publicKey }];
    const answer = await send('[]', { by: privateKey });
    expect(answer).toMatchObject({ status: 401 });
  });
});

function newKey() {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
}
const signed = (body: string, key: KeyObject): string =>
  sign('sha256', Buffer.from(body), key).toString('base64');
const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
const keyList = (keys: { identifier: string; key: KeyObject }[]): string =>
  JSON.stringify({
    public_keys: keys.map(({ identifier, key }) => ({
      key_identifier: identifier,
      key: key.export({ type: 'spki', format: 'pem' }),
      is_current: true,
    })),
  });
