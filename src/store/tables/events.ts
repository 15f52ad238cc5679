import type { Columns } from '#src/columns';

/**
 * Bronze, silver, and where a reader stands. `receipts` keeps what was received (bronze, short-lived), `events`
 * the validated form (silver). Gold, the projection that leaves, is never stored.
 *
 * `events.position` grows as rows are made. `feed.position` grows as an account comes to see an event: for a
 * re-driven event that is later, and a reader's cursor must not have passed it. `tx` is 0 on SQLite (one writer:
 * position is commit order) and the writing transaction on Postgres.
 */
export type Reason = { code: string; pointer: string; detail: string };

export const eventTables = (c: Columns) => ({
  events: c.table(
    'events',
    {
      position: c.position('position'),
      id: c.text('id').notNull(),
      env: c.text('env').notNull().$type<'live' | 'test'>(),
      type: c.text('type').notNull(),
      schemaVersion: c.count('schema_version').notNull(),
      stream: c.text('stream').notNull(),
      occurredAt: c.instant('occurred_at').notNull(),
      acceptedAt: c.instant('accepted_at').notNull(),
      city: c.text('city'),
      subject: c.text('subject').notNull(),
      sequence: c.count('sequence').notNull(),
      audience: c.json<string[]>('audience').notNull(),
      data: c.json<Record<string, unknown>>('data').notNull(),
      state: c.text('state').notNull().$type<'accepted' | 'quarantined'>(),
      reasons: c.json<Reason[]>('reasons').notNull(),
      fingerprint: c.text('fingerprint').notNull(),
      receiptId: c.text('receipt_id').notNull(),
      receiptIndex: c.count('receipt_index').notNull(),
      tokenId: c.text('token_id'),
      critical: c.flag('critical').notNull(),
      /** Unique to the call that last moved this event out of quarantine. */
      mark: c.text('mark'),
    },
    (t) => [c.uniqueIndex('events_id').on(t.id), c.index('events_state').on(t.state, t.position)],
  ),
  receipts: c.table(
    'receipts',
    {
      position: c.position('position'),
      id: c.text('id').notNull(),
      tokenId: c.text('token_id'),
      receivedAt: c.instant('received_at').notNull(),
      body: c.text('body').notNull(),
    },
    (t) => [c.uniqueIndex('receipts_id').on(t.id)],
  ),
  /** Sequences never restart, so this outlives the events. */
  subjects: c.table('subjects', {
    /** `env:subject`. */
    id: c.text('id').primaryKey(),
    lastSequence: c.count('last_sequence').notNull(),
  }),
  idempotency: c.table(
    'idempotency',
    {
      /** `token:key`. */
      id: c.text('id').primaryKey(),
      fingerprint: c.text('fingerprint').notNull(),
      receiptId: c.text('receipt_id').notNull(),
      /** In the order of the request, so that the same answer can be given again. */
      eventIds: c.json<string[]>('event_ids').notNull(),
      createdAt: c.instant('created_at').notNull(),
    },
    (t) => [c.index('idempotency_created').on(t.createdAt)],
  ),
  feed: c.table(
    'feed',
    {
      position: c.position('position'),
      tx: c.count('tx').notNull(),
      accountId: c.text('account_id').notNull(),
      eventPosition: c.count('event_position').notNull(),
    },
    (t) => [c.index('feed_account').on(t.accountId, t.tx, t.position)],
  ),
  /** Read models: which event tells the current state of each booking, RFP, deliverable and review. */
  entities: c.table(
    'entities',
    {
      /** `env:kind:entity id`. */
      id: c.text('id').primaryKey(),
      kind: c.text('kind').notNull(),
      entityId: c.text('entity_id').notNull(),
      sequence: c.count('sequence').notNull(),
      /** Its newest accepted event, which retention spares. */
      eventPosition: c.count('event_position').notNull(),
      updatedAt: c.instant('updated_at').notNull(),
    },
    (t) => [c.index('entities_event').on(t.eventPosition)],
  ),
  entityAccounts: c.table('entity_accounts', {
    /** `account:env:kind:entity id`: one look-up, one order. */
    id: c.text('id').primaryKey(),
    entity: c.text('entity').notNull(),
  }),
});
