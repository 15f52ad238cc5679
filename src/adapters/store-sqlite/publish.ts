import type Database from 'better-sqlite3';
import type { NewDelivery, NewEvent, NewReceipt, PublishAnswer, PublishedEvent } from '#src/ports';
import type { Value } from './insert-rows.ts';
import { prepareStatements } from './publish-statements.ts';

export type PublishCall = { receipt: NewReceipt; events: NewEvent[] };
type Claim = { fingerprint: string; receiptId: string; eventIds: string };
type Known = Omit<PublishedEvent, 'outcome'> & { receiptId: string; receiptIndex: number };

/** What one turn of the event loop has brought so far, row after row. Events and claims are in their tables already. */
type Turn = {
  version: number;
  sequences: Map<string, number>;
  /** By entity, the audience that has it in this turn. */
  audiences: Map<string, string>;
  receipts: Value[];
  feed: Value[];
  entities: Value[];
  entityAccounts: Value[];
  deliveries: Value[];
};

/**
 * Publishing on a connection of our own: each event's place is known as soon as it is written, and nothing is spelled as
 * JSON and found again. What hangs on an event waits for the end of the turn and is written table by table, many rows to
 * a statement. It does what `publishStatements` (#src/store) does in sets for D1, where a round trip costs more than a
 * row; here that form takes half as much again (docs/performance.md).
 */
export function createPublish(file: Database.Database): (calls: PublishCall[]) => PublishAnswer[] {
  const statements = prepareStatements(file);

  return (calls) => {
    const turn = newTurn(Number(statements.version.get() ?? 0));
    const answers = calls.map((call) => publishCall(turn, call));
    statements.insertReceipts(turn.receipts);
    statements.raiseSequences([...turn.sequences].flat());
    statements.insertFeed(turn.feed);
    statements.insertEntityAccounts(turn.entityAccounts);
    statements.upsertEntities(turn.entities);
    statements.insertDeliveries(turn.deliveries);
    return answers;
  };

  function publishCall(turn: Turn, { receipt, events }: PublishCall): PublishAnswer {
    turn.receipts.push(receipt.id, receipt.tokenId, receipt.receivedAtMs, receipt.body);
    const claim = claimOf(receipt, events, turn.version);
    return {
      version: turn.version,
      claim: claim && {
        fingerprint: claim.fingerprint,
        eventIds: JSON.parse(claim.eventIds) as string[],
      },
      events: events.map((event, index) => publishEvent(turn, receipt, event, index, claim !== null)),
    };
  }

  /** Takes the idempotency key, or answers who has it. */
  function claimOf(receipt: NewReceipt, events: NewEvent[], versionNow: number): Claim | null {
    const { idempotencyId } = receipt;
    if (idempotencyId === null) return null;
    // A claim without its events would answer "duplicate" for what never was.
    if (isOfVersion(events[0]?.matchedVersion, versionNow)) {
      const ids = JSON.stringify(events.map((event) => event.id));
      statements.insertClaim.run(idempotencyId, receipt.fingerprint, receipt.id, receipt.receivedAtMs, ids);
    }
    const claim = statements.readClaim.get(idempotencyId) as Claim | undefined;
    return claim && claim.receiptId !== receipt.id ? claim : null;
  }

  function publishEvent(
    turn: Turn,
    receipt: NewReceipt,
    event: NewEvent,
    index: number,
    isClaimed: boolean,
  ): PublishedEvent {
    const isFresh = !isClaimed && isOfVersion(event.matchedVersion, turn.version);
    const written = isFresh ? writeEvent(turn, receipt, event, index) : null;
    if (written) return written;
    const known = statements.readEvent.get(event.id) as Known | undefined;
    if (known) {
      const { receiptId, receiptIndex, ...row } = known;
      return { outcome: receiptId === receipt.id && receiptIndex === index ? 'written' : 'known', ...row };
    }
    const outcome = isClaimed ? 'claimed' : 'stale';
    return { outcome, position: 0, sequence: 0, state: 'accepted', fingerprint: '' };
  }

  /** Null where the id is there already: then nothing of it is written. */
  function writeEvent(
    turn: Turn,
    receipt: NewReceipt,
    event: NewEvent,
    index: number,
  ): PublishedEvent | null {
    const subject = `${event.env}:${event.subject}`;
    const sequence = (turn.sequences.get(subject) ?? Number(statements.lastSequence.get(subject) ?? 0)) + 1;
    const audience = JSON.stringify(event.audience);
    const { changes, lastInsertRowid } = statements.insertEvent.run(
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
    if (changes === 0) return null;
    const position = Number(lastInsertRowid);
    turn.sequences.set(subject, sequence);
    if (event.state === 'accepted') {
      for (const account of event.audience) turn.feed.push(account, position);
      addEntity(turn, event, audience, position, sequence);
    }
    for (const delivery of event.deliveries) addDelivery(turn, event, delivery, position, sequence);
    if (event.expandTaskId !== null) {
      const { acceptedAtMs: at } = event;
      statements.insertExpansion.run(event.expandTaskId, event.id, position, at, at, at);
    }
    return { outcome: 'written', position, sequence, state: event.state, fingerprint: event.fingerprint };
  }

  /** The read model. Most events of an entity have the audience of the one before: only a new audience is written. */
  function addEntity(
    turn: Turn,
    event: NewEvent,
    audience: string,
    position: number,
    sequence: number,
  ): void {
    if (!event.entity) return;
    const { kind, id } = event.entity;
    const key = `${event.env}:${kind}:${id}`;
    if (audienceNow(turn, key) !== audience)
      for (const account of event.audience) turn.entityAccounts.push(`${account}:${key}`, key);
    turn.audiences.set(key, audience);
    turn.entities.push(key, kind, id, sequence, position, event.acceptedAtMs);
  }

  function audienceNow({ audiences }: Turn, key: string): unknown {
    const found = audiences.get(key);
    if (found !== undefined) return found;
    const newest = statements.newestOfEntity.get(key);
    return newest === undefined ? undefined : statements.audienceOf.get(newest);
  }
}

const newTurn = (version: number): Turn => ({
  version,
  sequences: new Map(),
  audiences: new Map(),
  receipts: [],
  feed: [],
  entities: [],
  entityAccounts: [],
  deliveries: [],
});

function addDelivery(
  turn: Turn,
  event: NewEvent,
  delivery: NewDelivery,
  position: number,
  sequence: number,
): void {
  turn.deliveries.push(
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

const isOfVersion = (matched: number | null | undefined, now: number): boolean =>
  matched === null || matched === now;
