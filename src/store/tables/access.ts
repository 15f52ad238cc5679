import { sql } from 'drizzle-orm';
import type { Columns } from '#src/columns';

/**
 * Who may do what. `epochs` holds the integers that only rise: a token, grant or subscription carries the
 * values at its making and is valid while they still match, so that one increment revokes all that hangs below.
 */
export type EpochSnapshot = Partial<Record<EpochLevel, [id: string, value: number]>>;
export type EpochLevel = 'installation' | 'partner' | 'app' | 'account' | 'user' | 'grant';

export const accessTables = (c: Columns) => ({
  accounts: c.table(
    'accounts',
    {
      id: c.text('id').primaryKey(),
      kind: c.text('kind').notNull().$type<'person' | 'organisation'>(),
      actor: c.text('actor').$type<string | null>(),
      name: c.text('name').notNull(),
      country: c.text('country').notNull(),
      city: c.text('city'),
      timeZone: c.text('time_zone').notNull(),
      status: c.text('status').notNull().$type<'active' | 'suspended' | 'closed' | 'erased'>(),
      /** A name of #src/limits; null: the free one. */
      plan: c.text('plan'),
      createdAt: c.instant('created_at').notNull(),
      updatedAt: c.instant('updated_at').notNull(),
    },
    (t) => [c.index('accounts_name').on(t.name), c.index('accounts_lower_name').on(sql`lower(name)`)],
  ),
  users: c.table(
    'users',
    {
      id: c.text('id').primaryKey(),
      name: c.text('name').notNull(),
      email: c.text('email'),
      createdAt: c.instant('created_at').notNull(),
    },
    () => [
      c.index('users_lower_name').on(sql`lower(name)`),
      c.index('users_lower_email').on(sql`lower(email)`),
    ],
  ),
  members: c.table(
    'members',
    {
      id: c.text('id').primaryKey(),
      accountId: c.text('account_id').notNull(),
      userId: c.text('user_id').notNull(),
      role: c.text('role').notNull().$type<'owner' | 'member'>(),
      createdAt: c.instant('created_at').notNull(),
    },
    (t) => [
      c.uniqueIndex('members_account_user').on(t.accountId, t.userId),
      c.index('members_user').on(t.userId),
    ],
  ),
  partners: c.table(
    'partners',
    {
      id: c.text('id').primaryKey(),
      name: c.text('name').notNull(),
      /** As of an account; it counts for all that the partner's apps do. */
      plan: c.text('plan'),
      createdAt: c.instant('created_at').notNull(),
    },
    () => [c.index('partners_lower_name').on(sql`lower(name)`)],
  ),
  apps: c.table(
    'apps',
    {
      id: c.text('id').primaryKey(),
      partnerId: c.text('partner_id').notNull(),
      name: c.text('name').notNull(),
      createdAt: c.instant('created_at').notNull(),
    },
    (t) => [c.index('apps_partner').on(t.partnerId), c.index('apps_lower_name').on(sql`lower(name)`)],
  ),
  /** One account's consent. `appId` is null for an account's own automation (personal tokens). */
  grants: c.table(
    'grants',
    {
      id: c.text('id').primaryKey(),
      env: c.text('env').notNull().$type<'live' | 'test'>(),
      accountId: c.text('account_id').notNull(),
      userId: c.text('user_id'),
      appId: c.text('app_id'),
      partnerId: c.text('partner_id'),
      scopes: c.json<string[]>('scopes').notNull(),
      epochs: c.json<EpochSnapshot>('epochs').notNull(),
      /** Nothing at or before this feed position is seen, unless `history`. */
      sinceEvent: c.count('since_event').notNull(),
      history: c.flag('history').notNull(),
      createdAt: c.instant('created_at').notNull(),
      endedAt: c.instant('ended_at'),
      /** To the day: a call of its app, or a delivery that was taken. Noted once a day, for what ends of disuse. */
      lastUsedAt: c.instant('last_used_at'),
      /** When its account was told that it will end of disuse. */
      warnedAt: c.instant('warned_at'),
    },
    (t) => [
      c.index('grants_account').on(t.accountId, t.env),
      c.index('grants_app').on(t.appId, t.env),
      c.index('grants_user').on(t.userId),
      c.index('grants_partner').on(t.partnerId),
    ],
  ),
  tokens: c.table(
    'tokens',
    {
      id: c.text('id').primaryKey(),
      /** The letter of its form; `w`: whoever signs with its secret (`secrets`), and no token. */
      kind: c.text('kind').notNull().$type<'a' | 'r' | 'c' | 'k' | 's' | 'f' | 'w'>(),
      env: c.text('env').notNull().$type<'live' | 'test'>(),
      /** HMAC-SHA-256 by the pepper of `pepperVersion`, base64url. The token itself is nowhere. Of kind `w`: its id, which no token hashes to. */
      hash: c.text('hash').notNull(),
      pepperVersion: c.count('pepper_version').notNull(),
      locator: c.text('locator').notNull(),
      label: c.text('label').notNull(),
      accountId: c.text('account_id'),
      userId: c.text('user_id'),
      grantId: c.text('grant_id'),
      appId: c.text('app_id'),
      partnerId: c.text('partner_id'),
      scopes: c.json<string[]>('scopes').notNull(),
      epochs: c.json<EpochSnapshot>('epochs').notNull(),
      createdAt: c.instant('created_at').notNull(),
      expiresAt: c.instant('expires_at'),
      revokedAt: c.instant('revoked_at'),
      revokedReason: c.text('revoked_reason'),
      lastUsedAt: c.instant('last_used_at'),
      /** The last delivery of what it made, as of the last look: a use as much as a call is. */
      lastDeliveredAt: c.instant('last_delivered_at'),
      /** When its account was told that it will end of disuse. */
      warnedAt: c.instant('warned_at'),
      /** Thumbprint of the key whose proof it needs (RFC 9449 §6); null: a bearer token. */
      dpopJkt: c.text('dpop_jkt'),
      /** The authorization that its chain of tokens began with. */
      chainId: c.text('chain_id'),
      /** Of a calendar feed or a sender of RFPs: the token that made it, with which it ends. Null: a person made it. */
      makerId: c.text('maker_id'),
    },
    (t) => [
      c.uniqueIndex('tokens_hash').on(t.hash),
      c
        .index('tokens_maker')
        .on(t.makerId)
        .where(sql`maker_id is not null`),
      c.index('tokens_grant').on(t.grantId),
      c.index('tokens_account').on(t.accountId),
      c.index('tokens_user').on(t.userId),
      c.index('tokens_app').on(t.appId),
      c.index('tokens_partner').on(t.partnerId),
    ],
  ),
  /**
   * `id` is `level:subject`, e.g. `grant:grt_01…`; the installation's is `installation:`. A revoked token has a row for
   * a while beside its own, so that one reading tells all that changed; one that leaked has another, `maker:tok_01…`,
   * whose value is the moment in milliseconds. `version` counts the writes (mark `epochs`).
   */
  epochs: c.table(
    'epochs',
    {
      id: c.text('id').primaryKey(),
      level: c.text('level').notNull().$type<EpochLevel | 'token' | 'maker'>(),
      subjectId: c.text('subject_id').notNull(),
      value: c.count('value').notNull(),
      suspendedAt: c.instant('suspended_at'),
      reason: c.text('reason'),
      updatedAt: c.instant('updated_at').notNull(),
      version: c.count('version'),
    },
    (t) => [
      c.index('epochs_version').on(t.version),
      c
        .index('epochs_suspended')
        .on(t.suspendedAt)
        .where(sql`suspended_at is not null`),
    ],
  ),
  /** Receipts. What has no number yet is still being counted, or was revoked before it was. */
  revocations: c.table(
    'revocations',
    {
      id: c.text('id').primaryKey(),
      level: c.text('level').notNull(),
      subjectId: c.text('subject_id').notNull(),
      reason: c.text('reason').notNull(),
      actor: c.text('actor').notNull(),
      createdAt: c.instant('created_at').notNull(),
      completedAt: c.instant('completed_at'),
      /** Deliveries. */
      cancelled: c.count('cancelled').notNull(),
      lastSentAt: c.instant('last_sent_at'),
      lastDeliveryId: c.text('last_delivery_id'),
      /** Whose token, grant or account it was. */
      accountId: c.text('account_id'),
      note: c.text('note'),
      /** From the call until no process goes by what was before. */
      effectMs: c.count('effect_ms'),
      tokens: c.count('tokens'),
      grants: c.count('grants'),
      subscriptions: c.count('subscriptions'),
      sessions: c.count('sessions'),
      /** Vendors' credentials below it: how many, revoked by the vendor, and destroyed here. */
      credentials: c.count('credentials'),
      credentialsRevoked: c.count('credentials_revoked'),
      credentialsShredded: c.count('credentials_shredded'),
    },
    (t) => [
      c.index('revocations_subject').on(t.subjectId, t.id),
      c.index('revocations_account').on(t.accountId, t.id),
    ],
  ),
  /** Who did what. The Merkle log grows out of it; nothing here is ever changed or purged. */
  audit: c.table(
    'audit',
    {
      position: c.position('position'),
      at: c.instant('at').notNull(),
      actor: c.text('actor').notNull(),
      action: c.text('action').notNull(),
      subject: c.text('subject').notNull(),
      accountId: c.text('account_id'),
      requestId: c.text('request_id'),
      detail: c.json<Record<string, unknown>>('detail').notNull(),
    },
    (t) => [
      c.index('audit_subject').on(t.subject),
      c.index('audit_account').on(t.accountId),
      c.index('audit_actor').on(t.actor, t.position),
      c.index('audit_at').on(t.at, t.position),
    ],
  ),
});
