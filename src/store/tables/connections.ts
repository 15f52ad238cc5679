import { sql } from 'drizzle-orm';
import type { Columns } from '#src/columns';
import type { EpochSnapshot } from './access.ts';

/**
 *   pending ─▶ active ◀─▶ degraded
 *                │ ▲         │
 *                ▼ │         ▼
 *             needs_reauth ─▶ revoked (its credential is shredded)
 */
export type ConnectionState = 'pending' | 'active' | 'degraded' | 'needs_reauth' | 'revoked';

/** What stands at a vendor for one op key, or may stand there. */
export type StoredRef = { id: string; version?: string; url?: string; hash?: string };

export const connectionTables = (c: Columns) => ({
  /** An account's link to a vendor. */
  connections: c.table(
    'connections',
    {
      id: c.text('id').primaryKey(),
      env: c.text('env').notNull().$type<'live' | 'test'>(),
      connector: c.text('connector').notNull(),
      accountId: c.text('account_id').notNull(),
      grantId: c.text('grant_id').notNull(),
      /** What made it: it ends with each of these. */
      tokenId: c.text('token_id').notNull(),
      userId: c.text('user_id'),
      appId: c.text('app_id'),
      partnerId: c.text('partner_id'),
      epochs: c.json<EpochSnapshot>('epochs').notNull(),
      tier: c.text('tier').notNull(),
      /** What the vendor has given, not what was asked for. */
      scopes: c.json<string[]>('scopes').notNull(),
      state: c.text('state').notNull().$type<ConnectionState>(),
      /** A word of the connector's or of ours: `invalid_grant`, `missing_scope`. */
      stateReason: c.text('state_reason'),
      /** The vendor's id of the workspace, account or portal; empty where it tells none. */
      vendorAccount: c.text('vendor_account').notNull(),
      label: c.text('label').notNull(),
      /** What the connector has noted of it. No secret. */
      facts: c.json<Record<string, unknown>>('facts').notNull(),
      isSetUp: c.flag('is_set_up').notNull(),
      /** Kinds of intents that its account has switched on. */
      intents: c.json<string[]>('intents').notNull(),
      /** Who refreshes its token now, and until when nobody else may. */
      refreshLease: c.text('refresh_lease'),
      refreshUntil: c.instant('refresh_until'),
      mutedUntil: c.instant('muted_until'),
      /** Where the vendor's changes were read to. */
      syncCursor: c.text('sync_cursor'),
      checkedAt: c.instant('checked_at'),
      /** When it is looked at next: health, a token that ends, changes to read. */
      dueAt: c.instant('due_at'),
      failures: c.count('failures').notNull(),
      lastUsedAt: c.instant('last_used_at'),
      /** When a person last vouched for it at the vendor. */
      linkedAt: c.instant('linked_at'),
      createdAt: c.instant('created_at').notNull(),
      updatedAt: c.instant('updated_at').notNull(),
      revokedAt: c.instant('revoked_at'),
      version: c.count('version').notNull(),
    },
    (t) => [
      c.index('connections_account').on(t.accountId, t.id),
      c.index('connections_vendor').on(t.connector, t.vendorAccount),
      c.index('connections_grant').on(t.grantId),
      c.index('connections_token').on(t.tokenId),
      c.index('connections_user').on(t.userId),
      c.index('connections_app').on(t.appId),
      c.index('connections_partner').on(t.partnerId),
      c
        .index('connections_due')
        .on(t.dueAt)
        .where(sql`due_at is not null`),
    ],
  ),
  /** Sealed: tokens and secret addresses. The row is deleted when the connection ends; nothing else holds its key. */
  credentials: c.table('credentials', {
    /** The connection's. */
    id: c.text('id').primaryKey(),
    sealed: c.text('sealed').notNull(),
    /** Rises with each refresh: who writes compares it. */
    version: c.count('version').notNull(),
    expiresAt: c.instant('expires_at'),
    updatedAt: c.instant('updated_at').notNull(),
  }),
  /** One row a connection and op key. `making`: an op is under way, or its process died; nobody knows what came of it. */
  connectionRefs: c.table(
    'connection_refs',
    {
      /** `con_… <key>` */
      id: c.text('id').primaryKey(),
      connectionId: c.text('connection_id').notNull(),
      key: c.text('key').notNull(),
      kind: c.text('kind').notNull(),
      /** The last one applied; -1: none yet. */
      seq: c.count('seq').notNull(),
      state: c.text('state').notNull().$type<'making' | 'unknown' | 'made' | 'gone'>(),
      ref: c.json<StoredRef>('ref'),
      /** `ref.id`: by it a vendor's message finds what it is about. */
      vendorId: c.text('vendor_id'),
      /** The op's own: where an upload stands. */
      note: c.json<unknown>('note'),
      eventId: c.text('event_id').notNull(),
      /** Who is at it, and until when nobody else is. */
      holder: c.text('holder'),
      heldUntil: c.instant('held_until'),
      updatedAt: c.instant('updated_at').notNull(),
    },
    (t) => [
      c.index('connection_refs_connection').on(t.connectionId, t.id),
      c.index('connection_refs_vendor').on(t.connectionId, t.vendorId),
    ],
  ),
  /** Every call to a vendor, without secrets and bodies. Purged like deliveries. */
  connectionCalls: c.table(
    'connection_calls',
    {
      position: c.position('position'),
      connectionId: c.text('connection_id').notNull(),
      at: c.instant('at').notNull(),
      purpose: c.text('purpose').notNull(),
      method: c.text('method').notNull(),
      /** Host and path; no query. */
      address: c.text('address').notNull(),
      status: c.count('status'),
      outcome: c.text('outcome').notNull(),
      durationMs: c.count('duration_ms').notNull(),
      deliveryId: c.text('delivery_id'),
    },
    (t) => [c.index('connection_calls_connection').on(t.connectionId, t.position)],
  ),
  /** An authorization under way, found by a hash of its `state`. Good for one use. */
  connectStates: c.table(
    'connect_states',
    {
      id: c.text('id').primaryKey(),
      connectionId: c.text('connection_id').notNull(),
      /** Whose browser must come back; `member`: anybody's of the account; null: the vendor's account must be the one of before. */
      userId: c.text('user_id'),
      /** PKCE's, sealed. */
      verifier: c.text('verifier').notNull(),
      tier: c.text('tier').notNull(),
      createdAt: c.instant('created_at').notNull(),
      expiresAt: c.instant('expires_at').notNull(),
    },
    (t) => [c.index('connect_states_expires').on(t.expiresAt)],
  ),
  /** Messages of vendors that were taken: `slack Ev0…`. */
  inbox: c.table('inbox', { id: c.text('id').primaryKey(), at: c.instant('at').notNull() }, (t) => [
    c.index('inbox_at').on(t.at),
  ]),
});
