import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { IntentAsk } from '../../src/intents/index.ts';
import { recordIntent } from '../../src/intents/index.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';

/** How a connector hands in what its vendor told: the very seam that Slack, calendars and CRMs use. */
describe('an intent', () => {
  const on = {} as { hub: TestHub; account: string; subject: string };
  beforeAll(async () => {
    on.hub = await startTestHub({ PATCHBAY_INTENTS_PER_HOUR: '5' });
    on.account = (await on.hub.account()).id;
    on.subject = await bookingOf(on.account);
  });
  afterAll(() => on.hub.stopAndForget());

  async function bookingOf(...audience: string[]): Promise<string> {
    const event = eventFor(audience);
    const answer = await on.hub.call('POST', '/v1/events', await on.hub.service(), event);
    expect(answer.status).toBe(202);
    return `bookings/${event['data'].booking_id}`;
  }
  const ask = (over: Partial<IntentAsk> = {}): Promise<any> =>
    recordIntent(on.hub.hub, {
      kind: 'booking.respond',
      env: 'live',
      source: 'connector:slack',
      connectionId: 'con_test',
      accountId: on.account,
      userId: null,
      grantId: null,
      appId: null,
      partnerId: null,
      epochs: on.hub.hub.gate.snapshot({ account: on.account }),
      externalRef: 'click-1',
      body: { subject: on.subject, response: 'decline' },
      idempotencyKey: null,
      switchedOn: ['booking.respond'],
      actor: 'connection:con_test',
      requestId: null,
      ...over,
    });

  test('is kept once for one vendor id, waits for staff, and is on record', async () => {
    const first = await ask();
    expect(first).toMatchObject({
      outcome: 'recorded',
      intent: { state: 'pending_review', data: { subject: on.subject, response: 'decline' } },
    });
    expect(await ask()).toMatchObject({ outcome: 'known', intent: { id: first.intent.id } });
    const { audit, intentFeed } = on.hub.hub.store.tables;
    const { db } = on.hub.hub.store;
    expect(await db.select().from(audit).where(eq(audit.subject, first.intent.id))).toMatchObject([
      { action: 'intent.record', actor: 'connection:con_test', accountId: on.account },
    ]);
    expect(await db.select().from(intentFeed)).toEqual([]);
  });

  test('of one vendor id and another meaning is a conflict', async () => {
    await expect(ask({ body: { subject: on.subject, response: 'accept' } })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('at the same moment from two sides is one', async () => {
    const both = await Promise.all([ask({ externalRef: 'click-2' }), ask({ externalRef: 'click-2' })]);
    expect(new Set(both.map(({ intent }) => intent.id)).size).toBe(1);
    expect(new Set(both.map(({ outcome }) => outcome))).toEqual(new Set(['known', 'recorded']));
  });

  test('of a kind that is not switched on is not even looked at', async () => {
    expect(await ask({ externalRef: 'off', switchedOn: ['rfp.stage'], body: 'nonsense' })).toEqual({
      outcome: 'off',
    });
  });

  test('about what its account does not see is refused', async () => {
    const stranger = (await on.hub.account()).id;
    expect(await ask({ accountId: stranger, externalRef: 'other' })).toEqual({
      outcome: 'refused',
      why: 'unknown_subject',
    });
  });

  test.each([
    [{ response: 'decline' }, '/subject'],
    [{ subject: 'bookings/bkg_1', response: 'maybe' }, '/response'],
    [{ subject: 'bookings/bkg_1', response: 'accept', amount_cents: 1 }, '/amount_cents'],
    [{ subject: 'accounts/acc_1', response: 'accept' }, '/subject'],
    [{ subject: 'bookings/bkg_1', response: 'accept', note: 'a\u0007b' }, '/note'],
  ])('that is not as its kind says is a 422: %j', async (body, pointer) => {
    await expect(ask({ externalRef: 'bad', body })).rejects.toMatchObject({
      code: 'validation_failed',
      errors: [expect.objectContaining({ pointer })],
    });
  });

  test('past the cap of who asks is a 429 that says when; the next account goes on [S2-36]', async () => {
    const spent = [];
    for (let i = 0; i < 6; i += 1)
      spent.push(
        await ask({ externalRef: `flood-${i}` }).then(
          ({ outcome }) => outcome,
          (e: unknown) => e,
        ),
      );
    expect(spent.at(-1)).toMatchObject({
      code: 'quota_exceeded',
      violatedPolicies: ['intents'],
      retryAfterSeconds: expect.any(Number),
    });
    const other = (await on.hub.account()).id;
    expect(
      await ask({ accountId: other, body: { subject: await bookingOf(other), response: 'accept' } }),
    ).toMatchObject({
      outcome: 'recorded',
    });
  });
});
