import type Database from 'better-sqlite3';
import type { EventRecord, LeaseAsk, LeasedDelivery } from '#src/ports';
import { beforeInExpansion, eventOf } from '#src/store';
import { createRecordsInUse } from './records-in-use.ts';

type Due = Omit<LeasedDelivery, 'leaseId' | 'untilMs' | 'subscriptionId' | 'event'> & {
  position: number;
  eventPosition: number;
};

type Lease = { take(ask: LeaseAsk): LeasedDelivery[]; rolledBack(): void };

/**
 * Row by row, as publishing and settling are: what is due in a lane is read, and each taken by its place. It does what
 * `leaseStatements` (#src/store) does in sets for D1. Deliveries of one event share its record, over all lanes.
 */
export function createLease(file: Database.Database): Lease {
  const readDue = file.prepare(
    `SELECT f.position, f.id, f.grant_id AS grantId, f.account_id AS accountId, f.attempts, f.tries, f.line,
      f.event_position AS eventPosition
    FROM deliveries f WHERE f.subscription_id = ? AND f.due_at <= ?
      AND (f.line IS NULL OR (NOT EXISTS (
        SELECT 1 FROM deliveries h WHERE h.subscription_id = f.subscription_id AND h.line = f.line
          AND h.sequence < f.sequence AND h.state IN ('pending', 'leased', 'retrying', 'held'))
        AND NOT EXISTS (${beforeInExpansion})))
    ORDER BY f.due_at, f.position LIMIT ?`,
  );
  const mark = file.prepare(
    `UPDATE deliveries SET state = 'leased', lease_id = ?, due_at = ?, updated_at = ?, reason = 'leased' WHERE position = ?`,
  );
  const readEvent = file.prepare(
    `SELECT id AS eventId, env, type, schema_version AS schemaVersion, occurred_at AS occurredAtMs,
      accepted_at AS acceptedAtMs, city, subject, sequence, critical, audience, data FROM events WHERE position = ?`,
  );

  const records = createRecordsInUse();

  return { take, rolledBack: () => records.forget() };

  function take({ leaseId, nowMs, untilMs, lanes }: LeaseAsk): LeasedDelivery[] {
    const taken = lanes.flatMap(({ subscriptionId, room }) => {
      // The columns above, under the names of the type.
      const due = readDue.all(subscriptionId, nowMs, Math.max(0, room)) as Due[];
      return due.map(({ position, eventPosition, ...delivery }) => {
        mark.run(leaseId, untilMs, nowMs, position);
        const event = records.of(eventPosition, () => recordAt(eventPosition));
        return { position, leased: { ...delivery, leaseId, untilMs, subscriptionId, event } };
      });
    });
    return taken.sort((a, b) => a.position - b.position).map(({ leased }) => leased);
  }

  function recordAt(position: number): EventRecord {
    // A delivery's event is there: they are written together, and purged together.
    return eventOf(readEvent.get(position) as Record<string, unknown>, position);
  }
}
