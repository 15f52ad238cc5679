import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServiceToken } from '../../src/access/index.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';

describe('publishing', () => {
  let hub: TestHub;
  let core: string;
  let account: string;
  beforeAll(async () => {
    hub = await startTestHub();
    core = await hub.service();
    account = (await hub.account()).id;
  });
  afterAll(() => hub.stopAndForget());

  const publish = (body: unknown, headers: Record<string, string> = {}) =>
    hub.call('POST', '/v1/events', core, body, headers);
  const countOf = async (): Promise<number> =>
    (await hub.hub.store.db.select().from(hub.hub.store.tables.events)).length;

  test('the same id with the same content is a duplicate with its first sequence, with other content a conflict', async () => {
    const event = { ...eventFor([account]), id: 'evt_mine-1' };
    const first = await publish(event);
    expect(first).toMatchObject({ status: 202, body: { id: 'evt_mine-1', status: 'accepted', sequence: 1 } });
    expect((await publish(event)).body).toEqual({ id: 'evt_mine-1', status: 'duplicate', sequence: 1 });
    const other = await publish({ ...event, city: 'austin' });
    expect(other).toMatchObject({ status: 409, body: { code: 'event_conflict' } });
  });

  test('a batch says of each event what became of it, and one bad event spoils no other', async () => {
    const [good, same, bad] = [
      eventFor([account]),
      { ...eventFor([account]), id: 'evt_mine-2' },
      eventFor([account]),
    ];
    const answer = await publish({
      events: [good, same, same, { ...same, city: 'austin' }, { ...bad, data: {} }, { ...good, surprise: 1 }],
    });
    expect(answer.status).toBe(202);
    expect(answer.body.results.map((result: { status: string }) => result.status)).toEqual([
      'accepted',
      'accepted',
      'duplicate',
      'conflict',
      'quarantined',
      'invalid',
    ]);
    expect(answer.body.results[5].errors).toEqual([
      { pointer: '/surprise', detail: 'This field is not known here.' },
    ]);
  });

  test('an Idempotency-Key answers again what it answered, sequences included, and refuses another body', async () => {
    const batch = {
      events: [
        eventFor([account]),
        eventFor([account], { subject: 'bookings/bkg_key' }),
        eventFor([account], { subject: 'bookings/bkg_key' }),
      ],
    };
    const key = { 'idempotency-key': 'once' };
    const first = await publish(batch, key);
    const before = await countOf();
    const again = await publish(batch, key);
    expect(again.body.results).toEqual(
      first.body.results.map((result: object) => ({ ...result, status: 'duplicate' })),
    );
    expect(again.body.results.map((result: { sequence: number }) => result.sequence)).toEqual([1, 1, 2]);
    expect(await countOf()).toBe(before);
    expect(await publish({ events: [eventFor([account])] }, key)).toMatchObject({
      status: 409,
      body: { code: 'idempotency_conflict' },
    });
  });

  test('what was a conflict is a conflict again under its repeated key', async () => {
    const event = { ...eventFor([account]), id: 'evt_mine-3' };
    await publish(event);
    const batch = { events: [{ ...event, city: 'austin' }, eventFor([account])] };
    const key = { 'idempotency-key': 'clash' };
    const statuses = async () =>
      (await publish(batch, key)).body.results.map((result: { status: string }) => result.status);
    expect(await statuses()).toEqual(['conflict', 'accepted']);
    expect(await statuses()).toEqual(['conflict', 'duplicate']);
  });

  test('rivals with one Idempotency-Key leave one set of events', async () => {
    const before = await countOf();
    const event = eventFor([account]);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => publish(event, { 'idempotency-key': 'rivals' })),
    );
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(answers.filter((answer) => answer.body.status === 'accepted')).toHaveLength(1);
    expect(await countOf()).toBe(before + 1);
  });

  test('sequences count within a subject, in the order of receipt, quarantined ones included', async () => {
    const subject = 'bookings/bkg_row';
    const results = [];
    for (const over of [{}, { data: {} }, {}])
      results.push((await publish({ ...eventFor([account], { subject }), ...over })).body);
    expect(results.map((result) => [result.status, result.sequence])).toEqual([
      ['accepted', 1],
      ['quarantined', 2],
      ['accepted', 3],
    ]);
  });

  test('what was received is kept as it came', async () => {
    const text = `  ${JSON.stringify(eventFor([account]))}\n`;
    await publish(text, { 'content-type': 'application/json' });
    const receipts = await hub.hub.store.db.select().from(hub.hub.store.tables.receipts);
    expect(receipts.at(-1)?.body).toBe(text);
  });

  test('an event of 256 KiB and a batch of 500 pass, more does not', async () => {
    const big = eventFor([account]);
    const padded = (bytes: number) => ({
      ...big,
      subject: 'x'.repeat(200),
      audience: [account],
      data: { ...(big['data'] as object), title: 'x'.repeat(bytes) },
    });
    expect((await publish(padded(300 * 1024))).status).toBe(413);
    const many = Array.from({ length: 501 }, () => eventFor([account]));
    expect(await publish({ events: many })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/events' }] },
    });
    const most = await publish({ events: many.slice(0, 500) });
    expect(most.body.results.every((result: { status: string }) => result.status === 'accepted')).toBe(true);
  });

  test('256 KiB are bytes, alone and in a batch', async () => {
    const base = { ...eventFor([account]), data: { title: '' } };
    const room = 256 * 1024 - JSON.stringify(base).length;
    const of = (title: string) => ({ ...base, data: { title } });
    const inBatch = async (title: string) =>
      (await publish({ events: [of(title)] })).body.results[0].status as string;
    for (const [fits, more] of [
      ['x'.repeat(room), 'x'.repeat(room + 1)],
      ['€'.repeat(room / 3), '€'.repeat(room / 3 + 1)],
    ] as const) {
      expect([(await publish(of(fits))).status, (await publish(of(more))).status]).toEqual([202, 413]);
      expect([await inBatch(fits), await inBatch(more)]).toEqual(['quarantined', 'invalid']);
    }
  });

  test('the audiences of a batch have 50,000 accounts at most, and one more is refused whole', async () => {
    const crowd = Array.from({ length: 10_000 }, (_, i) => `acc_${i}`);
    const events = Array.from({ length: 6 }, (_, i) => eventFor(i < 5 ? crowd : ['acc_more']));
    const before = await countOf();
    expect(await publish({ events })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/events', detail: expect.stringContaining('50001') }] },
    });
    expect(await countOf()).toBe(before);
  });

  test('a compressed body is a 415 that says so, on the quick way and the other', async () => {
    for (const path of ['/v1/events', '/v1/events?']) {
      const answer = await fetch(hub.origin + path, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${core}`,
          'content-type': 'application/json',
          'content-encoding': 'gzip',
        },
        body: gzipSync(JSON.stringify(eventFor([account]))),
      });
      expect(answer.status).toBe(415);
      expect(answer.headers.get('accept-encoding')).toBe('identity');
      const { title, detail } = (await answer.json()) as { title: string; detail: string };
      expect(title).toBe('The body is in a form that this address does not take');
      expect(detail).toContain('without a Content-Encoding');
    }
  });

  test('a moment that RFC 3339 cannot spell in UTC is refused', async () => {
    for (const occurred_at of ['9999-12-31T23:59:59-14:00', '0000-01-01T00:00:00+14:00']) {
      expect(await publish(eventFor([account], { occurred_at }))).toMatchObject({
        status: 422,
        body: { errors: [{ pointer: '/occurred_at' }] },
      });
    }
  });

  test('an id that the other environment has is a conflict, never taken for a duplicate', async () => {
    const event = { ...eventFor([account]), id: 'evt_both' };
    const test = await createServiceToken(hub.hub, 'test', {
      label: 'test data',
      env: 'test',
      scopes: ['events:publish'],
    });
    const tried = () => hub.call('POST', '/v1/events', test.token, { ...event, id: 'evt_own' });
    expect((await publish(event)).body.status).toBe('accepted');
    expect(await hub.call('POST', '/v1/events', test.token, event)).toMatchObject({ status: 409 });
    expect([(await tried()).body.status, (await tried()).body.status]).toEqual(['accepted', 'duplicate']);
  });

  test('the hub alone says what the hub has to say', async () => {
    const answer = await publish({ ...eventFor([account]), type: 'grant.revoked' });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/type' }] } });
  });
});
