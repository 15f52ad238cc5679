import type Database from 'better-sqlite3';
import type { Settlement } from '#src/ports';

/**
 * Row by row, as publishing is. First the state, fenced by the lease; where that wrote nothing the lease is lost, and
 * its attempt is not written either. Answers the delivery ids that were written.
 */
export function createSettle(file: Database.Database): (settlements: Settlement[]) => Set<string> {
  const settle = file.prepare(
    `UPDATE deliveries SET state = ?, reason = ?, due_at = ?, updated_at = ?, mark = ?, lease_id = NULL,
      attempts = attempts + ?, tries = tries + ?
    WHERE id = ? AND lease_id = ? AND state = 'leased'`,
  );
  const insertAttempt = file.prepare(
    `INSERT INTO attempts (id, delivery_id, number, started_at, duration_ms, outcome, status, stage, detail, answer)
    VALUES (?, ?, (SELECT attempts FROM deliveries WHERE id = ?), ?, ?, ?, ?, ?, ?, ?)`,
  );
  return (settlements) => {
    const written = new Set<string>();
    for (const s of settlements) {
      const tried = s.attempt ? 1 : 0;
      const { changes } = settle.run(
        s.state,
        s.reason,
        s.dueAtMs,
        s.nowMs,
        s.mark,
        tried,
        tried,
        s.deliveryId,
        s.leaseId,
      );
      if (changes === 0) continue;
      written.add(s.deliveryId);
      if (s.attempt) writeAttempt(s.mark, s.deliveryId, s.attempt);
    }
    return written;
  };

  function writeAttempt(mark: string, id: string, attempt: NonNullable<Settlement['attempt']>): void {
    const { startedAtMs, durationMs, outcome, status, stage, detail, answer } = attempt;
    // By place: names would be bound by an object made for each.
    insertAttempt.run(mark, id, id, startedAtMs, durationMs, outcome, status, stage, detail, answer);
  }
}
