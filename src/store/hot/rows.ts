import type {
  CandidateRow,
  EventRecord,
  LeasedDelivery,
  NewEvent,
  NewReceipt,
  PublishAnswer,
  PublishedEvent,
} from '#src/ports';

/** Raw rows of the hot statements, made into what the port promises. */
type Raw = Record<string, unknown>;

/** `published`, `claims` and `version` are the rows of the last three publish statements. */
export function publishAnswers(
  calls: { receipt: NewReceipt; events: NewEvent[] }[],
  published: Raw[],
  claims: Raw[],
  version: number,
): PublishAnswer[] {
  const eventById = new Map(published.map((row) => [row['id'] as string, row]));
  const claimById = new Map(claims.map((row) => [row['id'] as string, row]));
  return calls.map(({ receipt, events }) => {
    const claim = receipt.idempotencyId === null ? undefined : claimById.get(receipt.idempotencyId);
    const isClaimed = claim !== undefined && claim['receiptId'] !== receipt.id;
    return {
      version,
      claim:
        claim && isClaimed
          ? { fingerprint: claim['fingerprint'] as string, eventIds: parsed(claim['eventIds']) as string[] }
          : null,
      events: events.map((event, index) =>
        publishedEvent(eventById.get(event.id), receipt.id, index, isClaimed),
      ),
    };
  });
}

function publishedEvent(
  row: Raw | undefined,
  receiptId: string,
  index: number,
  isClaimed: boolean,
): PublishedEvent {
  if (!row) {
    return {
      outcome: isClaimed ? 'claimed' : 'stale',
      position: 0,
      sequence: 0,
      state: 'accepted',
      fingerprint: '',
    };
  }
  const isMine = row['receiptId'] === receiptId && Number(row['receiptIndex']) === index;
  return {
    outcome: isMine ? 'written' : 'known',
    position: Number(row['position']),
    sequence: Number(row['sequence']),
    state: row['state'] as PublishedEvent['state'],
    fingerprint: row['fingerprint'] as string,
  };
}

export function candidateOf(row: Raw): CandidateRow {
  return {
    accountStatus: row['accountStatus'] as string,
    grant: {
      id: row['grantId'] as string,
      accountId: row['grantAccountId'] as string,
      scopes: parsed(row['grantScopes']) as string[],
      epochs: parsed(row['grantEpochs']) as CandidateRow['grant']['epochs'],
      sinceEvent: Number(row['grantSinceEvent']),
      history: Boolean(row['grantHistory']),
    },
    subscription: {
      id: row['id'] as string,
      env: row['env'] as 'live',
      owner: row['owner'] as 'grant',
      accountId: row['account_id'] as string | null,
      grantId: row['grant_id'] as string | null,
      appId: row['app_id'] as string | null,
      partnerId: row['partner_id'] as string | null,
      tokenId: row['token_id'] as string,
      userId: row['user_id'] as string | null,
      scopes: parsed(row['scopes']) as string[],
      epochs: parsed(row['epochs']) as CandidateRow['subscription']['epochs'],
      endpoint: parsed(row['endpoint']) as CandidateRow['subscription']['endpoint'],
      host: row['host'] as string,
      eventTypes: parsed(row['event_types']) as string[],
      cities: parsed(row['cities']) as string[],
      filter: parsed(row['filter']),
      schemaVersion: numberOrNull(row['schema_version']),
      format: row['format'] as 'standard',
      signature: row['signature'] as 'v1',
      ordering: row['ordering'] as 'none',
      maxPerSecond: Number(row['max_per_second']),
      description: row['description'] as string,
      state: row['state'] as 'active',
      stateReason: row['state_reason'] as string | null,
      publicKey: row['public_key'] as string | null,
      sinceEvent: Number(row['since_event']),
      provenAt: dateOrNull(row['proven_at']),
      failingSince: dateOrNull(row['failing_since']),
      via: row['via'] as 'hook' | null,
      approval: row['approval'] as CandidateRow['subscription']['approval'],
      approvalRule: row['approval_rule'] as string | null,
      createdAt: new Date(Number(row['created_at'])),
      updatedAt: new Date(Number(row['updated_at'])),
      version: Number(row['version']),
    },
  };
}

/** The rows of one lease. Deliveries of one event share its record: it is parsed, and later projected, once. */
export function leasedRows(rows: Raw[]): LeasedDelivery[] {
  const events = new Map<number, EventRecord>();
  return rows.map((row) => {
    const position = Number(row['position']);
    const event = events.get(position) ?? eventOf(row, position);
    events.set(position, event);
    return {
      id: row['id'] as string,
      leaseId: row['leaseId'] as string,
      untilMs: Number(row['untilMs']),
      subscriptionId: row['subscriptionId'] as string,
      grantId: row['grantId'] as string,
      accountId: row['accountId'] as string,
      attempts: Number(row['attempts']),
      tries: Number(row['tries']),
      line: row['line'] as string | null,
      event,
    };
  });
}

export const eventOf = (row: Raw, position: number): EventRecord => ({
  position,
  id: row['eventId'] as string,
  env: row['env'] as 'live',
  type: row['type'] as string,
  schemaVersion: Number(row['schemaVersion']),
  occurredAtMs: Number(row['occurredAtMs']),
  acceptedAtMs: Number(row['acceptedAtMs']),
  city: row['city'] as string | null,
  subject: row['subject'] as string,
  sequence: Number(row['sequence']),
  critical: Boolean(row['critical']),
  audience: parsed(row['audience']) as string[],
  data: parsed(row['data']) as Record<string, unknown>,
});

/** SQLite gives JSON as text, Postgres's driver as values. */
const parsed = (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : value);
const numberOrNull = (value: unknown): number | null =>
  value === null || value === undefined ? null : Number(value);
const dateOrNull = (value: unknown): Date | null =>
  value === null || value === undefined ? null : new Date(Number(value));
