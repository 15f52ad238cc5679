import type { NewEvent, NewReceipt } from '#src/ports';
import type { PostgresStatement } from './postgres.ts';
import { postgresFeedTx } from './postgres-feed.ts';
import { wellFormedJson } from './well-formed.ts';

type Call = { receipt: NewReceipt; events: NewEvent[] };

/**
 * All calls of a turn, published by one statement. Its one row has `version`, `claims`, and `written`: the events
 * that this statement made. What else is known, `postgresKnown` reads.
 *
 * Rivals take their locks in one order, so that they wait for each other and do not deadlock: the mark (shared: a
 * change of the subscription set waits for us, or we see its version), then idempotency keys, subjects and entities,
 * each sorted. A subject's row is held to the end of the transaction, so whoever has the lower sequence commits first.
 *
 * The rows of a WITH are joined nowhere: the planner expects one where hundreds come and would loop within a loop. A
 * subject's sequence is found by its rank, what an event brings by a key in jsonb (a binary search).
 */
export function postgresPublish(calls: Call[]): PostgresStatement {
  const claims: unknown[] = [];
  const receipts: unknown[] = [];
  const events: unknown[] = [];
  const attached: Record<string, unknown> = {};
  for (const { receipt, events: rows } of calls) {
    const claim = receipt.idempotencyId;
    receipts.push({ id: receipt.id, token: receipt.tokenId, at: receipt.receivedAtMs, body: receipt.body });
    if (claim !== null) {
      claims.push({
        n: claims.length,
        id: claim,
        print: receipt.fingerprint,
        receipt: receipt.id,
        at: receipt.receivedAtMs,
        events: rows.map((event) => event.id),
        matched: rows[0]?.matchedVersion ?? null,
      });
    }
    rows.forEach((event, index) => {
      events.push(eventRow(receipt, event, index, events.length));
      attached[`${receipt.id}:${index}`] = attachedTo(event);
    });
  }
  return {
    name: 'patchbay_publish',
    text: publishText,
    values: [
      wellFormedJson(receipts),
      wellFormedJson(claims),
      wellFormedJson(events),
      wellFormedJson(attached),
    ],
  };
}

/** Its rows, with those that `postgresPublish` wrote, are what `publishAnswers` takes. */
export function postgresKnown(ids: string[]): PostgresStatement {
  return {
    name: 'patchbay_known',
    text: `SELECT ${publishedColumns} FROM events WHERE id = ANY($1::text[])`,
    values: [ids],
  };
}

function eventRow(receipt: NewReceipt, event: NewEvent, index: number, n: number): unknown {
  return {
    n,
    id: event.id,
    env: event.env,
    type: event.type,
    version: event.schemaVersion,
    stream: event.stream,
    occurred: event.occurredAtMs,
    accepted: event.acceptedAtMs,
    city: event.city,
    subject: event.subject,
    audience: event.audience,
    data: event.dataJson,
    state: event.state,
    reasons: event.reasonsJson,
    print: event.fingerprint,
    receipt: receipt.id,
    index,
    token: receipt.tokenId,
    critical: event.critical,
    matched: event.matchedVersion,
    claim: receipt.idempotencyId,
  };
}

/** What an event brings beside its own row. */
function attachedTo(event: NewEvent): unknown {
  return {
    kind: event.entity?.kind,
    entity: event.entity?.id,
    task: event.expandTaskId ?? undefined,
    deliveries: event.deliveries.map((d) => ({
      id: d.id,
      subscription: d.subscriptionId,
      grant_id: d.grantId,
      account: d.accountId,
      state: d.state,
      reason: d.reason,
      due: d.dueAtMs,
      lease: d.leaseId,
      line: d.line,
    })),
  };
}

const publishedColumns = `id, position, sequence, state, fingerprint, receipt_id AS "receiptId", receipt_index AS "receiptIndex"`;

