import { and, eq, gt, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Db, EventRecord } from '#src/ports';

/** A row where the RFP of this broadcast has been withdrawn since: what its last event says. */
export function withdrawalOf({ store }: Pick<Ports, 'store'>, db: Db, event: EventRecord) {
  const { entities, events } = store.tables;
  return db
    .select({ one: sql`1` })
    .from(entities)
    .innerJoin(events, eq(events.position, entities.eventPosition))
    .where(
      and(
        eq(entities.id, `${event.env}:rfp:${String(event.data['rfp_id'])}`),
        eq(events.type, 'rfp.withdrawn'),
        gt(events.sequence, event.sequence),
      ),
    );
}

/** Asked before an attempt: one that waited in a lane was past the reach of the withdrawal itself. */
export function isWithdrawn(ports: Pick<Ports, 'store'>, event: EventRecord): boolean | Promise<boolean> {
  if (event.type !== 'rfp.broadcast') return false;
  return withdrawalOf(ports, ports.store.db, event).then((rows) => rows.length > 0);
}
