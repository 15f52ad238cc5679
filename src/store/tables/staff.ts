import { sql } from 'drizzle-orm';
import type { Columns } from '#src/columns';

/** Who looks after the hub, and with what powers. Rows are ended, never deleted: they are part of the trail. */
export const staffTables = (c: Columns) => ({
  /** A user with a role. The names of roles, and what each may do, are in #src/staff. */
  staffRoles: c.table(
    'staff_roles',
    {
      id: c.text('id').primaryKey(),
      userId: c.text('user_id').notNull(),
      role: c.text('role').notNull(),
      grantedBy: c.text('granted_by').notNull(),
      createdAt: c.instant('created_at').notNull(),
      endedAt: c.instant('ended_at'),
      endedBy: c.text('ended_by'),
    },
    // One that lives per person and role; those that ended stay beside it.
    (t) => [
      c
        .uniqueIndex('staff_roles_live')
        .on(t.userId, t.role)
        .where(sql`ended_at is null`),
    ],
  ),
  /** A few minutes of sensitive permissions, for one session or one token and nothing else of the person. */
  elevations: c.table(
    'elevations',
    {
      id: c.text('id').primaryKey(),
      userId: c.text('user_id').notNull(),
      /** `ses_…` or `tok_…`. */
      holder: c.text('holder').notNull(),
      permissions: c.json<string[]>('permissions').notNull(),
      reason: c.text('reason').notNull(),
      createdAt: c.instant('created_at').notNull(),
      expiresAt: c.instant('expires_at').notNull(),
      endedAt: c.instant('ended_at'),
    },
    (t) => [c.index('elevations_holder').on(t.holder, t.id)],
  ),
});
