import { deepEqual } from 'node:assert/strict';
import { asc, eq, inArray, like } from 'drizzle-orm';
import { type Case, type Stand, atMs, deliveryOf, eventOf, publish, receiptOf } from './stand.ts';

/** What an accepted event brings with it: feed, entity, deliveries, task. */
export const publishEffectCases: Case[] = [
  {
    title: 'the feed shows an accepted event to each of its audience, a quarantined one to nobody',
    prove: async (stand) => {
      const [one, two] = [stand.name('acc'), stand.name('acc')];
      const answer = await publish(stand, [
        eventOf(stand, { audience: [one, two] }),
        eventOf(stand, { audience: [one], state: 'quarantined' }),
        eventOf(stand, { audience: [one] }),
      ]);
      const [first, , third] = answer.events.map((event) => event.position);
      deepEqual(await feedOf(stand, [one, two]), [
        [one, first],
        [two, first],
        [one, third],
      ]);
    },
  },
  {
    title: 'an entity shows its newest sequence; an old event that comes late changes nothing',
    prove: async (stand) => {
      const { store } = stand;
      const { entities, entityAccounts, events } = store.tables;
      const id = stand.name('bkg');
      const subject = `bookings/${id}`;
      const entity = { kind: 'booking', id };
      const of = (n: number, over = {}) =>
        eventOf(stand, { subject, entity, dataJson: `{"n":${n}}`, audience: ['acc_1'], ...over });
      await publish(stand, [
        of(1),
        of(2, { city: 'austin', audience: ['acc_1', 'acc_2'] }),
        of(3, { state: 'quarantined' }),
      ]);
      const read = async () =>
        (
          await store.db
            .select({
              sequence: entities.sequence,
              entityId: entities.entityId,
              kind: entities.kind,
              data: events.data,
            })
            .from(entities)
            .innerJoin(events, eq(events.position, entities.eventPosition))
            .where(eq(entities.id, `live:booking:${id}`))
        )[0]!;
      const two = await read();
      deepEqual([two.data, two.sequence, two.entityId, two.kind], [{ n: 2 }, 2, id, 'booking']);
      await publish(stand, [of(4)]);
      deepEqual([(await read()).data, (await read()).sequence], [{ n: 4 }, 4]);
      // Another subject counts for itself: its low sequence is older than what the entity has.
      await publish(stand, [of(5, { subject: stand.name('bookings/other') })]);
      deepEqual((await read()).data, { n: 4 });
      const seen = await store.db
        .select()
        .from(entityAccounts)
        .where(like(entityAccounts.id, `%:live:booking:${id}`))
        .orderBy(asc(entityAccounts.id));
      deepEqual(
        seen,
        ['acc_1', 'acc_2'].map((account) => ({
          id: `${account}:live:booking:${id}`,
          entity: `live:booking:${id}`,
        })),
      );
    },
  },
  {
    title: 'deliveries are written with their event, and only then',
    prove: async (stand) => {
      const { deliveries } = stand.store.tables;
      const sent = [
        deliveryOf(stand),
        deliveryOf(stand, { state: 'held', reason: 'paused', dueAtMs: null }),
        deliveryOf(stand, { state: 'leased', leaseId: 'lse_1', dueAtMs: atMs + 9, line: 'bookings/x' }),
      ];
      const refused = deliveryOf(stand);
      const event = eventOf(stand, { deliveries: sent, critical: true, env: 'test' });
      const version = await stand.store.version();
      const answer = await publish(stand, [event]);
      await stand.store.publish(receiptOf(stand), [
        { ...event, deliveries: [refused], matchedVersion: version },
        eventOf(stand, { deliveries: [refused], matchedVersion: version - 1 }),
      ]);
      const ids = [...sent, refused].map((delivery) => delivery.id);
      const rows = await stand.store.db
        .select()
        .from(deliveries)
        .where(inArray(deliveries.id, ids))
        .orderBy(asc(deliveries.position));
      deepEqual(
        rows.map(({ position: _, ...row }) => row),
        sent.map((delivery) => ({
          id: delivery.id,
          env: 'test',
          eventPosition: answer.events[0]!.position,
          subscriptionId: delivery.subscriptionId,
          grantId: delivery.grantId,
          accountId: delivery.accountId,
          state: delivery.state,
          reason: delivery.reason,
          dueAt: delivery.dueAtMs === null ? null : new Date(delivery.dueAtMs),
          attempts: 0,
          tries: 0,
          leaseId: delivery.leaseId,
          mark: null,
          critical: true,
          line: delivery.line,
          sequence: 1,
          createdAt: new Date(atMs),
          updatedAt: new Date(atMs),
        })),
      );
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
        id: event.expandTaskId,
        kind: 'expand',
        subject: event.id,
        payload: { event: answer.events[0]!.position },
        cursor: null,
        state: 'open',
        done: 0,
        dueAt: new Date(atMs),
        leaseId: null,
        failures: 0,
        error: null,
        createdAt: new Date(atMs),
        updatedAt: new Date(atMs),
      });
    },
  },
];

export async function feedOf(
  stand: Stand,
  accounts: string[],
  positions?: number[],
): Promise<[string, number][]> {
  const { feed } = stand.store.tables;
  const rows = await stand.store.db
    .select()
    .from(feed)
    .where(inArray(feed.accountId, accounts))
    .orderBy(asc(feed.tx), asc(feed.position));
  return rows
    .filter((row) => !positions || positions.includes(row.eventPosition))
    .map((row) => [row.accountId, row.eventPosition]);
}
