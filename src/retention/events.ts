import { and, asc, eq, gt, inArray, lt, notExists, or, sql } from 'drizzle-orm';
import { expireHeld, isExpiredOfLate } from '#src/deliveries';
import { pause } from './pause.ts';
import { readMark, writeMark } from './marks.ts';
import type { Extent, Needs } from './purge.ts';

/** D1 binds at most 100 parameters a statement. */
const eventsPerLook = 90;
const deliveriesPerWrite = 90;
/** Of these nothing is under way, and nothing will be by itself. */
const finished = ['delivered', 'dead', 'cancelled'] as const;

export type PurgedEvents = { events: number; deliveries: number; heldExpired: number; last: number };

/**
 * Old events with their deliveries and attempts. One that still has a delivery under way, or a task that will make
 * some, stays whole until that has ended, however old; but being held is no way to stay for ever: what is held too long
 * dies first, and goes a week later. The one that tells a booking's current state stays without them.
 * What stays is not looked at again by every purge: a short one (`extent` new) begins where the last one ended.
 * `last`: the highest position that was looked at.
 */
export async function purgeEvents(ports: Needs, extent: Extent): Promise<PurgedEvents> {
  const { clock, settings } = ports;
  const before = new Date(clock.ms() - settings.keepEventsMs);
  const last = extent === 'all' ? 0 : await readMark(ports.store, 'events_upto');
  const total: PurgedEvents = { events: 0, deliveries: 0, heldExpired: 0, last };
  for (;;) {
    const page = await eventsAfter(ports, total.last);
    const old = page.filter((event) => event.acceptedAt < before);
    total.heldExpired += await expireHeld(
      ports,
      old.map(({ position }) => position),
      () => pause(clock),
    );
    const ended = await withoutWork(ports, old);
    total.deliveries += await purgeDeliveries(ports, ended);
    total.events += await deleteEvents(ports, ended);
    total.last = page.at(-1)?.position ?? total.last;
    if (old.length > 0 && old.length === page.length) await writeMark(ports.store, 'events_upto', total.last);
    // Positions grow with time: a page on which all are young is the end.
    if (page.length < eventsPerLook || old.length === 0) return total;
    await pause(clock);
  }
}

type OldEvent = { position: number; id: string; acceptedAt: Date };

function eventsAfter({ store }: Needs, after: number): Promise<OldEvent[]> {
  const { events } = store.tables;
  return store.db
    .select({ position: events.position, id: events.id, acceptedAt: events.acceptedAt })
    .from(events)
    .where(gt(events.position, after))
    .orderBy(asc(events.position))
    .limit(eventsPerLook);
}

async function withoutWork(ports: Needs, old: OldEvent[]): Promise<number[]> {
  if (old.length === 0) return [];
  const { store } = ports;
  const { deliveries, tasks } = store.tables;
  const positions = old.map((event) => event.position);
  const busy = await store.db
    .selectDistinct({ position: deliveries.eventPosition })
    .from(deliveries)
    .where(
      and(
        inArray(deliveries.eventPosition, positions),
        or(isUnfinished(deliveries.state), isExpiredOfLate(ports)),
      ),
    );
  const open = await store.db
    .select({ subject: tasks.subject })
    .from(tasks)
    .where(
      and(
        inArray(
          tasks.subject,
          old.map((event) => event.id),
        ),
        eq(tasks.state, 'open'),
      ),
    );
  const kept = new Set(busy.map((row) => row.position));
  const waiting = new Set(open.map((row) => row.subject));
  return old.filter(({ position, id }) => !kept.has(position) && !waiting.has(id)).map((e) => e.position);
}

const isUnfinished = (state: unknown) => sql`${state} not in ('delivered', 'dead', 'cancelled')`;

/** One that was retried in this very moment is under way again: its state is asked in the delete itself. */
async function purgeDeliveries(ports: Needs, positions: number[]): Promise<number> {
  if (positions.length === 0) return 0;
  const { store, clock } = ports;
  const { deliveries, attempts } = store.tables;
  const isEnded = and(inArray(deliveries.eventPosition, positions), inArray(deliveries.state, finished));
  for (let count = 0; ;) {
    const rows = await store.db
      .select({ id: deliveries.id })
      .from(deliveries)
      .where(isEnded)
      .limit(deliveriesPerWrite);
    if (rows.length === 0) return count;
    const ids = rows.map((row) => row.id);
    const [gone] = await store.write((db) => [
      db
        .delete(deliveries)
        .where(and(inArray(deliveries.id, ids), inArray(deliveries.state, finished)))
        .returning({ id: deliveries.id }),
      db
        .delete(attempts)
        .where(
          and(
            inArray(attempts.deliveryId, ids),
            notExists(
              db.select({ id: deliveries.id }).from(deliveries).where(eq(deliveries.id, attempts.deliveryId)),
            ),
          ),
        ),
    ]);
    count += gone.length;
    await pause(clock);
  }
}

/** Only where no delivery is left: a replay may have made one since. */
async function deleteEvents({ store }: Needs, positions: number[]): Promise<number> {
  if (positions.length === 0) return 0;
  const { events, deliveries, entities } = store.tables;
  const [gone] = await store.write((db) => [
    db
      .delete(events)
      .where(
        and(
          inArray(events.position, positions),
          notExists(
            db
              .select({ id: deliveries.id })
              .from(deliveries)
              .where(eq(deliveries.eventPosition, events.position)),
          ),
          notExists(
            db.select({ id: entities.id }).from(entities).where(eq(entities.eventPosition, events.position)),
          ),
        ),
      )
      .returning({ position: events.position }),
  ]);
  return gone.length;
}

/** Feed rows whose event has gone. They lie in the order of their events, so the walk ends behind `last`. */
export async function purgeFeed(ports: Needs, last: number, extent: Extent): Promise<number> {
  const { store, clock } = ports;
  const { feed, events } = store.tables;
  const hasEvent = sql`exists (select 1 from ${events} where ${events.position} = ${feed.eventPosition})`;
  const state = { after: extent === 'all' ? 0 : await readMark(store, 'feed_upto'), count: 0 };
  for (;;) {
    const page = await store.db
      .select({ position: feed.position, event: feed.eventPosition })
      .from(feed)
      .where(gt(feed.position, state.after))
      .orderBy(asc(feed.position))
      .limit(eventsPerLook * 10);
    const [first, end] = [page[0], page.at(-1)];
    if (!first || !end || page.every((row) => row.event > last)) return state.count;
    const [gone] = await store.write((db) => [
      db
        .delete(feed)
        .where(
          and(
            gt(feed.position, first.position - 1),
            lt(feed.position, end.position + 1),
            sql`not ${hasEvent}`,
          ),
        )
        .returning({ position: feed.position }),
    ]);
    state.count += gone.length;
    state.after = end.position;
    if (page.every((row) => row.event <= last)) await writeMark(store, 'feed_upto', end.position);
    await pause(clock);
  }
}
