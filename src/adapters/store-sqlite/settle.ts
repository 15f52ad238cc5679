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
    VALUES (?1, ?2, (SELECT attempts FROM deliveries WHERE id = ?2), ?3, ?4, ?5, ?6, ?7, ?8, ?9)`,
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
      if (s.attempt) insertAttempt.run(numbered(s.mark, s.deliveryId, s.attempt));
    }
    return written;
  };
}

/** better-sqlite3 takes `?2` for a name, so that one value can stand in two places. */
const numbered = (mark: string, deliveryId: string, attempt: NonNullable<Settlement['attempt']>) => ({
  1: mark,
  2: deliveryId,
  3: attempt.startedAtMs,
  4: attempt.durationMs,
  5: attempt.outcome,
  6: attempt.status,
  7: attempt.stage,
  8: attempt.detail,
  9: attempt.answer,
});
