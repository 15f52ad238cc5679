import type { Columns } from '#src/columns';

/** Who a person is at the marketplace's own issuer (OpenID Connect). Beginnings of a sign-in are in the browser alone. */
export const signInTables = (c: Columns) => ({
  /** `id` is `issuer subject`: no other pair is the same person (OpenID Connect Core §5.7). */
  identities: c.table(
    'identities',
    {
      id: c.text('id').primaryKey(),
      issuer: c.text('issuer').notNull(),
      subject: c.text('subject').notNull(),
      userId: c.text('user_id').notNull(),
      createdAt: c.instant('created_at').notNull(),
      lastSignInAt: c.instant('last_sign_in_at').notNull(),
    },
    // One subject a user: an address that was given to somebody else leads to nobody's account.
    (t) => [c.uniqueIndex('identities_user').on(t.userId, t.issuer)],
  ),
  /** What a session has beside its row in `sessions` (same id) when it came from the issuer. */
  sessionOrigins: c.table(
    'session_origins',
    {
      id: c.text('id').primaryKey(),
      identityId: c.text('identity_id').notNull(),
      issuer: c.text('issuer').notNull(),
      /** The issuer's own session, where it tells one; back-channel logout ends by it. */
      sid: c.text('sid'),
      /** When the person proved to the issuer who they are, which may be long before this session. */
      authenticatedAt: c.instant('authenticated_at').notNull(),
      expiresAt: c.instant('expires_at').notNull(),
    },
    (t) => [
      c.index('session_origins_identity').on(t.identityId),
      c.index('session_origins_sid').on(t.sid),
      c.index('session_origins_expires').on(t.expiresAt),
    ],
  ),
  /** Memberships that an issuer's claim gave, and may take away; those that the operator gave are not here. */
  claimedMembers: c.table(
    'claimed_members',
    {
      /** As in `members`. */
      id: c.text('id').primaryKey(),
      issuer: c.text('issuer').notNull(),
      userId: c.text('user_id').notNull(),
    },
    (t) => [c.index('claimed_members_user').on(t.userId)],
  ),
});
