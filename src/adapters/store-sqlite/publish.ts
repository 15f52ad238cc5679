import type Database from 'better-sqlite3';
import type { NewDelivery, NewEvent, NewReceipt, PublishAnswer, PublishedEvent } from '#src/ports';

export type PublishCall = { receipt: NewReceipt; events: NewEvent[] };
type Claim = { fingerprint: string; receiptId: string; eventIds: string };
type Known = Omit<PublishedEvent, 'outcome'> & { receiptId: string; receiptIndex: number };

/**
 * Publishing on a connection of our own, row by row: each row's place is known as soon as it is written, and nothing
 * is spelled as JSON and found again. It does what `publishStatements` (#src/store) does in sets for D1, where a
 * round trip costs more than a row; here that form takes half as much again (docs/performance.md).
 */
export function createPublish(file: Database.Database): (calls: PublishCall[]) => PublishAnswer[] {
  const version = file.prepare(`SELECT value FROM marks WHERE name = 'subscriptions'`).pluck();
  const insertReceipt = file.prepare(
    `INSERT INTO receipts (id, token_id, received_at, body) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  );
  const insertClaim = file.prepare(
    `INSERT INTO idempotency (id, fingerprint, receipt_id, created_at, event_ids) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  );
  const readClaim = file.prepare(
    `SELECT fingerprint, receipt_id AS receiptId, event_ids AS eventIds FROM idempotency WHERE id = ?`,
  );
  const readEvent = file.prepare(
    `SELECT position, sequence, state, fingerprint, receipt_id AS receiptId, receipt_index AS receiptIndex FROM events WHERE id = ?`,
  );
  const lastSequence = file.prepare(`SELECT last_sequence FROM subjects WHERE id = ?`).pluck();
  const raiseSequence = file.prepare(
    `INSERT INTO subjects (id, last_sequence) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET last_sequence = excluded.last_sequence`,
  );
  const insertEvent = file.prepare(
    `INSERT INTO events (id, env, type, schema_version, stream, occurred_at, accepted_at, city, subject, audience, data,
      state, reasons, fingerprint, receipt_id, receipt_index, token_id, critical, sequence)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertFeed = file.prepare(`INSERT INTO feed (tx, account_id, event_position) VALUES (0, ?, ?)`);
  // Two look-ups: as one join they cost eight times as much.
  const newestOfEntity = file.prepare(`SELECT event_position FROM entities WHERE id = ?`).pluck();
  const audienceOf = file.prepare(`SELECT audience FROM events WHERE position = ?`).pluck();
  const insertEntityAccount = file.prepare(
    `INSERT INTO entity_accounts (id, entity) VALUES (?, ?) ON CONFLICT (id) DO NOTHING`,
  );
  const upsertEntity = file.prepare(
    `INSERT INTO entities (id, kind, entity_id, sequence, event_position, updated_at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, event_position = excluded.event_position, updated_at = excluded.updated_at
    WHERE excluded.sequence > entities.sequence`,
  );
  const insertDelivery = file.prepare(
    `INSERT INTO deliveries (id, env, event_position, subscription_id, grant_id, account_id, state, reason, due_at,
      attempts, tries, lease_id, critical, line, sequence, created_at, updated_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const insertExpansion = file.prepare(
    `INSERT INTO tasks (id, kind, subject, payload, state, done, due_at, failures, created_at, updated_at)
    VALUES (?, 'expand', ?, json_object('event', ?), 'open', 0, ?, 0, ?, ?)`,
  );

  return (calls) => {
    const versionNow = Number(version.get() ?? 0);
    return calls.map((call) => publishCall(call, versionNow));
  };

  function publishCall({ receipt, events }: PublishCall, versionNow: number): PublishAnswer {
    insertReceipt.run(receipt.id, receipt.tokenId, receipt.receivedAtMs, receipt.body);
    const claim = claimOf(receipt, events, versionNow);
    return {
      version: versionNow,
      claim: claim && {
        fingerprint: claim.fingerprint,
        eventIds: JSON.parse(claim.eventIds) as string[],
      },
      events: events.map((event, index) => publishEvent(receipt, event, index, versionNow, claim !== null)),
    };
  }

  /** Takes the idempotency key, or answers who has it. */
  function claimOf(receipt: NewReceipt, events: NewEvent[], versionNow: number): Claim | null {
    const { idempotencyId } = receipt;
    if (idempotencyId === null) return null;
    // A claim without its events would answer "duplicate" for what never was.
    if (isOfVersion(events[0]?.matchedVersion, versionNow)) {
      const ids = JSON.stringify(events.map((event) => event.id));
      insertClaim.run(idempotencyId, receipt.fingerprint, receipt.id, receipt.receivedAtMs, ids);
    }
    const claim = readClaim.get(idempotencyId) as Claim | undefined;
    return claim && claim.receiptId !== receipt.id ? claim : null;
  }

  function publishEvent(
    receipt: NewReceipt,
    event: NewEvent,
    index: number,
    versionNow: number,
    isClaimed: boolean,
  ): PublishedEvent {
    const known = readEvent.get(event.id) as Known | undefined;
    if (known) {
      const { receiptId, receiptIndex, ...row } = known;
      return { outcome: receiptId === receipt.id && receiptIndex === index ? 'written' : 'known', ...row };
    }
    if (isClaimed || !isOfVersion(event.matchedVersion, versionNow)) {
      const outcome = isClaimed ? 'claimed' : 'stale';
      return { outcome, position: 0, sequence: 0, state: 'accepted', fingerprint: '' };
    }
    return writeEvent(receipt, event, index);
  }

  function writeEvent(receipt: NewReceipt, event: NewEvent, index: number): PublishedEvent {
    const subject = `${event.env}:${event.subject}`;
    const sequence = Number(lastSequence.get(subject) ?? 0) + 1;
    raiseSequence.run(subject, sequence);
    const audience = JSON.stringify(event.audience);
    const { lastInsertRowid } = insertEvent.run(
      event.id,
      event.env,
      event.type,
      event.schemaVersion,
      event.stream,
      event.occurredAtMs,
      event.acceptedAtMs,
      event.city,
      event.subject,
      audience,
      event.dataJson,
      event.state,
      event.reasonsJson,
      event.fingerprint,
      receipt.id,
      index,
      receipt.tokenId,
      event.critical ? 1 : 0,
      sequence,
    );
    const position = Number(lastInsertRowid);
    if (event.state === 'accepted') {
      for (const account of event.audience) insertFeed.run(account, position);
      writeEntity(event, audience, position, sequence);
    }
    for (const delivery of event.deliveries) writeDelivery(event, delivery, position, sequence);
    if (event.expandTaskId !== null) {
      const { acceptedAtMs: at } = event;
      insertExpansion.run(event.expandTaskId, event.id, position, at, at, at);
    }
    return { outcome: 'written', position, sequence, state: event.state, fingerprint: event.fingerprint };
  }

  /** The read model. Most events of an entity have the audience of the one before: only a new audience is written. */
  function writeEntity(event: NewEvent, audience: string, position: number, sequence: number): void {
    if (!event.entity) return;
    const { kind, id } = event.entity;
    const key = `${event.env}:${kind}:${id}`;
    const newest = newestOfEntity.get(key);
    if (newest === undefined || audienceOf.get(newest) !== audience)
      for (const account of event.audience) insertEntityAccount.run(`${account}:${key}`, key);
    upsertEntity.run(key, kind, id, sequence, position, event.acceptedAtMs);
  }

  function writeDelivery(event: NewEvent, delivery: NewDelivery, position: number, sequence: number): void {
    insertDelivery.run(
      delivery.id,
      event.env,
      position,
      delivery.subscriptionId,
      delivery.grantId,
      delivery.accountId,
      delivery.state,
      delivery.reason,
      delivery.dueAtMs,
      delivery.leaseId,
      event.critical ? 1 : 0,
      delivery.line,
      sequence,
      event.acceptedAtMs,
      event.acceptedAtMs,
    );
  }
}

const isOfVersion = (matched: number | null | undefined, now: number): boolean =>
  matched === null || matched === now;
