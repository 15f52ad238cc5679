import { sql } from 'drizzle-orm';
import type { Columns } from '#src/columns';

/**
 * What somebody outside asks the marketplace for, and to whom an RFP went out. Nothing here changes the marketplace: its
 * core reads the feed of what is open, and answers.
 *
 *   pending_review ─▶ open ─▶ answered
 *        ├──▶ refused   └──▶ expired
 *        └──▶ expired
 */
export type IntentKind = 'rfp.create' | 'booking.respond' | 'rfp.stage';
export type IntentState = 'pending_review' | 'open' | 'answered' | 'refused' | 'expired';

export const intentTables = (c: Columns) => ({
  intents: c.table(
    'intents',
    {
      id: c.text('id').primaryKey(),
      env: c.text('env').notNull().$type<'live' | 'test'>(),
      kind: c.text('kind').notNull().$type<IntentKind>(),
      /** `app:app_…`, `account:acc_…` or `connector:slack`: what staff approve. */
      source: c.text('source').notNull(),
      connectionId: c.text('connection_id'),
      /** Null: a partner asks for itself. */
      accountId: c.text('account_id'),
      userId: c.text('user_id'),
      grantId: c.text('grant_id'),
      appId: c.text('app_id'),
      partnerId: c.text('partner_id'),
      /** The asker's own id of it. */
      externalRef: c.text('external_ref').notNull(),
      /** Who asked, for what kind, with which `externalRef`: the same twice is one intent. */
      refKey: c.text('ref_key').notNull(),
      /** Who asked, with which Idempotency-Key; null without one. */
      idempotencyKey: c.text('idempotency_key'),
      /** Of the body as it was taken. */
      fingerprint: c.text('fingerprint').notNull(),
      data: c.json<Record<string, unknown>>('data').notNull(),
      state: c.text('state').notNull().$type<IntentState>(),
      result: c.text('result').$type<'accepted' | 'refused' | null>(),
      /** What came of it: `rfps/rfp_…`. */
      resultSubject: c.text('result_subject'),
      /** Why it was refused, in words for who asked. */
      reason: c.text('reason'),
      /** Unique to the write that moved it last. */
      mark: c.text('mark'),
      createdAt: c.instant('created_at').notNull(),
      updatedAt: c.instant('updated_at').notNull(),
      openedAt: c.instant('opened_at'),
      expiresAt: c.instant('expires_at').notNull(),
    },
    (t) => [
      c.uniqueIndex('intents_ref').on(t.refKey),
      c.uniqueIndex('intents_idempotency').on(t.idempotencyKey),
      c.index('intents_account').on(t.accountId, t.id),
      c.index('intents_app').on(t.appId, t.id),
      c.index('intents_source').on(t.source, t.kind, t.state),
      c
        .index('intents_waiting')
        .on(t.state, t.id)
        .where(sql`state in ('pending_review', 'open')`),
      c.index('intents_updated').on(t.updatedAt),
    ],
  ),
  /** In the order in which intents became open; `tx` as in `feed`. */
  intentFeed: c.table(
    'intent_feed',
    {
      position: c.position('position'),
      tx: c.count('tx').notNull(),
      intentId: c.text('intent_id').notNull(),
    },
    (t) => [
      c.index('intent_feed_place').on(t.tx, t.position),
      c.uniqueIndex('intent_feed_intent').on(t.intentId),
    ],
  ),
  /** One kind of intent from one origin: whether it goes to the core without a look. */
  intentSources: c.table('intent_sources', {
    /** `source kind`. */
    id: c.text('id').primaryKey(),
    source: c.text('source').notNull(),
    kind: c.text('kind').notNull().$type<IntentKind>(),
    state: c.text('state').notNull().$type<'pending' | 'approved' | 'blocked'>(),
    note: c.text('note').notNull(),
    decidedBy: c.text('decided_by'),
    createdAt: c.instant('created_at').notNull(),
    updatedAt: c.instant('updated_at').notNull(),
  }),
  /** An RFP's revision goes to an account once, whatever is broadcast again. */
  broadcastPlaces: c.table(
    'broadcast_places',
    {
      /** `env:rfp:revision:account`. */
      id: c.text('id').primaryKey(),
      /** `env:rfp`. */
      rfp: c.text('rfp').notNull(),
      /** `env:account`. */
      recipient: c.text('recipient').notNull(),
      eventPosition: c.count('event_position').notNull(),
      /** When the recipient's cap allows it. */
      dueAt: c.instant('due_at'),
      /** Unique to the write that made it. */
      mark: c.text('mark').notNull(),
      createdAt: c.instant('created_at').notNull(),
    },
    (t) => [
      c.index('broadcast_places_rfp').on(t.rfp),
      c.index('broadcast_places_mark').on(t.mark),
      c.index('broadcast_places_created').on(t.createdAt),
    ],
  ),
  /** GCRA's arrival time of each recipient of broadcasts. */
  broadcastPaces: c.table(
    'broadcast_paces',
    {
      /** `env:account`. */
      id: c.text('id').primaryKey(),
      arrivalAt: c.instant('arrival_at').notNull(),
    },
    (t) => [c.index('broadcast_paces_arrival').on(t.arrivalAt)],
  ),
});
