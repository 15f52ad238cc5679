import type { NewEvent, NewReceipt } from '#src/ports';
import { splitBySize } from './split.ts';
import { type HotStatement, versionStatement } from './sqlite.ts';

/**
 * Publishing in SQLite's SQL: receipt, event, sequence, feed, read model, deliveries and expansion in one write. A row
 * that was inserted by this very call is told from an older one by its receipt: a retry has another.
 */
// `?1` here are the short rows of `keysOf`: the statements after the first need no more of an event than its keys.
const writtenHere = `json_each(?1) r CROSS JOIN events e ON e.id = r.value ->> 0 AND e.receipt_id = r.value ->> 1 AND e.receipt_index = r.value ->> 2`;

const insertReceipts = `INSERT INTO receipts (id, token_id, received_at, body)
  SELECT r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3 FROM json_each(?1) r WHERE true
  ON CONFLICT (id) DO NOTHING`;

// Guarded like the events themselves: a claim without its events would answer "duplicate" for what never was.
const insertClaims = `INSERT INTO idempotency (id, fingerprint, receipt_id, created_at, event_ids)
  SELECT r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3, r.value ->> 4 FROM json_each(?1) r
  WHERE (r.value ->> 5 IS NULL OR (SELECT value FROM marks WHERE name = 'subscriptions') = r.value ->> 5)
  ON CONFLICT (id) DO NOTHING`;

const insertEvents = `INSERT INTO events (id, env, type, schema_version, stream, occurred_at, accepted_at, city, subject,
    audience, data, state, reasons, fingerprint, receipt_id, receipt_index, token_id, critical, sequence)
  SELECT r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3, r.value ->> 4, r.value ->> 5, r.value ->> 6,
    r.value ->> 7, r.value ->> 8, r.value ->> 9, r.value ->> 10, r.value ->> 11, r.value ->> 12, r.value ->> 13,
    r.value ->> 14, r.value ->> 15, r.value ->> 16, r.value ->> 17,
    coalesce((SELECT last_sequence FROM subjects WHERE id = r.value ->> 20), 0)
      + row_number() OVER (PARTITION BY r.value ->> 20 ORDER BY r.key)
  FROM json_each(?1) r
  WHERE (r.value ->> 18 IS NULL OR (SELECT value FROM marks WHERE name = 'subscriptions') = r.value ->> 18)
    AND (r.value ->> 19 IS NULL OR EXISTS (
      SELECT 1 FROM idempotency i WHERE i.id = r.value ->> 19 AND i.receipt_id = r.value ->> 14))
  ON CONFLICT (id) DO NOTHING`;

const raiseSequences = `INSERT INTO subjects (id, last_sequence)
  SELECT r.value ->> 3, max(e.sequence) FROM ${writtenHere} WHERE true GROUP BY r.value ->> 3
  ON CONFLICT (id) DO UPDATE SET last_sequence = max(last_sequence, excluded.last_sequence)`;

const insertFeed = `INSERT INTO feed (tx, account_id, event_position)
  SELECT 0, a.value, e.position FROM ${writtenHere} CROSS JOIN json_each(e.audience) a WHERE e.state = 'accepted'`;

const insertDeliveries = `INSERT INTO deliveries (id, env, event_position, subscription_id, grant_id, account_id, state,
    reason, due_at, attempts, tries, lease_id, critical, line, sequence, created_at, updated_at)
  SELECT d.value ->> 0, e.env, e.position, d.value ->> 3, d.value ->> 4, d.value ->> 5, d.value ->> 6, d.value ->> 7,
    d.value ->> 8, 0, 0, d.value ->> 9, e.critical, d.value ->> 10, e.sequence, e.accepted_at, e.accepted_at
  FROM json_each(?1) d CROSS JOIN events e ON e.id = d.value ->> 1 AND e.receipt_id = d.value ->> 2 AND e.receipt_index = d.value ->> 11
  WHERE true ON CONFLICT DO NOTHING`;

const upsertEntities = `INSERT INTO entities (id, kind, entity_id, sequence, event_position, updated_at)
  SELECT r.value ->> 6, r.value ->> 4, r.value ->> 5, e.sequence, e.position, e.accepted_at
  FROM ${writtenHere} WHERE e.state = 'accepted' AND r.value ->> 4 IS NOT NULL ORDER BY e.position
  ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, event_position = excluded.event_position, updated_at = excluded.updated_at
  WHERE excluded.sequence > entities.sequence`;

// Most events of an entity have the audience of the one before: only a new audience is written. Comes before the upsert.
const insertEntityAccounts = `INSERT INTO entity_accounts (id, entity)
  SELECT a.value || ':' || (r.value ->> 6), r.value ->> 6
  FROM ${writtenHere} CROSS JOIN json_each(e.audience) a
  WHERE e.state = 'accepted' AND r.value ->> 4 IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM entities n JOIN events p ON p.position = n.event_position WHERE n.id = r.value ->> 6 AND p.audience = e.audience)
  ON CONFLICT (id) DO NOTHING`;

