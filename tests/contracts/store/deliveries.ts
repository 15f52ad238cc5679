import { deepEqual, equal } from 'node:assert/strict';
import { eq } from 'drizzle-orm';
import {
  type Case,
  type Stand,
  atMs,
  deliveryOf,
  eventOf,
  fillLane,
  lease,
  leaseIds,
  publish,
  settlementOf,
} from './stand.ts';

/** What is due, who takes it, and for how long. */
export const deliveryCases: Case[] = [
  {
    title: 'a lease takes only what is due, oldest first, up to the room of each lane',
    prove: async (stand) => {
      const [one, two, three] = [stand.name('sub'), stand.name('sub'), stand.name('sub')];
      const a = await fillLane(stand, one, [atMs + 30, atMs + 10, atMs + 20, atMs + 5_000, null]);
      const b = await fillLane(stand, two, [atMs, atMs]);
      await fillLane(stand, three, [atMs]);
      deepEqual(
        new Set(
          await leaseIds(
            stand,
            [
              [one, 2],
              [two, 5],
            ],
            atMs + 100,
            atMs + 900,
          ),
        ),
        new Set([a[1], a[2], b[0], b[1]]),
      );
      deepEqual(
        await leaseIds(
          stand,
          [
            [one, 5],
            [two, 5],
          ],
          atMs + 100,
          atMs + 900,
        ),
        [a[0]],
      );
      deepEqual(
        await leaseIds(
          stand,
          [
            [one, 0],
            [three, -1],
          ],
          atMs + 100,
          atMs + 900,
        ),
        [],
      );
      deepEqual(await leaseIds(stand, [], atMs + 100, atMs + 900), []);
      deepEqual(await leaseIds(stand, [[stand.name('sub'), 3]], atMs + 100, atMs + 900), []);
    },
  },
  {
    title: 'a leased delivery brings all that sending needs to know',
    prove: async (stand) => {
      const delivery = deliveryOf(stand, { line: null });
      const event = eventOf(stand, {
        deliveries: [delivery],
        audience: ['acc_2', 'acc_1'],
        critical: true,
        city: null,
        schemaVersion: 3,
      });
      const { events } = await publish(stand, [eventOf(stand, { subject: event.subject }), event]);
      const [leased] = await lease(stand, [[delivery.subscriptionId, 1]], atMs, atMs + 7);
      equal(JSON.stringify(leased!.event.data), event.dataJson);
      deepEqual(leased, {
        id: delivery.id,
        leaseId: leased!.leaseId,
        untilMs: atMs + 7,
        subscriptionId: delivery.subscriptionId,
        grantId: delivery.grantId,
        accountId: delivery.accountId,
        attempts: 0,
        tries: 0,
        line: null,
        event: {
          position: events[1]!.position,
          id: event.id,
          env: 'live',
          type: event.type,
          schemaVersion: 3,
          occurredAtMs: atMs - 5,
          acceptedAtMs: atMs,
          city: null,
          subject: event.subject,
          sequence: 2,
          critical: true,
          audience: ['acc_2', 'acc_1'],
          data: JSON.parse(event.dataJson),
        },
      });
    },
  },
  {
    title: 'a leased delivery is left alone until its lease ends, then it is taken again',
    prove: async (stand) => {
      const lane = stand.name('sub');
      const [id] = await fillLane(stand, lane, [atMs]);
      deepEqual(await leaseIds(stand, [[lane, 1]], atMs, atMs + 100), [id]);
      deepEqual(await leaseIds(stand, [[lane, 1]], atMs + 99, atMs + 200), []);
      deepEqual(await leaseIds(stand, [[lane, 1]], atMs + 100, atMs + 200), [id]);
    },
  },
  {
    title: 'leases of one turn never share a delivery',
    prove: async (stand) => {
      const lane = stand.name('sub');
      const ids = await fillLane(
        stand,
        lane,
        Array.from({ length: 12 }, () => atMs),
      );
      const taken = await Promise.all([1, 2, 3, 4].map(() => leaseIds(stand, [[lane, 3]], atMs, atMs + 100)));
      deepEqual(taken.flat().sort(), ids.sort());
    },
  },
  {
    title: 'of an ordered line only the head is taken, and the next after it is settled',
    prove: async (stand) => {
      const lane = stand.name('sub');
      const ids = await fillLane(stand, lane, [atMs + 3, atMs + 2, atMs + 1], { line: stand.name('line') });
      const free = await fillLane(stand, lane, [atMs + 4]);
      const [first, ...others] = await lease(stand, [[lane, 9]], atMs + 10, atMs + 100);
      deepEqual(new Set([first!.id, ...others.map((each) => each.id)]), new Set([ids[0], free[0]]));
      deepEqual(await leaseIds(stand, [[lane, 9]], atMs + 10, atMs + 100), []);
      // A retry holds its line, though it is not due.
      await stand.store.settle([settlementOf(stand, first!, { state: 'retrying', dueAtMs: atMs + 500 })]);
      deepEqual(await leaseIds(stand, [[lane, 9]], atMs + 50, atMs + 150), []);
      const [head] = await lease(stand, [[lane, 9]], atMs + 500, atMs + 600);
      equal(head!.id, ids[0]);
      // A head that died releases its line.
      await stand.store.settle([settlementOf(stand, head!, { state: 'dead', reason: 'exhausted' })]);
      deepEqual(await leaseIds(stand, [[lane, 1]], atMs + 500, atMs + 600), [ids[1]]);
    },
  },
  {
    title: 'an ordered line waits for an earlier event that is still being expanded, and for no other',
    prove: async (stand) => {
      const [lane, subject, task] = [stand.name('sub'), stand.name('bookings/line'), stand.name('tsk')];
      const inLine = (env: 'live' | 'test' = 'live') => {
        const delivery = deliveryOf(stand, { subscriptionId: lane, line: subject });
        return { id: delivery.id, event: eventOf(stand, { env, subject, deliveries: [delivery] }) };
      };
      const [first, second, apart] = [inLine(), inLine(), inLine('test')];
      const large = eventOf(stand, { subject, expandTaskId: task });
      await publish(stand, [first.event, large, second.event, apart.event]);
      const leased = await lease(stand, [[lane, 9]], atMs + 10, atMs + 100);
      deepEqual(new Set(leased.map(({ id }) => id)), new Set([first.id, apart.id]));
      await stand.store.settle(leased.map((one) => settlementOf(stand, one)));
      deepEqual(await leaseIds(stand, [[lane, 9]], atMs + 10, atMs + 100), []);
      const { tasks } = stand.store.tables;
      await stand.store.write((db) => [
        db.update(tasks).set({ state: 'done', dueAt: null }).where(eq(tasks.id, task)),
      ]);
      deepEqual(await leaseIds(stand, [[lane, 9]], atMs + 10, atMs + 100), [second.id]);
    },
  },
  {
    title: 'one blocked line does not use up the room of its lane',
    prove: async (stand) => {
      const lane = stand.name('sub');
      const line = stand.name('line');
      const [head] = await fillLane(stand, lane, [null, atMs, atMs, atMs], { line });
      const [free] = await fillLane(stand, lane, [atMs + 1]);
      equal(typeof head, 'string');
      deepEqual(await leaseIds(stand, [[lane, 1]], atMs + 10, atMs + 100), [free]);
    },
  },
  {
    title: 'a renewal is fenced: only the holder of a lease moves its end',
    prove: async (stand) => {
      const lane = stand.name('sub');
      await fillLane(stand, lane, [atMs, atMs]);
      const [one, two] = await lease(stand, [[lane, 2]], atMs, atMs + 100);
      const held = await stand.store.renew(
        [one!, { id: two!.id, leaseId: 'lse_other' }, { id: 'dlv_none', leaseId: one!.leaseId }],
        atMs + 300,
      );
      deepEqual([...held], [one!.id]);
      deepEqual(await leaseIds(stand, [[lane, 2]], atMs + 100, atMs + 200), [two!.id]);
      await stand.store.settle([settlementOf(stand, one!)]);
      deepEqual([...(await stand.store.renew([one!], atMs + 900))], []);
      deepEqual([...(await stand.store.renew([], atMs + 900))], []);
    },
  },
  {
    title: 'due lanes are found once each, in order, from a place and up to a number, over hundreds of lanes',
    prove: async (stand) => {
      const [first, due] = [stand.name('sub'), [] as string[]];
      const events = Array.from({ length: 300 }, (_, i) => {
        const lane = stand.name('sub');
        const dueAtMs = [atMs, atMs + 5_000, null][i % 3]!;
        if (i % 3 === 0) due.push(lane);
        return eventOf(stand, {
          deliveries: [1, 2].map(() => deliveryOf(stand, { subscriptionId: lane, dueAtMs })),
        });
      });
      await publish(stand, events);
      const last = stand.name('sub');
      deepEqual(
        (await lanesFrom(stand, first, 1_000)).filter((lane) => lane < last),
        due,
      );
      deepEqual(await lanesFrom(stand, first, 7), due.slice(0, 7));
      deepEqual(await lanesFrom(stand, due[40]!, 3), due.slice(41, 44));
      deepEqual(await lanesFrom(stand, 'sub_~', 10), []);
    },
  },
  {
    title: 'lanes that wait do not hide a due one behind them',
    prove: async (stand) => {
      const first = stand.name('sub');
      const waiting = Array.from({ length: 60 }, () =>
        eventOf(stand, {
          deliveries: [deliveryOf(stand, { subscriptionId: stand.name('sub'), dueAtMs: atMs + 9_000 })],
        }),
      );
      const due = stand.name('sub');
      await publish(stand, [
        ...waiting,
        eventOf(stand, { deliveries: [deliveryOf(stand, { subscriptionId: due })] }),
      ]);
      deepEqual(await lanesFrom(stand, first, 1), [due]);
    },
  },
  {
    title: 'a lane whose deliveries are all finished is not due',
    prove: async (stand) => {
      const [before, lane] = [stand.name('sub'), stand.name('sub')];
      const [id] = await fillLane(stand, lane, [atMs]);
      const { deliveries } = stand.store.tables;
      equal((await lanesFrom(stand, before, 1))[0], lane);
      await stand.store.write((db) => [
        db.update(deliveries).set({ dueAt: null, state: 'cancelled' }).where(eq(deliveries.id, id!)),
      ]);
      equal((await lanesFrom(stand, before, 1)).includes(lane), false);
    },
  },
];

const lanesFrom = (stand: Stand, after: string, limit: number) =>
  stand.store.dueLanes(atMs + 10, after, limit);
