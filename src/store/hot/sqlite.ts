import type { Env, LeaseAsk, NewEvent, NewReceipt, Settlement } from '#src/ports';
import { splitBySize } from './split.ts';

/**
 * The hot four in SQLite's SQL, for better-sqlite3 and D1 alike: each statement takes a whole batch as one JSON
 * parameter (D1 binds at most 100 a statement). Rows travel as arrays; the numbers beside `->>` are places in
 * them, named where the arrays are made.
 *
 * A row that was inserted by this very call is told from an older one by its receipt: a retry has another.
 */
export type HotStatement = { sql: string; params: (string | number)[] };

// `?1` here are the short rows of `keysOf`: the statements after the first need no more of an event than its keys.
const writtenHere = `json_each(?1) r CROSS JOIN events e ON e.id = r.value ->> 0 AND e.receipt_id = r.value ->> 1 AND e.receipt_index = r.value ->> 2`;

const insertReceipts = `INSERT INTO receipts (id, token_id, received_at, body)
  SELECT r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3 FROM json_each(?1) r WHERE true
  ON CONFLICT (id) DO NOTHING`;

// Guarded like the events themselves: a claim without its events would answer "duplicate" for what never was.
const insertClaims = `INSERT INTO idempotency (id, fingerprint, receipt_id, created_at, event_ids)
  SELECT r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3, r.value ->> 4 FROM json_each(?1) r
  WHERE (SELECT value FROM marks WHERE name = 'subscriptions') = r.value ->> 5
  ON CONFLICT (id) DO NOTHING`;

const insertEvents = `INSERT INTO events (id, env, type, schema_version, stream, occurred_at, accepted_at, city, subject,
    audience, data, state, reasons, fingerprint, receipt_id, receipt_index, token_id, critical, sequence)
  SELECT r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3, r.value ->> 4, r.value ->> 5, r.value ->> 6,
    r.value ->> 7, r.value ->> 8, r.value ->> 9, r.value ->> 10, r.value ->> 11, r.value ->> 12, r.value ->> 13,
    r.value ->> 14, r.value ->> 15, r.value ->> 16, r.value ->> 17,
    coalesce((SELECT last_sequence FROM subjects WHERE id = r.value ->> 20), 0)
      + row_number() OVER (PARTITION BY r.value ->> 20 ORDER BY r.key)
  FROM json_each(?1) r
  WHERE (SELECT value FROM marks WHERE name = 'subscriptions') = r.value ->> 18
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

const upsertEntities = `INSERT INTO entities (id, env, kind, entity_id, type, schema_version, sequence, event_position, city, data, updated_at)
  SELECT r.value ->> 6, e.env, r.value ->> 4, r.value ->> 5, e.type, e.schema_version, e.sequence, e.position, e.city,
    e.data, e.accepted_at
  FROM ${writtenHere} WHERE e.state = 'accepted' AND r.value ->> 4 IS NOT NULL ORDER BY e.position
  ON CONFLICT (id) DO UPDATE SET type = excluded.type, schema_version = excluded.schema_version,
    sequence = excluded.sequence, event_position = excluded.event_position, city = excluded.city,
    data = excluded.data, updated_at = excluded.updated_at
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
        rows[0]?.matchedVersion ?? 0,
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

export const versionStatement: HotStatement = {
  sql: `SELECT value FROM marks WHERE name = 'subscriptions'`,
  params: [],
};

const candidateColumns = `a.status AS accountStatus, g.id AS grantId, g.account_id AS grantAccountId, g.scopes AS grantScopes,
  g.epochs AS grantEpochs, g.since_event AS grantSinceEvent, g.history AS grantHistory, s.*`;

/** Every living subscription under every living grant of these accounts. */
export function matchStatement(env: Env, accountIds: string[]): HotStatement {
  const from = `FROM json_each(?1) j CROSS JOIN accounts a ON a.id = j.value
    CROSS JOIN grants g ON g.account_id = a.id AND g.env = ?2 AND g.ended_at IS NULL`;
  return {
    sql: `SELECT ${candidateColumns} ${from} CROSS JOIN subscriptions s ON s.grant_id = g.id AND s.owner = 'grant' AND s.state <> 'deleted'
      UNION ALL
      SELECT ${candidateColumns} ${from} CROSS JOIN subscriptions s ON s.app_id = g.app_id AND s.owner = 'app' AND s.env = g.env AND s.state <> 'deleted'`,
    params: [JSON.stringify(accountIds), env],
  };
}

/** A loose index scan: one seek a subscription, however many deliveries each has. The LIMIT ends the recursion. */
export function dueLanesStatement(nowMs: number, after: string, limit: number): HotStatement {
  return {
    sql: `WITH RECURSIVE lane(id) AS (
        SELECT (SELECT min(subscription_id) FROM deliveries WHERE due_at IS NOT NULL AND subscription_id > ?2)
        UNION ALL
        SELECT (SELECT min(subscription_id) FROM deliveries WHERE due_at IS NOT NULL AND subscription_id > lane.id)
        FROM lane WHERE lane.id IS NOT NULL)
      SELECT id FROM lane WHERE id IS NOT NULL
        AND (SELECT min(due_at) FROM deliveries WHERE subscription_id = lane.id AND due_at IS NOT NULL) <= ?1 LIMIT ?3`,
    params: [nowMs, after, limit],
  };
}