const publishText = `WITH
mark AS MATERIALIZED (SELECT value FROM marks WHERE name = 'subscriptions' FOR SHARE),
receipt AS (
  INSERT INTO receipts (id, token_id, received_at, body)
  SELECT r.id, r.token, r.at, r.body FROM json_to_recordset($1::json) AS r(id text, token text, at bigint, body text)
  ON CONFLICT (id) DO NOTHING),
asked AS MATERIALIZED (
  SELECT * FROM json_to_recordset($2::json) AS c(n int, id text, print text, receipt text, at bigint, events json, matched bigint)),
-- Guarded like the events themselves: a claim without its events would answer "duplicate" for what never was. Of two
-- calls with one key the first has it. The update changes nothing: it makes RETURNING answer with a rival's row too.
claim AS (
  INSERT INTO idempotency (id, fingerprint, receipt_id, created_at, event_ids)
  SELECT DISTINCT ON (c.id) c.id, c.print, c.receipt, c.at, c.events FROM asked c JOIN mark m ON c.matched IS NULL OR m.value = c.matched ORDER BY c.id, c.n
  ON CONFLICT (id) DO UPDATE SET receipt_id = idempotency.receipt_id
  RETURNING id, fingerprint, receipt_id, event_ids),
held AS (
  SELECT * FROM claim UNION ALL
  SELECT i.id, i.fingerprint, i.receipt_id, i.event_ids FROM idempotency i
  WHERE i.id IN (SELECT id FROM asked) AND i.id NOT IN (SELECT id FROM claim)),
batch AS MATERIALIZED (
  SELECT b.*, b.env || ':' || b.subject AS line
  FROM json_to_recordset($3::json) AS b(n int, id text, env text, type text, version bigint, stream text, occurred bigint, accepted bigint,
    city text, subject text, audience json, data text, state text, reasons text, print text, receipt text, index int, token text,
    critical boolean, matched bigint, claim text)),
-- What may be written: matched against today's subscriptions, its key not another's, new, and of twins the first.
fit AS MATERIALIZED (
  SELECT u.*, dense_rank() OVER (ORDER BY line) AS rank, row_number() OVER (PARTITION BY line ORDER BY n) AS place,
    count(*) OVER (PARTITION BY line) AS places
  FROM (
    SELECT b.*, row_number() OVER (PARTITION BY b.id ORDER BY b.n) AS twin FROM batch b JOIN mark m ON b.matched IS NULL OR m.value = b.matched
    WHERE (b.claim IS NULL OR EXISTS (SELECT 1 FROM claim c WHERE c.id = b.claim AND c.receipt_id = b.receipt))
      AND NOT EXISTS (SELECT 1 FROM events e WHERE e.id = b.id)) u
  WHERE twin = 1),
raised AS (
  INSERT INTO subjects (id, last_sequence) SELECT line, count(*) FROM fit GROUP BY line ORDER BY line
  ON CONFLICT (id) DO UPDATE SET last_sequence = subjects.last_sequence + excluded.last_sequence
  RETURNING id, last_sequence),
made AS (
  INSERT INTO events (id, env, type, schema_version, stream, occurred_at, accepted_at, city, subject, audience, data, state, reasons,
    fingerprint, receipt_id, receipt_index, token_id, critical, sequence)
  SELECT f.id, f.env, f.type, f.version, f.stream, f.occurred, f.accepted, f.city, f.subject, f.audience, f.data::json, f.state, f.reasons::json,
    f.print, f.receipt, f.index, f.token, f.critical, (SELECT array_agg(last_sequence ORDER BY id) FROM raised)[f.rank] - f.places + f.place
  FROM fit f ORDER BY f.n
  -- A rival may have committed this id since our snapshot.
  ON CONFLICT (id) DO NOTHING
  RETURNING *),
written AS MATERIALIZED (SELECT m.*, (SELECT $4::jsonb) -> (m.receipt_id || ':' || m.receipt_index) AS attached FROM made m),
shown AS (
  INSERT INTO feed (tx, account_id, event_position)
  SELECT ${postgresFeedTx}, a.id, w.position
  FROM written w CROSS JOIN LATERAL json_array_elements_text(w.audience) WITH ORDINALITY AS a(id, n) WHERE w.state = 'accepted'
  ORDER BY w.position, a.n),
sent AS (
  INSERT INTO deliveries (id, env, event_position, subscription_id, grant_id, account_id, state, reason, due_at, attempts, tries, lease_id,
    critical, line, sequence, created_at, updated_at)
  SELECT d.id, w.env, w.position, d.subscription, d.grant_id, d.account, d.state, d.reason, d.due, 0, 0, d.lease, w.critical, d.line,
    w.sequence, w.accepted_at, w.accepted_at
  FROM written w CROSS JOIN LATERAL jsonb_to_recordset(w.attached -> 'deliveries') AS d(id text, subscription text, grant_id text, account text,
    state text, reason text, due bigint, lease text, line text)
  ON CONFLICT DO NOTHING),
shaped AS MATERIALIZED (
  SELECT w.*, w.attached ->> 'kind' AS kind, w.attached ->> 'entity' AS entity, w.env || ':' || (w.attached ->> 'kind') || ':' || (w.attached ->> 'entity') AS key
  FROM written w WHERE w.state = 'accepted' AND w.attached ? 'kind'),
projected AS (
  INSERT INTO entities (id, kind, entity_id, sequence, event_position, updated_at)
  SELECT DISTINCT ON (s.key) s.key, s.kind, s.entity, s.sequence, s.position, s.accepted_at
  FROM shaped s ORDER BY s.key, s.sequence DESC, s.position
  ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, event_position = excluded.event_position, updated_at = excluded.updated_at
  WHERE excluded.sequence > entities.sequence),
seen AS (
  INSERT INTO entity_accounts (id, entity)
  SELECT DISTINCT a.id || ':' || s.key, s.key FROM shaped s CROSS JOIN LATERAL json_array_elements_text(s.audience) AS a(id) ORDER BY 1
  ON CONFLICT (id) DO NOTHING),
expanded AS (
  INSERT INTO tasks (id, kind, subject, payload, state, done, due_at, failures, created_at, updated_at)
  SELECT w.attached ->> 'task', 'expand', w.id, json_build_object('event', w.position), 'open', 0, w.accepted_at, 0, w.accepted_at, w.accepted_at
  FROM written w WHERE w.attached ? 'task' ORDER BY w.position)
SELECT (SELECT value FROM mark) AS version,
  (SELECT json_agg(json_build_object('id', id, 'position', position, 'sequence', sequence, 'state', state, 'fingerprint', fingerprint,
    'receiptId', receipt_id, 'receiptIndex', receipt_index)) FROM written) AS written,
  (SELECT json_agg(json_build_object('id', id, 'fingerprint', fingerprint, 'receiptId', receipt_id,
    'eventIds', event_ids)) FROM held) AS claims`;
