import type { Env, LeaseAsk, Settlement } from '#src/ports';
import { beforeInExpansion } from './sqlite.ts';
import { wellFormedJson } from './well-formed.ts';

/**
 * The hot operations in PostgreSQL's SQL, one statement and one round trip each; `publish` is in
 * ./postgres-publish.ts. They mean exactly what ./sqlite.ts means: one contract suite proves both.
 *
 * Sub-statements of a WITH do not see each other's rows in the tables: what one has written travels to the next
 * by RETURNING (PostgreSQL manual, 7.8.4).
 */
export type PostgresStatement = {
  name: string;
  text: string;
  values: (string | number | string[] | number[])[];
};

export const postgresVersion: PostgresStatement = {
  name: 'patchbay_version',
  text: `SELECT value FROM marks WHERE name = 'subscriptions'`,
  values: [],
};

const candidateColumns = `a.status AS "accountStatus", g.id AS "grantId", g.account_id AS "grantAccountId", g.scopes AS "grantScopes",
  g.epochs AS "grantEpochs", g.since_event AS "grantSinceEvent", g.history AS "grantHistory", s.*`;
const livingGrants = `FROM unnest($1::text[]) j(id) JOIN accounts a ON a.id = j.id
  JOIN grants g ON g.account_id = a.id AND g.env = $2 AND g.ended_at IS NULL`;

/** Every living subscription under every living grant of these accounts. */
export function postgresMatch(env: Env, accountIds: string[]): PostgresStatement {
  return {
    name: 'patchbay_match',
    text: `SELECT ${candidateColumns} ${livingGrants} JOIN subscriptions s ON s.grant_id = g.id AND s.owner = 'grant' AND s.state <> 'deleted'
      UNION ALL
      SELECT ${candidateColumns} ${livingGrants} JOIN subscriptions s ON s.app_id = g.app_id AND s.owner = 'app' AND s.env = g.env AND s.state <> 'deleted'`,
    values: [accountIds, env],
  };
}

/** A loose index scan: one seek a subscription, however many deliveries each has. The LIMIT ends the recursion. */
export function postgresDueLanes(nowMs: number, after: string, limit: number): PostgresStatement {
  const next = (than: string) =>
    `(SELECT subscription_id FROM deliveries WHERE due_at IS NOT NULL AND subscription_id > ${than} ORDER BY subscription_id LIMIT 1)`;
  return {
    name: 'patchbay_due_lanes',
    text: `WITH RECURSIVE lane(id) AS (
        SELECT ${next('$2')}
        UNION ALL
        SELECT ${next('lane.id')} FROM lane WHERE lane.id IS NOT NULL)
      SELECT id FROM lane WHERE id IS NOT NULL
        AND (SELECT due_at FROM deliveries d WHERE d.subscription_id = lane.id AND d.due_at IS NOT NULL ORDER BY d.due_at LIMIT 1) <= $1
      LIMIT $3`,
    values: [nowMs, after, limit],
  };
}

/**
 * Takes what is due in each lane, up to its room. Where a line wants order only its head is taken: the lowest
 * sequence that is not finished. SKIP LOCKED: a rival's delivery is neither taken nor waited for; whoever comes
 * after its commit sees the row as it is then.
 */
