import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { eq, inArray } from 'drizzle-orm';
import { type Case, deliveryOf, eventOf, publish, receiptOf } from './stand.ts';

/** Calls that meet: rivals for a key, a bad one among good ones, one that is large. */
export const publishTurnCases: Case[] = [
  {
    title: 'of rival receipts one holds the idempotency key, and the other hears whose it is',
    prove: async (stand) => {
      const idempotencyId = stand.name('tok_1:key');
      const [one, two] = [receiptOf(stand), receiptOf(stand)];
      const events = [eventOf(stand), eventOf(stand), eventOf(stand)];
      const first = await publish(stand, [events[0]!], { ...one, idempotencyId, fingerprint: 'one' });
      const rival = await publish(stand, [events[1]!], { ...two, idempotencyId, fingerprint: 'two' });
      equal(first.events[0]!.outcome, 'written');
      equal(first.claim, null);
      equal(rival.events[0]!.outcome, 'claimed');
      deepEqual(rival.claim, { fingerprint: 'one', eventIds: [events[0]!.id] });
      // A key that was matched too early is not held: it would answer for events that never were.
      const early = stand.name('tok_1:key');
      const stale = eventOf(stand, { matchedVersion: (await stand.store.version()) - 1 });
      equal(
        (await stand.store.publish(receiptOf(stand, { idempotencyId: early }), [stale])).events[0]!.outcome,
        'stale',
      );
      equal((await publish(stand, [eventOf(stand)], { idempotencyId: early })).events[0]!.outcome, 'written');
      const late = await stand.store.publish(receiptOf(stand, { idempotencyId }), [stale]);
      deepEqual([late.events[0]!.outcome, late.claim?.eventIds], ['claimed', [events[0]!.id]]);
      // The holder itself may come again, as it does after `stale`.
      equal(
        (await publish(stand, [events[2]!], { ...one, idempotencyId, fingerprint: 'one' })).events[0]!
          .outcome,
        'written',
      );
    },
  },
  {
    title: 'of rival receipts in one turn exactly one holds the idempotency key',
    prove: async (stand) => {
      const idempotencyId = stand.name('tok_1:key');
      const answers = await Promise.all(
        Array.from({ length: 4 }, () => publish(stand, [eventOf(stand)], { idempotencyId })),
      );
      deepEqual(answers.map((answer) => answer.events[0]!.outcome).sort(), [
        'claimed',
        'claimed',
        'claimed',
        'written',
      ]);
      equal(answers.filter((answer) => answer.claim === null).length, 1);
    },
  },
  {
    title: 'a bad call rejects alone: the calls of its turn land, and nothing of it does',
    prove: async (stand) => {
      const { tasks, events, receipts, subjects } = stand.store.tables;
      const taken = eventOf(stand, { expandTaskId: stand.name('tsk') });
      await publish(stand, [taken]);
      const typeless = eventOf(stand, { type: null as unknown as string }); // What the types forbid and a defect may still bring.
      const clash = [eventOf(stand), eventOf(stand, { expandTaskId: taken.expandTaskId })];
      const [one, two] = [eventOf(stand), eventOf(stand)];
      const bad = stand.name('rcp');
      const outcomes = await Promise.allSettled([
        publish(stand, [one]),
        publish(stand, [typeless]),
        publish(stand, clash, { id: bad }),
        publish(stand, [two]),
      ]);
      deepEqual(
        outcomes.map((outcome) => outcome.status),
        ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
      );
      deepEqual(
        outcomes.map((outcome) =>
          outcome.status === 'rejected' ? stand.store.isConflict(outcome.reason) : null,
        ),
        [null, false, true, null],
      );
      for (const outcome of outcomes)
        if (outcome.status === 'fulfilled') equal(outcome.value.events[0]!.outcome, 'written');
      const { db } = stand.store;
      deepEqual(
        await db
          .select()
          .from(events)
          .where(
            inArray(
              events.id,
              [typeless, ...clash].map((event) => event.id),
            ),
          ),
        [],
      );
      deepEqual(await db.select().from(receipts).where(eq(receipts.id, bad)), []);
      deepEqual(
        await db
          .select()
          .from(subjects)
          .where(eq(subjects.id, `live:${clash[0]!.subject}`)),
        [],
      );
      equal((await db.select().from(tasks).where(eq(tasks.id, taken.expandTaskId!))).length, 1);
    },
  },
  {
    title: 'calls of one turn are answered each with its own events',
    prove: async (stand) => {
      const subject = stand.name('bookings/bkg');
      const calls = Array.from({ length: 20 }, (_, i) =>
        Array.from({ length: 1 + (i % 3) }, () => eventOf(stand, { subject })),
      );
      const answers = await Promise.all(calls.map((events) => publish(stand, events)));
      deepEqual(
        answers.map((answer) => answer.events.length),
        calls.map((events) => events.length),
      );
      const sequences = answers.flatMap((answer) => answer.events.map((event) => event.sequence));
      deepEqual(
        sequences.toSorted((a, b) => a - b),
        sequences.map((_, i) => i + 1),
      );
      notEqual(answers[0]!.events[0]!.position, 0);
    },
  },
  {
    title: 'a call of several megabytes is one write',
    prove: async (stand) => {
      const subject = stand.name('bookings/bkg');
      const text = 'ü"\\'.repeat(40_000);
      const big = (over = {}) =>
        eventOf(stand, {
          subject,
          dataJson: JSON.stringify({ text }),
          deliveries: [deliveryOf(stand)],
          ...over,
        });
      const taken = eventOf(stand, { expandTaskId: stand.name('tsk') });
      await publish(stand, [taken]);
      const events = Array.from({ length: 16 }, () => big());
      const outcome = await Promise.allSettled([
        publish(stand, [...events, big({ expandTaskId: taken.expandTaskId })]),
      ]);
      equal(outcome[0].status, 'rejected');
      const answer = await publish(stand, events);
      deepEqual(
        answer.events.map((event) => [event.outcome, event.sequence]),
        events.map((_, i) => ['written', i + 1]),
      );
      const { deliveries } = stand.store.tables;
      const sent = await stand.store.db
        .select({ id: deliveries.id })
        .from(deliveries)
        .where(
          inArray(
            deliveries.id,
            events.map((event) => event.deliveries[0]!.id),
          ),
        );
      equal(sent.length, 16);
    },
  },
];
