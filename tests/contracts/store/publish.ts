import { deepEqual, equal, ok } from 'node:assert/strict';
import { eq, sql } from 'drizzle-orm';
import { feedOf } from './publish-effects.ts';
import { type Case, atMs, deliveryOf, eventOf, publish, receiptOf } from './stand.ts';

/** What a published event is: written once, in sequence, matched against today's subscriptions. */
export const publishCases: Case[] = [
  {
    title: 'a published event is written once, whole, with its receipt; its id again is known',
    prove: async (stand) => {
      const { store } = stand;
      const { events, receipts } = store.tables;
      const event = eventOf(stand, { audience: ['acc_b', 'acc_a'], critical: true, city: null });
      const receipt = { id: stand.name('rcp'), body: '{"a": 1}', tokenId: 'tok_1' };
      const first = await publish(stand, [event], receipt);
      const again = await publish(stand, [{ ...event, dataJson: '{}', fingerprint: 'other' }]);
      equal(first.events[0]!.outcome, 'written');
      equal(first.claim, null);
      equal(again.events[0]!.outcome, 'known');
      deepEqual({ ...again.events[0]!, outcome: 'written' }, first.events[0]);
      const [row] = await store.db.select().from(events).where(eq(events.id, event.id));
      equal(JSON.stringify(row!.data), event.dataJson);
      deepEqual(row, {
        position: first.events[0]!.position,
        id: event.id,
        env: 'live',
        type: event.type,
        schemaVersion: 1,
        stream: 'bookings',
        occurredAt: new Date(atMs - 5),
        acceptedAt: new Date(atMs),
        city: null,
        subject: event.subject,
        sequence: 1,
        audience: ['acc_b', 'acc_a'],
        data: JSON.parse(event.dataJson),
        state: 'accepted',
        reasons: [],
        fingerprint: 'print',
        receiptId: receipt.id,
        receiptIndex: 0,
        tokenId: 'tok_1',
        critical: true,
        mark: null,
      });
      const kept = await store.db.select().from(receipts).where(eq(receipts.id, receipt.id));
      deepEqual(
        kept.map(({ position: _, ...rest }) => rest),
        [{ ...receipt, receivedAt: new Date(atMs) }],
      );
    },
  },
  {
    title:
      'an event that was matched against an older set is stale: it is not written, and the answer names the version',
    prove: async (stand) => {
      const { store } = stand;
      const version = await store.version();
      const known = eventOf(stand);
      await publish(stand, [known]);
      const [late, good] = [
        eventOf(stand, { matchedVersion: version - 1 }),
        eventOf(stand, { matchedVersion: version }),
      ];
      const answer = await store.publish(receiptOf(stand), [
        late,
        good,
        { ...known, matchedVersion: version - 1 },
      ]);
      deepEqual(
        answer.events.map((event) => event.outcome),
        ['stale', 'written', 'known'],
      );
      equal(answer.version, version);
      deepEqual(
        await store.db.select().from(store.tables.events).where(eq(store.tables.events.id, late.id)),
        [],
      );
    },
  },
  {
    title: 'an event that was matched against no set is never stale, nor is its key',
    prove: async (stand) => {
      const receipt = { ...receiptOf(stand), idempotencyId: stand.name('key'), fingerprint: 'print' };
      const event = eventOf(stand, { matchedVersion: null, expandTaskId: stand.name('tsk') });
      const answer = await stand.store.publish(receipt, [event]);
      deepEqual([answer.events[0]!.outcome, answer.claim], ['written', null]);
      const again = { ...receipt, id: stand.name('rcp') };
      equal((await stand.store.publish(again, [eventOf(stand)])).claim?.eventIds[0], event.id);
    },
  },
  {
    title: 'a change of the subscription set makes every earlier match stale',
    prove: async (stand) => {
      const { marks } = stand.store.tables;
      const before = await stand.store.version();
      await stand.store.write((db) => [
        db
          .update(marks)
          .set({ value: sql`${marks.value} + 1` })
          .where(eq(marks.name, 'subscriptions')),
      ]);
      equal(await stand.store.version(), before + 1);
      const event = eventOf(stand, { matchedVersion: before });
      equal((await stand.store.publish(receiptOf(stand), [event])).events[0]!.outcome, 'stale');
      equal((await publish(stand, [event])).events[0]!.outcome, 'written');
    },
  },
  {
    title: 'sequences grow by one within a subject, quarantined events included, and live and test are apart',
    prove: async (stand) => {
      const subject = stand.name('bookings/bkg');
      const of = (over = {}) => eventOf(stand, { subject, ...over });
      const first = await publish(stand, [
        of(),
        of({ state: 'quarantined' }),
        eventOf(stand),
        of({ env: 'test' }),
      ]);
      deepEqual(
        first.events.map((event) => event.sequence),
        [1, 2, 1, 1],
      );
      deepEqual(
        first.events.map((event) => event.state),
        ['accepted', 'quarantined', 'accepted', 'accepted'],
      );
      const again = of();
      deepEqual(
        (await publish(stand, [again, of()])).events.map((event) => event.sequence),
        [3, 4],
      );
      await publish(stand, [again]);
      equal((await publish(stand, [of()])).events[0]!.sequence, 5);
    },
  },
  {
    title: 'positions and sequences follow the order of a batch',
    prove: async (stand) => {
      const subject = stand.name('bookings/bkg');
      const { events } = await publish(
        stand,
        Array.from({ length: 120 }, () => eventOf(stand, { subject })),
      );
      deepEqual(
        events.map((event) => event.sequence),
        Array.from({ length: 120 }, (_, i) => i + 1),
      );
      ok(events.every((event, i) => i === 0 || event.position > events[i - 1]!.position));
    },
  },
  {
    title: 'an id that comes twice in one batch is written once, and the second is known',
    prove: async (stand) => {
      const { store } = stand;
      const event = eventOf(stand, { audience: ['acc_x'], deliveries: [deliveryOf(stand)] });
      const twin = {
        ...event,
        dataJson: '{"other":1}',
        fingerprint: 'other',
        deliveries: [deliveryOf(stand)],
      };
      const answer = await publish(stand, [event, twin, eventOf(stand, { subject: event.subject })]);
      deepEqual(
        answer.events.map((each) => each.outcome),
        ['written', 'known', 'written'],
      );
      equal(answer.events[1]!.fingerprint, 'print');
      ok(answer.events[2]!.sequence > 1);
      deepEqual(await feedOf(stand, ['acc_x'], [answer.events[0]!.position]), [
        ['acc_x', answer.events[0]!.position],
      ]);
      const { deliveries } = store.tables;
      const sent = await store.db
        .select({ id: deliveries.id })
        .from(deliveries)
        .where(eq(deliveries.eventPosition, answer.events[0]!.position));
      deepEqual(sent, [{ id: event.deliveries[0]!.id }]);
    },
  },
];
