import type { Columns } from '#src/columns';

/** What an operator wants to look at before it sends anything. Rules are ended, never deleted: they are part of the trail. */
export const approvalTables = (c: Columns) => ({
  approvalRules: c.table('approval_rules', {
    id: c.text('id').primaryKey(),
    /** Null: whatever app, and accounts' own automation. */
    appId: c.text('app_id'),
    /** It concerns what one of these reveals; empty: whatever is revealed. */
    scopes: c.json<string[]>('scopes').notNull(),
    /** Patterns as in a subscription; empty: whatever type. */
    eventTypes: c.json<string[]>('event_types').notNull(),
    note: c.text('note').notNull(),
    createdBy: c.text('created_by').notNull(),
    createdAt: c.instant('created_at').notNull(),
    endedAt: c.instant('ended_at'),
    endedBy: c.text('ended_by'),
  }),
});