/**
 * Takes what is due in each lane, up to its room. Where a line wants order only its head is taken: the lowest
 * sequence that is not finished.
 */
export function leaseStatements(ask: LeaseAsk): HotStatement[] {
  const rooms = JSON.stringify(ask.lanes.map((lane) => [lane.subscriptionId, lane.room]));
  const most = Math.max(1, ...ask.lanes.map((lane) => lane.room));
  return [
    {
      sql: `UPDATE deliveries SET state = 'leased', lease_id = ?1, due_at = ?2, updated_at = ?3, reason = 'leased'
        WHERE position IN (
          SELECT position FROM (
            SELECT d.position, j.value ->> 1 AS room, row_number() OVER (PARTITION BY d.subscription_id ORDER BY d.due_at, d.position) AS place
            FROM json_each(?4) j CROSS JOIN deliveries d ON d.position IN (
              SELECT f.position FROM deliveries f WHERE f.subscription_id = j.value ->> 0 AND f.due_at <= ?3
                AND (f.line IS NULL OR NOT EXISTS (
                  SELECT 1 FROM deliveries h WHERE h.subscription_id = f.subscription_id AND h.line = f.line
                    AND h.sequence < f.sequence AND h.state IN ('pending', 'leased', 'retrying', 'held')))
              ORDER BY f.due_at LIMIT ?5))
          WHERE place <= room)`,
      params: [ask.leaseId, ask.untilMs, ask.nowMs, rooms, most],
    },
    {
      sql: `SELECT d.id, d.lease_id AS leaseId, d.due_at AS untilMs, d.subscription_id AS subscriptionId, d.grant_id AS grantId,
          d.account_id AS accountId, d.attempts, d.tries, d.line, e.position, e.id AS eventId, e.env, e.type,
          e.schema_version AS schemaVersion, e.occurred_at AS occurredAtMs, e.accepted_at AS acceptedAtMs, e.city, e.subject,
          e.sequence, e.critical, e.audience, e.data
        FROM json_each(?2) j CROSS JOIN deliveries d ON d.subscription_id = j.value ->> 0 AND d.due_at = ?3 AND d.lease_id = ?1
        CROSS JOIN events e ON e.position = d.event_position ORDER BY d.position`,
      params: [ask.leaseId, rooms, ask.untilMs],
    },
  ];
}

export function renewStatement(deliveries: { id: string; leaseId: string }[], untilMs: number): HotStatement {
  return {
    sql: `UPDATE deliveries SET due_at = ?2 FROM json_each(?1) j
      WHERE deliveries.id = j.value ->> 0 AND deliveries.lease_id = j.value ->> 1 AND deliveries.state = 'leased'
      RETURNING deliveries.id`,
    params: [JSON.stringify(deliveries.map((d) => [d.id, d.leaseId])), untilMs],
  };
}

/**
 * Mark first, then insert: a settlement whose lease is lost changes no row, so the attempt that selects by the
 * mark finds none. One that comes again finds its own mark, and its attempt beside it.
 */
export function settleStatements(settlements: Settlement[]): HotStatement[] {
  const rows = settlements.map((s) => [
    s.deliveryId,
    s.leaseId,
    s.mark,
    s.state,
    s.reason,
    s.dueAtMs,
    s.nowMs,
    s.attempt ? 1 : 0, // 0–7
    s.attempt?.startedAtMs ?? null,
    s.attempt?.durationMs ?? null,
    s.attempt?.outcome ?? null,
    s.attempt?.status ?? null, // 8–11
    s.attempt?.stage ?? null,
    s.attempt?.detail ?? null,
    s.attempt?.answer ?? null, // 12–14
  ]);
  const batch = JSON.stringify(rows);
  return [
    {
      sql: `UPDATE deliveries SET state = j.value ->> 3, reason = j.value ->> 4, due_at = j.value ->> 5, updated_at = j.value ->> 6,
          mark = j.value ->> 2, lease_id = NULL, attempts = attempts + (j.value ->> 7), tries = tries + (j.value ->> 7)
        FROM json_each(?1) j
        WHERE deliveries.id = j.value ->> 0 AND deliveries.lease_id = j.value ->> 1 AND deliveries.state = 'leased'
        RETURNING deliveries.id, deliveries.mark`,
      params: [batch],
    },
    {
      sql: `INSERT INTO attempts (id, delivery_id, number, started_at, duration_ms, outcome, status, stage, detail, answer)
        SELECT j.value ->> 2, d.id, d.attempts, j.value ->> 8, j.value ->> 9, j.value ->> 10, j.value ->> 11, j.value ->> 12, j.value ->> 13, j.value ->> 14
        FROM json_each(?1) j CROSS JOIN deliveries d ON d.id = j.value ->> 0 AND d.mark = j.value ->> 2
        WHERE j.value ->> 7 = 1 AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.delivery_id = d.id AND a.id = d.mark)`,
      params: [batch],
    },
  ];
}
