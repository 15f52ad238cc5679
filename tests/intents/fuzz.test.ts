import { getTableColumns } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sender, sendSigned } from './signed.ts';
import { wish } from './wishes.ts';

/** What a call to POST /v1/rfps may leave behind: the intent, its origin, its trail; and that a token was used. */
const ownTables = new Set([
  'intents',
  'intentFeed',
  'intentSources',
  'audit',
  'usageDays',
  'tokens',
  'marks',
]);
const answers = new Set([202, 400, 409, 413, 415, 422]);

describe('the one operation that is open to partners', () => {
  const on = {} as { hub: TestHub; token: string };
  beforeAll(async () => {
    on.hub = await startTestHub({ PATCHBAY_INTENTS_PER_HOUR: '400', PATCHBAY_MAX_REFUSED_CALLS: '1000000' });
    on.token = (await on.hub.account(['rfps:create'])).token;
  });
  afterAll(() => on.hub.stopAndForget());

  const post = (body: BodyInit, headers: Record<string, string> = {}) =>
    fetch(`${on.hub.origin}/v1/rfps`, {
      method: 'POST',
      headers: { authorization: `Bearer ${on.token}`, 'content-type': 'application/json', ...headers },
      body,
    });
  /** Every row of every table that it has no business with. */
  const rest = async (): Promise<string> => {
    const { db, tables } = on.hub.hub.store;
    const rows: Record<string, unknown> = {};
    for (const [name, table] of Object.entries(tables)) {
      if (ownTables.has(name)) continue;
      expect(Object.keys(getTableColumns(table)).length).toBeGreaterThan(0);
      rows[name] = await db.select().from(table);
    }
    return JSON.stringify(rows);
  };

  const fields = Object.keys(wish({ time_zone: '', shoot_starts_at: '', shoot_ends_at: '', respond_by: '' }));
  const stranger = fc.constantFrom(
    'budget_cents',
    'verified',
    '__proto__',
    'constructor',
    'accepted',
    'account_id',
    '',
  );
  /** A valid wish in which some fields are something else, gone, or strange. */
  const nearly = fc
    .array(
      fc.tuple(
        fc.oneof(fc.constantFrom(...fields), stranger),
        fc.option(fc.jsonValue({ maxDepth: 4 }), { nil: undefined }),
      ),
      { maxLength: 4 },
    )
    .map((changes) => JSON.stringify({ ...wish(), ...Object.fromEntries(changes) }));
  const bytes = fc.uint8Array({ maxLength: 300 });
  const header = fc.option(
    fc.string({ unit: 'grapheme-ascii', maxLength: 300 }).map((s) => s.trim()),
    { nil: undefined },
  );

  test('answers whatever comes without a fault, and changes nothing else [S2-36]', async () => {
    const before = await rest();
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ weight: 5, arbitrary: nearly }, { weight: 1, arbitrary: bytes }),
        header,
        async (body, key) => {
          const { status } = await post(
            body as BodyInit,
            key === undefined ? {} : { 'idempotency-key': key },
          );
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          expect(answers, `${String(body)} ${key}`).toContain(status);
        },
      ),
      { numRuns: 500 },
    );
    // The fuzz reaches both sides of the validation.
    expect(statuses.get(202)).toBeGreaterThan(10);
    expect(statuses.get(422)).toBeGreaterThan(50);
    expect(await rest()).toBe(before);
  });

  test('signed or half signed, by whatever headers, it is taken or refused, and changes nothing else [S2-36]', async () => {
    const { token } = await on.hub.account(['rfps:create']);
    const made = await on.hub.call('POST', '/v1/rfps/senders', token, { label: 'fuzz' });
    const sender = made.body as Sender;
    const before = await rest();
    const statuses = new Map<number, number>();
    const odd = fc.string({ unit: 'grapheme-ascii', maxLength: 60 }).map((text) => text.trim());
    const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature', 'idempotency-key', 'content-type'];
    const over = fc.option(fc.dictionary(fc.constantFrom(...names), odd, { maxKeys: 2 }), { nil: {} });
    const query = fc.oneof(
      { weight: 8, arbitrary: fc.constant(sender.url) },
      {
        weight: 1,
        arbitrary: odd.map((text) => `${on.hub.origin}/v1/rfps?sender=${encodeURIComponent(text)}`),
      },
      { weight: 1, arbitrary: fc.constant(`${sender.url}&sender=${sender.id}`) },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(nearly, odd), over, query, async (body, headers, url) => {
        const { status } = await sendSigned(on.hub, { ...sender, url }, body, { over: headers });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        expect(new Set([...answers, 401]), `${body} ${JSON.stringify(headers)} ${url}`).toContain(status);
      }),
      { numRuns: 200 },
    );
    for (const status of [202, 401, 422]) expect(statuses.get(status)).toBeGreaterThan(3);
    expect(await rest()).toBe(before);
  });

  test('past the limit is 429 with the time to wait, and what was taken stays [S2-36]', async () => {
    const { token } = await on.hub.account(['rfps:create']);
    const all = await Promise.all(
      Array.from({ length: 420 }, () => on.hub.call('POST', '/v1/rfps', token, wish())),
    );
    const taken = all.filter(({ status }) => status === 202);
    const refused = all.filter(({ status }) => status === 429);
    expect(taken.length + refused.length).toBe(all.length);
    expect(taken.length).toBeGreaterThanOrEqual(400);
    expect(taken.length).toBeLessThan(405);
    expect(refused[0]!.body).toMatchObject({ code: 'quota_exceeded', 'violated-policies': ['intents'] });
    expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
    const { body } = await on.hub.call('GET', `/v1/rfps/requests/${taken[0]!.body.id}`, token);
    expect(body.state).toBe('pending_review');
  });
});
