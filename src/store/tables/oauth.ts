import type { Columns } from '#src/columns';
import type { EpochSnapshot } from './access.ts';

export type ClientAuthMethod = 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';
export type GrantType =
  | 'authorization_code'
  | 'refresh_token'
  | 'client_credentials'
  | 'urn:ietf:params:oauth:grant-type:device_code';

/** What the authorization server knows. Codes, secrets and tokens are here as HMACs alone, as in `tokens`. */
export const oauthTables = (c: Columns) => ({
  /** An app as an OAuth client (RFC 7591 §2); its `client_id` is the app's id. Secrets are rows of `tokens`, kind `c`. */
  clients: c.table('clients', {
    appId: c.text('app_id').primaryKey(),
    partnerId: c.text('partner_id').notNull(),
    env: c.text('env').notNull().$type<'live' | 'test'>(),
    kind: c.text('kind').notNull().$type<'public' | 'confidential'>(),
    authMethods: c.json<ClientAuthMethod[]>('auth_methods').notNull(),
    redirectUris: c.json<string[]>('redirect_uris').notNull(),
    grantTypes: c.json<GrantType[]>('grant_types').notNull(),
    /** The most that it may ask for. */
    scopes: c.json<string[]>('scopes').notNull(),
    jwks: c.json<{ keys: Record<string, unknown>[] } | null>('jwks'),
    jwksUri: c.text('jwks_uri'),
    clientUri: c.text('client_uri'),
    requiresPush: c.flag('requires_push').notNull(),
    requiresDpop: c.flag('requires_dpop').notNull(),
    /** Of app and partner at its making: a revoked app asks for nothing more. */
    epochs: c.json<EpochSnapshot>('epochs').notNull(),
    createdAt: c.instant('created_at').notNull(),
  }),
  /** Abuse and privacy reviews of partners; the latest counts. */
  reviews: c.table(
    'reviews',
    {
      id: c.text('id').primaryKey(),
      partnerId: c.text('partner_id').notNull(),
      outcome: c.text('outcome').notNull().$type<'passed' | 'refused' | 'withdrawn'>(),
      /** Those that it covers; null: every one that takes a review. */
      scopes: c.json<string[] | null>('scopes'),
      /** From then on it counts as none; null: it has no end. */
      expiresAt: c.instant('expires_at'),
      /** Where the review itself is written down. */
      reference: c.text('reference'),
      reviewer: c.text('reviewer').notNull(),
      note: c.text('note').notNull(),
      createdAt: c.instant('created_at').notNull(),
    },
    (t) => [c.index('reviews_partner').on(t.partnerId, t.id)],
  ),
  /**
   * One wish for access, from the first request to the token: pushed, shown to a person, decided, redeemed. The browser
   * and the device take the same way; what differs is who is told of the decision.
   *
   *   pushed ─▶ waiting ─▶ approved ─▶ redeemed
   *                   └──▶ denied
   */
  authorizations: c.table(
    'authorizations',
    {
      id: c.text('id').primaryKey(),
      state: c.text('state').notNull().$type<'pushed' | 'waiting' | 'approved' | 'denied' | 'redeemed'>(),
      appId: c.text('app_id').notNull(),
      env: c.text('env').notNull().$type<'live' | 'test'>(),
      scopes: c.json<string[]>('scopes').notNull(),
      /** Null for a device. */
      redirectUri: c.text('redirect_uri'),
      clientState: c.text('client_state'),
      codeChallenge: c.text('code_challenge'),
      /** Thumbprint of the key that the code is bound to (RFC 9449 §10). */
      dpopJkt: c.text('dpop_jkt'),
      requestHash: c.text('request_hash'),
      interactionHash: c.text('interaction_hash'),
      codeHash: c.text('code_hash'),
      deviceHash: c.text('device_hash'),
      userCodeHash: c.text('user_code_hash'),
      polledAt: c.instant('polled_at'),
      pollEveryMs: c.count('poll_every_ms'),
      userId: c.text('user_id'),
      accountId: c.text('account_id'),
      grantId: c.text('grant_id'),
      granted: c.json<string[] | null>('granted'),
      /** What the tokens will carry: the values at the consent, not at the minting. */
      epochs: c.json<EpochSnapshot | null>('epochs'),
      /** Unique to the write that moved it last. */
      mark: c.text('mark'),
      createdAt: c.instant('created_at').notNull(),
      expiresAt: c.instant('expires_at').notNull(),
      decidedAt: c.instant('decided_at'),
      redeemedAt: c.instant('redeemed_at'),
    },
    (t) => [
      c.uniqueIndex('authorizations_request').on(t.requestHash),
      c.uniqueIndex('authorizations_interaction').on(t.interactionHash),
      c.uniqueIndex('authorizations_code').on(t.codeHash),
      c.uniqueIndex('authorizations_device').on(t.deviceHash),
      c.uniqueIndex('authorizations_user_code').on(t.userCodeHash),
      c.index('authorizations_expires').on(t.expiresAt),
    ],
  ),
  /** What a refresh token has beside its row in `tokens` (same id): how it rotates. */
  refreshes: c.table(
    'refreshes',
    {
      id: c.text('id').primaryKey(),
      generation: c.count('generation').notNull(),
      /** When the chain ends, however much it is used; null for confidential clients. */
      chainEndsAt: c.instant('chain_ends_at'),
      /** HMAC of the network that asked for it, where the host tells one. */
      network: c.text('network'),
      supersededAt: c.instant('superseded_at'),
      successorId: c.text('successor_id'),
      /** The answer that superseded it, under a key that only the holder of the old token can derive. */
      sealedAnswer: c.text('sealed_answer'),
    },
    (t) => [c.index('refreshes_network').on(t.network)],
  ),
  /** Ids that may be used once (jti of assertions and of DPoP proofs), kept until they expire by themselves. */
  usedIds: c.table(
    'used_ids',
    { id: c.text('id').primaryKey(), expiresAt: c.instant('expires_at').notNull() },
    (t) => [c.index('used_ids_expires').on(t.expiresAt)],
  ),
  /** What asks for a person's judgement, with its evidence. */
  cases: c.table(
    'cases',
    {
      id: c.text('id').primaryKey(),
      kind: c.text('kind').notNull(),
      /** `grant:grt_01…` */
      subject: c.text('subject').notNull(),
      evidence: c.json<Record<string, unknown>>('evidence').notNull(),
      state: c.text('state').notNull().$type<'open' | 'closed'>(),
      createdAt: c.instant('created_at').notNull(),
    },
    (t) => [c.index('cases_subject').on(t.subject), c.index('cases_state').on(t.state, t.id)],
  ),
});
