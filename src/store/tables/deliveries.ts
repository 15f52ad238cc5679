import { sql } from 'drizzle-orm';
import type { Columns } from '#src/columns';
import type { EpochSnapshot } from './access.ts';

/**
 * What is sent where. `due_at` is when a delivery next wants attention, whatever its state: now (pending), the
 * retry (retrying), the lease's end (leased); null when nothing will happen by itself. One index on it finds
 * fresh work, retries and dead workers' leases alike.
 *
 *   pending ─▶ leased ─▶ delivered
 *      ▲         │  ├──▶ retrying ─▶ leased …
 *      │         │  ├──▶ dead ────▶ pending (retry, replay)
 *      └─ held ◀─┴──┴──▶ cancelled
 */
export type DeliveryState = 'pending' | 'leased' | 'retrying' | 'held' | 'delivered' | 'dead' | 'cancelled';

export type EndpointSpec =
  | { type: 'webhook'; url: string }
  | { type: 'connection'; connection_id: string; options: Record<string, unknown> };

export const deliveryTables = (c: Columns) => ({
  subscriptions: c.table(
    'subscriptions',
    {
      id: c.text('id').primaryKey(),
      env: c.text('env').notNull().$type<'live' | 'test'>(),
      owner: c.text('owner').notNull().$type<'grant' | 'app'>(),
      accountId: c.text('account_id'),
      grantId: c.text('grant_id'),
      appId: c.text('app_id'),
      partnerId: c.text('partner_id'),
      tokenId: c.text('token_id').notNull(),
      /** Who acted as it was made: it ends with them. Null of an app's own, and in rows from before this column. */
      userId: c.text('user_id'),
      scopes: c.json<string[]>('scopes').notNull(),
      epochs: c.json<EpochSnapshot>('epochs').notNull(),
      endpoint: c.json<EndpointSpec>('endpoint').notNull(),
      host: c.text('host').notNull(),
      eventTypes: c.json<string[]>('event_types').notNull(),
      cities: c.json<string[]>('cities').notNull(),
      filter: c.json<unknown>('filter'),
      schemaVersion: c.count('schema_version'),
      format: c.text('format').notNull().$type<'standard' | 'cloudevents' | 'secevent'>(),
      signature: c.text('signature').notNull().$type<'v1' | 'v1a'>(),
      ordering: c.text('ordering').notNull().$type<'none' | 'subject'>(),
      maxPerSecond: c.count('max_per_second').notNull(),
      description: c.text('description').notNull(),
      state: c.text('state').notNull().$type<'active' | 'paused' | 'disabled' | 'deleted'>(),
      stateReason: c.text('state_reason'),
      publicKey: c.text('public_key'),
      /** Events up to here were accepted before this subscription was: they never match. */
      sinceEvent: c.count('since_event').notNull(),
      provenAt: c.instant('proven_at'),
      failingSince: c.instant('failing_since'),
      /** `hook`: by /v1/hooks, for a service that ends what it no longer wants with a 410. */
      via: c.text('via').$type<'hook' | null>(),
      /** Staff decide about it (#src/approvals); null: nobody has to. Inert until `approved`. */
      approval: c.text('approval').$type<'pending' | 'approved' | 'refused' | null>(),
      /** The rule that asked. */
      approvalRule: c.text('approval_rule'),
      createdAt: c.instant('created_at').notNull(),
      updatedAt: c.instant('updated_at').notNull(),
      version: c.count('version').notNull(),
    },
    (t) => [
      c.index('subscriptions_account').on(t.accountId, t.id),
      c.index('subscriptions_app').on(t.appId, t.id),
      c.index('subscriptions_grant').on(t.grantId),
      c.index('subscriptions_token').on(t.tokenId),
      c.index('subscriptions_user').on(t.userId),
      c.index('subscriptions_host').on(t.host),
      c
        .index('subscriptions_approval')
        .on(t.approval, t.id)
        .where(sql`approval is not null`),
    ],
  ),
  /** Sealed signing secrets; during a rotation two sign. */
  secrets: c.table(
    'secrets',
    {
      id: c.text('id').primaryKey(),
      subscriptionId: c.text('subscription_id').notNull(),
      sealed: c.text('sealed').notNull(),
      createdAt: c.instant('created_at').notNull(),
      expiresAt: c.instant('expires_at'),
    },
    (t) => [c.index('secrets_subscription').on(t.subscriptionId)],
  ),
  /** Rises with every change that can alter what matches; a publish checks it in its own write. */
  marks: c.table('marks', { name: c.text('name').primaryKey(), value: c.count('value').notNull() }),
  /** Whose subscriptions changed at which version; null: more than one account's. */
  changes: c.table(
    'changes',
    {
      position: c.position('position'),
      version: c.count('version').notNull(),
      accountId: c.text('account_id'),
      subscriptionId: c.text('subscription_id'),
    },
    (t) => [c.index('changes_version').on(t.version)],
  ),
  deliveries: c.table(
    'deliveries',
    {
      position: c.position('position'),
      id: c.text('id').notNull(),
      env: c.text('env').notNull(),
      eventPosition: c.count('event_position').notNull(),
      subscriptionId: c.text('subscription_id').notNull(),
      grantId: c.text('grant_id').notNull(),
      accountId: c.text('account_id').notNull(),
      state: c.text('state').notNull().$type<DeliveryState>(),
      reason: c.text('reason').notNull(),
      dueAt: c.instant('due_at'),
      attempts: c.count('attempts').notNull(),
      /** Attempts since the first try or the last replay: what the retry schedule counts. */
      tries: c.count('tries').notNull(),
      leaseId: c.text('lease_id'),
      /** The attempt that last settled it: later statements of the same write select by it. */
      mark: c.text('mark'),
      critical: c.flag('critical').notNull(),
      /** The subject, where the subscription wants order within it; null otherwise. */
      line: c.text('line'),
      sequence: c.count('sequence').notNull(),
      createdAt: c.instant('created_at').notNull(),
      updatedAt: c.instant('updated_at').notNull(),
    },
    (t) => [
      c.uniqueIndex('deliveries_id').on(t.id),
      c.uniqueIndex('deliveries_event').on(t.eventPosition, t.subscriptionId, t.grantId),
      c
        .index('deliveries_due')
        .on(t.subscriptionId, t.dueAt)
        .where(sql`due_at is not null`),
      c.index('deliveries_subscription').on(t.subscriptionId, t.position),
      // Only where deliveries stop: the common way through (leased, delivered) never touches it. Spelled out, since
      // SQLite makes a table of a list of four at each write: 5 µs a delivery.
      c
        .index('deliveries_stopped')
        .on(t.subscriptionId, t.state, t.position)
        .where(sql`state = 'retrying' or state = 'held' or state = 'dead' or state = 'cancelled'`),
      c
        .index('deliveries_line')
        .on(t.subscriptionId, t.line, t.sequence)
        .where(sql`line is not null`),
    ],
  ),
  attempts: c.table(
    'attempts',
    {
      position: c.position('position'),
      id: c.text('id').notNull(),
      deliveryId: c.text('delivery_id').notNull(),
      number: c.count('number').notNull(),
      startedAt: c.instant('started_at').notNull(),
      durationMs: c.count('duration_ms').notNull(),
      outcome: c.text('outcome').notNull(),
      status: c.count('status'),
      stage: c.text('stage').notNull(),
      detail: c.text('detail').notNull(),
      /** The first KiB of the answer. */
      answer: c.text('answer').notNull(),
    },
    (t) => [c.index('attempts_delivery').on(t.deliveryId)],
  ),
  /** Durable work that is done in chunks: expansion, replay, cancellation, resumption. */
  tasks: c.table(
    'tasks',
    {
      id: c.text('id').primaryKey(),
      kind: c.text('kind').notNull(),
      /** What it is about: an event, a subscription, a revocation. */
      subject: c.text('subject').notNull(),
      payload: c.json<Record<string, unknown>>('payload').notNull(),
      cursor: c.json<unknown>('cursor'),
      state: c.text('state').notNull().$type<'open' | 'done' | 'failed'>(),
      done: c.count('done').notNull(),
      dueAt: c.instant('due_at'),
      leaseId: c.text('lease_id'),
      failures: c.count('failures').notNull(),
      error: c.text('error'),
      createdAt: c.instant('created_at').notNull(),
      updatedAt: c.instant('updated_at').notNull(),
    },
    (t) => [c.index('tasks_due').on(t.dueAt), c.index('tasks_subject').on(t.subject)],
  ),
});
