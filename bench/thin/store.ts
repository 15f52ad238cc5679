import Database from 'better-sqlite3';

/** The thin pipeline's tables and its one write: everything that a turn of the event loop brought, or nothing. */
export type EventRow = { id: string; type: string; subject: string; body: string; acceptedAt: number };
export type DeliveryRow = {
  id: string;
  eventId: string;
  subscriptionId: number;
  state: 'leased' | 'pending' | 'held';
};
export type AttemptRow = {
  deliveryId: string;
  subscriptionId: number;
  number: number;
  status: number;
  at: number;
  retryAt: number | null;
};
export type LeaseWish = { subscriptionId: number; limit: number };
export type LeasedRow = { id: string; body: string; attempts: number; subscriptionId: number };
export type Turn = {
  events: EventRow[];
  deliveries: DeliveryRow[];
  attempts: AttemptRow[];
  leases: LeaseWish[];
};

export type ThinStore = {
  commit(turn: Turn): LeasedRow[];
  release(subscriptionId: number): void;
  close(): void;
};

const TABLES = `
CREATE TABLE IF NOT EXISTS events (
  id TEXT PRIMARY KEY, type TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, accepted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS deliveries (
  id TEXT PRIMARY KEY, event_id TEXT NOT NULL, subscription_id INTEGER NOT NULL, state TEXT NOT NULL,
  attempts INTEGER NOT NULL, due_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (subscription_id, due_at) WHERE state = 'pending';
CREATE TABLE IF NOT EXISTS attempts (
  position INTEGER PRIMARY KEY, delivery_id TEXT NOT NULL, number INTEGER NOT NULL, status INTEGER NOT NULL, at INTEGER NOT NULL
) STRICT;`;

export function openThinStore(file: string): ThinStore {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  // After WAL, which sets NORMAL in better-sqlite3 13.
  db.pragma('synchronous = FULL');
  if (db.pragma('synchronous', { simple: true }) !== 2) throw new Error('synchronous is not FULL');
  db.exec(TABLES);
  // What was leased by a process that died is due again.
  db.exec("UPDATE deliveries SET state = 'pending', due_at = 0 WHERE state = 'leased'");

  const insertEvent = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?)');
  const insertDelivery = db.prepare('INSERT INTO deliveries VALUES (?, ?, ?, ?, 0, ?)');
  const insertAttempt = db.prepare(
    'INSERT INTO attempts (delivery_id, number, status, at) VALUES (?, ?, ?, ?)',
  );
  const settle = db.prepare('UPDATE deliveries SET state = ?, attempts = ?, due_at = ? WHERE id = ?');
  const lease = db.prepare<[number, number, number], Omit<LeasedRow, 'body'> & { event_id: string }>(`
    UPDATE deliveries SET state = 'leased' WHERE id IN (
      SELECT id FROM deliveries WHERE subscription_id = ? AND state = 'pending' AND due_at <= ? ORDER BY due_at LIMIT ?
    ) RETURNING id, event_id, attempts, subscription_id AS subscriptionId`);
  const bodyOf = db.prepare<[string], { body: string }>('SELECT body FROM events WHERE id = ?');
  const releaseHeld = db.prepare(
    "UPDATE deliveries SET state = 'pending', due_at = 0 WHERE subscription_id = ? AND state = 'held'",
  );

  const commit = db.transaction((turn: Turn): LeasedRow[] => {
    for (const one of turn.events) insertEvent.run(one.id, one.type, one.subject, one.body, one.acceptedAt);
    for (const one of turn.deliveries) {
      insertDelivery.run(
        one.id,
        one.eventId,
        one.subscriptionId,
        one.state,
        one.state === 'pending' ? 0 : null,
      );
    }
    for (const one of turn.attempts) {
      insertAttempt.run(one.deliveryId, one.number, one.status, one.at);
      settle.run(stateAfter(one), one.number, one.retryAt, one.deliveryId);
    }
    const now = Date.now();
    return turn.leases.flatMap((wish) =>
      lease
        .all(wish.subscriptionId, now, wish.limit)
        .map((row) => ({ ...row, body: bodyOf.get(row.event_id)?.body ?? '' })),
    );
  });

  return {
    commit,
    release: (subscriptionId) => {
      releaseHeld.run(subscriptionId);
    },
    close: () => {
      db.close();
    },
  };
}

function stateAfter(attempt: AttemptRow): string {
  if (attempt.status >= 200 && attempt.status < 300) return 'delivered';
  return attempt.retryAt === null ? 'dead' : 'pending';
}
