/**
 * What is held is sent when what holds it ends, but it keeps no event for ever: once the event is as old as events are
 * kept, what is still held of it is dead, with a reason of its own. For a week more it is there to be seen and to be
 * retried; then it goes with its event, as everything does.
 */
import { and, eq, gte, inArray, notExists, type SQL } from 'drizzle-orm';
import type { Ports } from '#src/context';

type Needs = Pick<Ports, 'store' | 'clock' | 'settings'>;

/** D1 binds at most 100 parameters a statement. */
const deliveriesPerWrite = 80;
const expiredStayMs = 7 * 86_400_000;

const reason = 'held_too_long';

/** A hub that keeps events for less than a week keeps these no longer either. */
const expiredStayFor = ({ keepEventsMs }: Pick<Ports['settings'], 'keepEventsMs'>): number =>
  Math.min(expiredStayMs, keepEventsMs);

/** Of these old events. What its owner has just resumed is let go instead. Answers how many; `pause` stands between two writes. */
export async function expireHeld(
  { store, clock }: Needs,
  eventPositions: readonly number[],
  pause: () => Promise<void>,
): Promise<number> {
  if (eventPositions.length === 0) return 0;
  const { deliveries, tasks } = store.tables;
  const isResumed = store.db
    .select({ id: tasks.id })
    .from(tasks)
    .where(
      and(eq(tasks.subject, deliveries.subscriptionId), eq(tasks.kind, 'release'), eq(tasks.state, 'open')),
    );
  for (let count = 0; ;) {
    const rows = await store.db
      .select({ position: deliveries.position })
      .from(deliveries)
      .where(
        and(
          inArray(deliveries.eventPosition, [...eventPositions]),
          eq(deliveries.state, 'held'),
          notExists(isResumed),
        ),
      )
      .limit(deliveriesPerWrite);
    if (rows.length === 0) return count;
    const positions = rows.map(({ position }) => position);
    const [expired] = await store.write((db) => [
      db
        .update(deliveries)
        .set({ state: 'dead', reason, dueAt: null, updatedAt: clock.now() })
        .where(and(inArray(deliveries.position, positions), eq(deliveries.state, 'held')))
        .returning({ position: deliveries.position }),
    ]);
    count += expired.length;
    await pause();
  }
}

/** Those of which something was held too long, and which are still there to be seen. */
export function isExpiredOfLate({ store, clock, settings }: Needs): SQL | undefined {
  const { deliveries } = store.tables;
  return and(
    eq(deliveries.state, 'dead'),
    eq(deliveries.reason, reason),
    gte(deliveries.updatedAt, new Date(clock.ms() - expiredStayFor(settings))),
  );
}
