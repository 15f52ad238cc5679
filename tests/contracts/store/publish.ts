import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import { asc, eq, inArray, like, sql } from 'drizzle-orm';
import { type Case, type Stand, atMs, deliveryOf, eventOf, publish, receiptOf } from './stand.ts';

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
        position: first.events[0]!.position, id: event.id, env: 'live', type: event.type, schemaVersion: 1, stream: 'bookings',
        occurredAt: new Date(atMs - 5), acceptedAt: new Date(atMs), city: null, subject: event.subject, sequence: 1, audience: ['acc_b', 'acc_a'],
        data: JSON.parse(event.dataJson), state: 'accepted', reasons: [], fingerprint: 'print', receiptId: receipt.id, receiptIndex: 0,
        tokenId: 'tok_1', critical: true, mark: null,
      });
      const kept = await store.db.select().from(receipts).where(eq(receipts.id, receipt.id));
      deepEqual(kept.map(({ position: _, ...rest }) => rest), [{ ...receipt, receivedAt: new Date(atMs) }]);
    },
  },
  {
    title: 'an event that was matched against an older set is stale: it is not written, and the answer names the version',
    prove: async (stand) => {
      const { store } = stand;
      const version = await store.version();
      const known = eventOf(stand);
      await publish(stand, [known]);
      const [late, good] = [eventOf(stand, { matchedVersion: version - 1 }), eventOf(stand, { matchedVersion: version })];
      const answer = await store.publish(receiptOf(stand), [late, good, { ...known, matchedVersion: version - 1 }]);
      deepEqual(answer.events.map((event) => event.outcome), ['stale', 'written', 'known']);
      equal(answer.version, version);
      deepEqual(await store.db.select().from(store.tables.events).where(eq(store.tables.events.id, late.id)), []);
    },
  },
  {
    title: 'a change of the subscription set makes every earlier match stale',
    prove: async (stand) => {
      const { marks } = stand.store.tables;
      const before = await stand.store.version();
      await stand.store.write((db) => [db.update(marks).set({ value: sql`${marks.value} + 1` }).where(eq(marks.name, 'subscriptions'))]);
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
      const first = await publish(stand, [of(), of({ state: 'quarantined' }), eventOf(stand), of({ env: 'test' })]);
      deepEqual(first.events.map((event) => event.sequence), [1, 2, 1, 1]);
      deepEqual(first.events.map((event) => event.state), ['accepted', 'quarantined', 'accepted', 'accepted']);
      const again = of();
      deepEqual((await publish(stand, [again, of()])).events.map((event) => event.sequence), [3, 4]);
      await publish(stand, [again]);
      equal((await publish(stand, [of()])).events[0]!.sequence, 5);
    },
  },
  {
    title: 'positions and sequences follow the order of a batch',
    prove: async (stand) => {
      const subject = stand.name('bookings/bkg');
      const { events } = await publish(stand, Array.from({ length: 120 }, () => eventOf(stand, { subject })));
      deepEqual(events.map((event) => event.sequence), Array.from({ length: 120 }, (_, i) => i + 1));
      ok(events.every((event, i) => i === 0 || event.position > events[i - 1]!.position));
    },
  },
  {
    title: 'an id that comes twice in one batch is written once, and the second is known',
    prove: async (stand) => {
      const { store } = stand;
      const event = eventOf(stand, { audience: ['acc_x'], deliveries: [deliveryOf(stand)] });
      const twin = { ...event, dataJson: '{"other":1}', fingerprint: 'other', deliveries: [deliveryOf(stand)] };
      const answer = await publish(stand, [event, twin, eventOf(stand, { subject: event.subject })]);
      deepEqual(answer.events.map((each) => each.outcome), ['written', 'known', 'written']);
      equal(answer.events[1]!.fingerprint, 'print');
      ok(answer.events[2]!.sequence > 1);
      deepEqual(await feedOf(stand, ['acc_x'], [answer.events[0]!.position]), [['acc_x', answer.events[0]!.position]]);
      const { deliveries } = store.tables;
      const sent = await store.db.select({ id: deliveries.id }).from(deliveries).where(eq(deliveries.eventPosition, answer.events[0]!.position));
      deepEqual(sent, [{ id: event.deliveries[0]!.id }]);
    },
  },
  {
    title: 'the feed shows an accepted event to each of its audience, a quarantined one to nobody',
    prove: async (stand) => {
      const [one, two] = [stand.name('acc'), stand.name('acc')];
      const answer = await publish(stand, [
        eventOf(stand, { audience: [one, two] }), eventOf(stand, { audience: [one], state: 'quarantined' }), eventOf(stand, { audience: [one] }),
      ]);
      const [first, , third] = answer.events.map((event) => event.position);
      deepEqual(await feedOf(stand, [one, two]), [[one, first], [two, first], [one, third]]);
    },
  },
  {
    title: 'an entity shows its newest sequence; an old event that comes late changes nothing',
    prove: async (stand) => {
      const { store } = stand;
      const { entities, entityAccounts } = store.tables;
      const id = stand.name('bkg');
      const subject = `bookings/${id}`;
      const entity = { kind: 'booking', id };
      const of = (n: number, over = {}) => eventOf(stand, { subject, entity, dataJson: `{"n":${n}}`, audience: ['acc_1'], ...over });
      await publish(stand, [of(1), of(2, { city: 'austin', audience: ['acc_1', 'acc_2'] }), of(3, { state: 'quarantined' })]);
      const read = async () => (await store.db.select().from(entities).where(eq(entities.id, `live:booking:${id}`)))[0]!;
      const two = await read();
      deepEqual([two.data, two.sequence, two.city, two.entityId, two.kind], [{ n: 2 }, 2, 'austin', id, 'booking']);
      await publish(stand, [of(4)]);
      deepEqual([(await read()).data, (await read()).sequence], [{ n: 4 }, 4]);
      // Another subject counts for itself: its low sequence is older than what the entity has.
      await publish(stand, [of(5, { subject: stand.name('bookings/other') })]);
      deepEqual((await read()).data, { n: 4 });
      const seen = await store.db.select().from(entityAccounts).where(like(entityAccounts.id, `%:live:booking:${id}`)).orderBy(asc(entityAccounts.id));
      deepEqual(seen, ['acc_1', 'acc_2'].map((account) => ({ id: `${account}:live:booking:${id}`, entity: `live:booking:${id}` })));
    },
  },
  {
    title: 'deliveries are written with their event, and only then',
    prove: async (stand) => {
      const { deliveries } = stand.store.tables;
      const sent = [
        deliveryOf(stand), deliveryOf(stand, { state: 'held', reason: 'paused', dueAtMs: null }),
        deliveryOf(stand, { state: 'leased', leaseId: 'lse_1', dueAtMs: atMs + 9, line: 'bookings/x' }),
      ];
      const refused = deliveryOf(stand);
      const event = eventOf(stand, { deliveries: sent, critical: true, env: 'test' });
      const version = await stand.store.version();
      const answer = await publish(stand, [event]);
      await stand.store.publish(receiptOf(stand), [
        { ...event, deliveries: [refused], matchedVersion: version }, eventOf(stand, { deliveries: [refused], matchedVersion: version - 1 }),
      ]);
      const ids = [...sent, refused].map((delivery) => delivery.id);
      const rows = await stand.store.db.select().from(deliveries).where(inArray(deliveries.id, ids)).orderBy(asc(deliveries.position));
      deepEqual(rows.map(({ position: _, ...row }) => row), sent.map((delivery) => ({
        id: delivery.id, env: 'test', eventPosition: answer.events[0]!.position, subscriptionId: delivery.subscriptionId, grantId: delivery.grantId,
        accountId: delivery.accountId, state: delivery.state, reason: delivery.reason, dueAt: delivery.dueAtMs === null ? null : new Date(delivery.dueAtMs),
        attempts: 0, tries: 0, leaseId: delivery.leaseId, mark: null, critical: true, line: delivery.line, sequence: 1, createdAt: new Date(atMs),
        updatedAt: new Date(atMs),
      })));
    },
  },
  {
    title: 'an event that matches too many leaves the task that expands it',
    prove: async (stand) => {
      const { tasks } = stand.store.tables;
      const event = eventOf(stand, { expandTaskId: stand.name('tsk') });
      const answer = await publish(stand, [event, eventOf(stand)]);
      const [task] = await stand.store.db.select().from(tasks).where(eq(tasks.id, event.expandTaskId!));
      deepEqual(task, {
        id: event.expandTaskId, kind: 'expand', subject: event.id, payload: { event: answer.events[0]!.position }, cursor: null, state: 'open', done: 0,
        dueAt: new Date(atMs), leaseId: null, failures: 0, error: null, createdAt: new Date(atMs), updatedAt: new Date(atMs),
      });
    },
  },
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
      equal((await stand.store.publish(receiptOf(stand, { idempotencyId: early }), [stale])).events[0]!.outcome, 'stale');
      equal((await publish(stand, [eventOf(stand)], { idempotencyId: early })).events[0]!.outcome, 'written');
      const late = await stand.store.publish(receiptOf(stand, { idempotencyId }), [stale]);
      deepEqual([late.events[0]!.outcome, late.claim?.eventIds], ['claimed', [events[0]!.id]]);
      // The holder itself may come again, as it does after `stale`.
      equal((await publish(stand, [events[2]!], { ...one, idempotencyId, fingerprint: 'one' })).events[0]!.outcome, 'written');
    },
  },
  {
    title: 'of rival receipts in one turn exactly one holds the idempotency key',
    prove: async (stand) => {
      const idempotencyId = stand.name('tok_1:key');
      const answers = await Promise.all(Array.from({ length: 4 }, () => publish(stand, [eventOf(stand)], { idempotencyId })));
      deepEqual(answers.map((answer) => answer.events[0]!.outcome).sort(), ['claimed', 'claimed', 'claimed', 'written']);
      deepEqual(answers.map((answer) => answer.claim === null).sort(), [false, false, false, true]);
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
      const outcomes = await Promise.allSettled([publish(stand, [one]), publish(stand, [typeless]), publish(stand, clash, { id: bad }), publish(stand, [two])]);
      deepEqual(outcomes.map((outcome) => outcome.status), ['fulfilled', 'rejected', 'rejected', 'fulfilled']);
      deepEqual(outcomes.map((outcome) => (outcome.status === 'rejected' ? stand.store.isConflict(outcome.reason) : null)), [null, false, true, null]);
      for (const outcome of outcomes) if (outcome.status === 'fulfilled') equal(outcome.value.events[0]!.outcome, 'written');
      const { db } = stand.store;
      deepEqual(await db.select().from(events).where(inArray(events.id, [typeless, ...clash].map((event) => event.id))), []);
      deepEqual(await db.select().from(receipts).where(eq(receipts.id, bad)), []);
      deepEqual(await db.select().from(subjects).where(eq(subjects.id, `live:${clash[0]!.subject}`)), []);
      equal((await db.select().from(tasks).where(eq(tasks.id, taken.expandTaskId!))).length, 1);
    },
  },
  {
    title: 'calls of one turn are answered each with its own events',
    prove: async (stand) => {
      const subject = stand.name('bookings/bkg');
      const calls = Array.from({ length: 20 }, (_, i) => Array.from({ length: 1 + (i % 3) }, () => eventOf(stand, { subject })));
      const answers = await Promise.all(calls.map((events) => publish(stand, events)));
      deepEqual(answers.map((answer) => answer.events.length), calls.map((events) => events.length));
      const sequences = answers.flatMap((answer) => answer.events.map((event) => event.sequence));
      deepEqual(sequences.toSorted((a, b) => a - b), sequences.map((_, i) => i + 1));
      notEqual(answers[0]!.events[0]!.position, 0);
    },
  },
  {
    title: 'a call of several megabytes is one write',
    prove: async (stand) => {
      const subject = stand.name('bookings/bkg');
      const text = 'ü"\\'.repeat(40_000);
      const big = (over = {}) => eventOf(stand, { subject, dataJson: JSON.stringify({ text }), deliveries: [deliveryOf(stand)], ...over });
      const taken = eventOf(stand, { expandTaskId: stand.name('tsk') });
      await publish(stand, [taken]);
      const events = Array.from({ length: 16 }, () => big());
      const outcome = await Promise.allSettled([publish(stand, [...events, big({ expandTaskId: taken.expandTaskId })])]);
      equal(outcome[0].status, 'rejected');
      const answer = await publish(stand, events);
      deepEqual(answer.events.map((event) => [event.outcome, event.sequence]), events.map((_, i) => ['written', i + 1]));
      const { deliveries } = stand.store.tables;
      const sent = await stand.store.db.select({ id: deliveries.id }).from(deliveries).where(inArray(deliveries.id, events.map((event) => event.deliveries[0]!.id)));
      equal(sent.length, 16);
    },
  },
];

async function feedOf(stand: Stand, accounts: string[], positions?: number[]): Promise<[string, number][]> {
  const { feed } = stand.store.tables;
  const rows = await stand.store.db.select().from(feed).where(inArray(feed.accountId, accounts)).orderBy(asc(feed.tx), asc(feed.position));
  return rows.filter((row) => !positions || positions.includes(row.eventPosition)).map((row) => [row.accountId, row.eventPosition]);
}