export function postgresLease(ask: LeaseAsk): PostgresStatement {
  return {
    name: 'patchbay_lease',
    text: `WITH taken AS (
        SELECT f.position FROM unnest($4::text[], $5::bigint[]) AS l(id, room) CROSS JOIN LATERAL (
          SELECT f.position FROM deliveries f
          WHERE f.subscription_id = l.id AND f.due_at <= $3
            AND (f.line IS NULL OR (NOT EXISTS (
              SELECT 1 FROM deliveries h WHERE h.subscription_id = f.subscription_id AND h.line = f.line
                AND h.sequence < f.sequence AND h.state IN ('pending', 'leased', 'retrying', 'held'))
              AND NOT EXISTS (${beforeInExpansion})))
          ORDER BY f.due_at, f.position LIMIT greatest(l.room, 0) FOR UPDATE OF f SKIP LOCKED) f),
      leased AS (
        UPDATE deliveries d SET state = 'leased', lease_id = $1, due_at = $2, updated_at = $3, reason = 'leased'
        FROM taken t WHERE d.position = t.position
        RETURNING d.position, d.id, d.lease_id, d.due_at, d.subscription_id, d.grant_id, d.account_id, d.attempts, d.tries, d.line, d.event_position)
      SELECT d.id, d.lease_id AS "leaseId", d.due_at AS "untilMs", d.subscription_id AS "subscriptionId", d.grant_id AS "grantId",
        d.account_id AS "accountId", d.attempts, d.tries, d.line, e.position, e.id AS "eventId", e.env, e.type,
        e.schema_version AS "schemaVersion", e.occurred_at AS "occurredAtMs", e.accepted_at AS "acceptedAtMs", e.city, e.subject,
        e.sequence, e.critical, e.audience, e.data
      FROM leased d JOIN events e ON e.position = d.event_position ORDER BY d.position`,
    values: [
      ask.leaseId,
      ask.untilMs,
      ask.nowMs,
      ask.lanes.map((lane) => lane.subscriptionId),
      ask.lanes.map((lane) => lane.room),
    ],
  };
}

export function postgresRenew(
  deliveries: { id: string; leaseId: string }[],
  untilMs: number,
): PostgresStatement {
  return {
    name: 'patchbay_renew',
    text: `UPDATE deliveries d SET due_at = $3 FROM unnest($1::text[], $2::text[]) AS r(id, lease_id)
      WHERE d.id = r.id AND d.lease_id = r.lease_id AND d.state = 'leased' RETURNING d.id`,
    values: [deliveries.map((d) => d.id), deliveries.map((d) => d.leaseId), untilMs],
  };
}

/**
 * An attempt is inserted from the row that its mark was written to: a settlement whose lease is lost returns no
 * row, so it leaves no attempt. Of two settlements of one lease in one batch the first is taken.
 */
export function postgresSettle(settlements: Settlement[]): PostgresStatement {
  const rows = settlements.map((s, n) => ({
    n,
    id: s.deliveryId,
    lease: s.leaseId,
    mark: s.mark,
    state: s.state,
    reason: s.reason,
    due: s.dueAtMs,
    at: s.nowMs,
    tried: s.attempt ? 1 : 0,
    ...(s.attempt && {
      started: s.attempt.startedAtMs,
      took: s.attempt.durationMs,
      outcome: s.attempt.outcome,
      status: s.attempt.status,
      stage: s.attempt.stage,
      detail: s.attempt.detail,
      answer: s.attempt.answer,
    }),
  }));
  return {
    name: 'patchbay_settle',
    text: `WITH batch AS MATERIALIZED (
        SELECT DISTINCT ON (r.id, r.lease) r.* FROM json_to_recordset($1::json) AS r(n int, id text, lease text, mark text, state text, reason text,
          due bigint, at bigint, tried int, started bigint, took bigint, outcome text, status bigint, stage text, detail text, answer text)
        ORDER BY r.id, r.lease, r.n),
      settled AS (
        UPDATE deliveries d SET state = b.state, reason = b.reason, due_at = b.due, updated_at = b.at, mark = b.mark, lease_id = NULL,
          attempts = d.attempts + b.tried, tries = d.tries + b.tried
        FROM batch b WHERE d.id = b.id AND d.lease_id = b.lease AND d.state = 'leased'
        RETURNING d.id, d.mark, d.subscription_id, d.due_at, d.attempts, b.n, b.tried, b.started, b.took, b.outcome, b.status, b.stage, b.detail, b.answer),
      noted AS (
        INSERT INTO attempts (id, delivery_id, number, started_at, duration_ms, outcome, status, stage, detail, answer)
        SELECT s.mark, s.id, s.attempts, s.started, s.took, s.outcome, s.status, s.stage, s.detail, s.answer
        FROM settled s WHERE s.tried = 1 ORDER BY s.n)
      SELECT id, mark, subscription_id AS lane, due_at AS "dueAtMs" FROM settled`,
    values: [wellFormedJson(rows)],
  };
}
