import type { Env, LeaseAsk, Settlement } from '#src/ports';

/**
 * The hot four in SQLite's SQL, for better-sqlite3 and D1 alike: each statement takes a whole batch as one JSON
 * parameter (D1 binds at most 100 a statement). Rows travel as arrays; the numbers beside `->>` are places in
 * them, named where the arrays are made.
 */
export type HotStatement = { sql: string; params: (string | number)[] };

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

/** An earlier event of the line of `f` whose deliveries are still being made: its own may yet come. */
export const beforeInExpansion = `SELECT 1 FROM tasks t JOIN events x ON x.id = t.subject JOIN events own ON own.position = f.event_position
                  WHERE t.due_at > 0 AND t.kind = 'expand' AND x.subject = f.line AND x.env = own.env AND x.sequence < f.sequence`;

/**
 * Takes what is due in each lane, up to its room. Where a line wants order only its head is taken: the lowest
 * sequence that is not finished, of an event before which none is still being expanded.
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
                AND (f.line IS NULL OR (NOT EXISTS (
                  SELECT 1 FROM deliveries h WHERE h.subscription_id = f.subscription_id AND h.line = f.line
                    AND h.sequence < f.sequence AND h.state IN ('pending', 'leased', 'retrying', 'held'))
                  AND NOT EXISTS (${beforeInExpansion})))
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