const insertExpansions = `INSERT INTO tasks (id, kind, subject, payload, state, done, due_at, failures, created_at, updated_at)
  SELECT r.value ->> 7, 'expand', e.id, json_object('event', e.position), 'open', 0, e.accepted_at, 0, e.accepted_at, e.accepted_at
  FROM ${writtenHere} WHERE r.value ->> 7 IS NOT NULL`;

const readPublished = `SELECT e.id, e.position, e.sequence, e.state, e.fingerprint, e.receipt_id AS receiptId, e.receipt_index AS receiptIndex
  FROM json_each(?1) r CROSS JOIN events e ON e.id = r.value`;

const readClaims = `SELECT i.id, i.fingerprint, i.receipt_id AS receiptId, i.event_ids AS eventIds FROM json_each(?1) r CROSS JOIN idempotency i ON i.id = r.value`;

/**
 * In this order, as one write. The last three are reads whose rows `publishAnswers` takes. Where the database bounds
 * a value (`maxBytes`), a batch is written in pieces, one after the other: the next piece sees the raised sequences.
 */
export function publishStatements(
  calls: { receipt: NewReceipt; events: NewEvent[] }[],
  maxBytes = Infinity,
): HotStatement[] {
  const events: unknown[] = [];
  const keys: unknown[] = [];
  const deliveries: unknown[] = [];
  const receipts: unknown[] = [];
  const claims: unknown[] = [];
  const ids: string[] = [];
  let hasEntity = false;
  let hasExpansion = false;
  for (const { receipt, events: rows } of calls) {
    receipts.push([receipt.id, receipt.tokenId, receipt.receivedAtMs, receipt.body]);
    if (receipt.idempotencyId !== null) {
      const eventIds = JSON.stringify(rows.map((event) => event.id));
      claims.push([
        receipt.idempotencyId,
        receipt.fingerprint,
        receipt.id,
        receipt.receivedAtMs,
        eventIds,
        rows[0]?.matchedVersion ?? null,
      ]);
    }
    rows.forEach((event, index) => {
      ids.push(event.id);
      hasEntity ||= event.entity !== null;
      hasExpansion ||= event.expandTaskId !== null;
      events.push([
        event.id,
        event.env,
        event.type,
        event.schemaVersion,
        event.stream,
        event.occurredAtMs,
        event.acceptedAtMs, // 0–6
        event.city,
        event.subject,
        JSON.stringify(event.audience),
        event.dataJson,
        event.state,
        event.reasonsJson, // 7–12
        event.fingerprint,
        receipt.id,
        index,
        receipt.tokenId,
        event.critical ? 1 : 0,
        event.matchedVersion, // 13–18
        receipt.idempotencyId,
        `${event.env}:${event.subject}`, // 19–20
      ]);
      keys.push(keysOf(event, receipt.id, index));
      for (const d of event.deliveries) {
        deliveries.push([
          d.id,
          event.id,
          receipt.id,
          d.subscriptionId,
          d.grantId,
          d.accountId,
          d.state,
          d.reason,
          d.dueAtMs,
          d.leaseId,
          d.line,
          index,
        ]);
      }
    });
  }
  const statements: HotStatement[] = [{ sql: insertReceipts, params: [JSON.stringify(receipts)] }];
  if (claims.length > 0) statements.push({ sql: insertClaims, params: [JSON.stringify(claims)] });
  let done = 0;
  for (const piece of splitBySize(events, maxBytes)) {
    const params = [JSON.stringify(keys.slice(done, done + piece.length))];
    done += piece.length;
    statements.push(
      { sql: insertEvents, params: [JSON.stringify(piece)] },
      { sql: raiseSequences, params },
      { sql: insertFeed, params },
    );
    if (hasEntity) statements.push({ sql: insertEntityAccounts, params }, { sql: upsertEntities, params });
    if (hasExpansion) statements.push({ sql: insertExpansions, params });
  }
  for (const piece of splitBySize(deliveries, maxBytes))
    statements.push({ sql: insertDeliveries, params: [JSON.stringify(piece)] });
  statements.push(
    { sql: readPublished, params: [JSON.stringify(ids)] },
    { sql: readClaims, params: [JSON.stringify(claims.map((claim) => (claim as unknown[])[0]))] },
    versionStatement,
  );
  return statements;
}

/** Places 0 to 7: id, receipt, index in it, subject's key, entity's kind, id and key, task. */
const keysOf = (event: NewEvent, receiptId: string, index: number): unknown[] => [
  event.id,
  receiptId,
  index,
  `${event.env}:${event.subject}`,
  event.entity?.kind ?? null,
  event.entity?.id ?? null,
  event.entity ? `${event.env}:${event.entity.kind}:${event.entity.id}` : null,
  event.expandTaskId,
];
