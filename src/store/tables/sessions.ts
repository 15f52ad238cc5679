import type { Columns } from '#src/columns';
import type { EpochSnapshot } from './access.ts';

/** People in a browser. What the browser holds, and what a link holds, is here as an HMAC alone, as in `tokens`. */
export const sessionTables = (c: Columns) => ({
  sessions: c.table(
    'sessions',
    {
      id: c.text('id').primaryKey(),
      hash: c.text('hash').notNull(),
      userId: c.text('user_id').notNull(),
      /** For whom the person acts at the moment; null until one is chosen. */
      accountId: c.text('account_id'),
      env: c.text('env').notNull().$type<'live' | 'test'>(),
      /** Of the user, at the sign-in. */
      epochs: c.json<EpochSnapshot>('epochs').notNull(),
      createdAt: c.instant('created_at').notNull(),
      expiresAt: c.instant('expires_at').notNull(),
    },
    (t) => [
      c.uniqueIndex('sessions_hash').on(t.hash),
      c.index('sessions_user').on(t.userId),
      c.index('sessions_expires').on(t.expiresAt),
    ],
  ),
  /** One-time ways in, for a hub without an issuer of its own. */
  signInLinks: c.table(
    'sign_in_links',
    {
      id: c.text('id').primaryKey(),
      hash: c.text('hash').notNull(),
      userId: c.text('user_id').notNull(),
      createdAt: c.instant('created_at').notNull(),
      expiresAt: c.instant('expires_at').notNull(),
      usedAt: c.instant('used_at'),
    },
    (t) => [c.uniqueIndex('sign_in_links_hash').on(t.hash), c.index('sign_in_links_expires').on(t.expiresAt)],
  ),
});
