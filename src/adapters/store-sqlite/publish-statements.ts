import type Database from 'better-sqlite3';
import { createInsert } from './insert-rows.ts';

/** All that publishing asks of SQLite, prepared once. */
export const prepareStatements = (file: Database.Database) => ({
  version: file.prepare(`SELECT value FROM marks WHERE name = 'subscriptions'`).pluck(),
  insertReceipts: createInsert(
    file,
    `INSERT INTO receipts (id, token_id, received_at, body)`,
    `(?, ?, ?, ?)`,
    `ON CONFLICT (id) DO NOTHING`,
  ),
  insertClaim: file.prepare(
    `INSERT INTO idempotency (id, fingerprint, receipt_id, created_at, event_ids) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  ),
  readClaim: file.prepare(
    `SELECT fingerprint, receipt_id AS receiptId, event_ids AS eventIds FROM idempotency WHERE id = ?`,
  ),
  readEvent: file.prepare(
    `SELECT position, sequence, state, fingerprint, receipt_id AS receiptId, receipt_index AS receiptIndex FROM events WHERE id = ?`,
  ),
  lastSequence: file.prepare(`SELECT last_sequence FROM subjects WHERE id = ?`).pluck(),
  raiseSequences: createInsert(
    file,
    `INSERT INTO subjects (id, last_sequence)`,
    `(?, ?)`,
    `ON CONFLICT (id) DO UPDATE SET last_sequence = excluded.last_sequence`,
  ),
  insertEvent: file.prepare(
    `INSERT INTO events (id, env, type, schema_version, stream, occurred_at, accepted_at, city, subject, audience, data,
      state, reasons, fingerprint, receipt_id, receipt_index, token_id, critical, sequence)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  ),
  insertFeed: createInsert(file, `INSERT INTO feed (tx, account_id, event_position)`, `(0, ?, ?)`),
  // Two look-ups: as one join they cost eight times as much.
  newestOfEntity: file.prepare(`SELECT event_position FROM entities WHERE id = ?`).pluck(),
  audienceOf: file.prepare(`SELECT audience FROM events WHERE position = ?`).pluck(),
  insertEntityAccounts: createInsert(
    file,
    `INSERT INTO entity_accounts (id, entity)`,
    `(?, ?)`,
    `ON CONFLICT (id) DO NOTHING`,
  ),
  upsertEntities: createInsert(
    file,
    `INSERT INTO entities (id, kind, entity_id, sequence, event_position, updated_at)`,
    `(?, ?, ?, ?, ?, ?)`,
    `ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, event_position = excluded.event_position, updated_at = excluded.updated_at
    WHERE excluded.sequence > entities.sequence`,
  ),
  insertDeliveries: createInsert(
    file,
    `INSERT INTO deliveries (id, env, event_position, subscription_id, grant_id, account_id, state, reason, due_at,
      attempts, tries, lease_id, critical, line, sequence, created_at, updated_at)`,
    `(?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?)`,
    `ON CONFLICT DO NOTHING`,
  ),
  insertExpansion: file.prepare(
    `INSERT INTO tasks (id, kind, subject, payload, state, done, due_at, failures, created_at, updated_at)
    VALUES (?, 'expand', ?, json_object('event', ?), 'open', 0, ?, 0, ?, ?)`,
  ),
});
