import { and, asc, eq, gt, ne } from 'drizzle-orm';
import * as z from 'zod';
import { decodeCursor, encodeCursor } from '#src/columns';
import type { Ports } from '#src/context';

export const approvalStates = ['pending', 'approved', 'refused'] as const;

/** What somebody needs who decides. Of the address the host alone: the rest may be a secret of the app. */
export const shownApproval = z
  .strictObject({
    subscription: z.string(),
    version: z.int().describe('To be sent with the decision.'),
    state: z.enum(approvalStates),
    app: z.strictObject({ id: z.string(), name: z.string() }).nullable(),
    account: z.string().nullable().describe('Null: it is the app’s own, for all who have connected it.'),
    made_by: z.string().describe('A token.'),
    via: z.enum(['hook']).nullable().describe('`hook`: by /v1/hooks, as Zapier does.'),
    host: z.string(),
    event_types: z.array(z.string()),
    cities: z.array(z.string()),
    is_filtered: z
      .boolean()
      .describe('Whether it narrows further; by what may be personal, and is not shown.'),
    scopes: z.array(z.string()),
    rule: z.strictObject({ id: z.string(), note: z.string() }).nullable(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Approval' });
export type ShownApproval = z.output<typeof shownApproval>;

/** Oldest first: it has waited longest. */
export async function listApprovals(
  { store }: Pick<Ports, 'store'>,
  query: { state: (typeof approvalStates)[number]; after?: string | undefined; limit: number },
): Promise<{ data: ShownApproval[]; next_cursor: string | null }> {
  const { subscriptions, apps, approvalRules } = store.tables;
  const after = query.after ? decodeCursor('approvals', query.after, ['string'])[0] : null;
  const rows = await store.db
    .select({ row: subscriptions, app: apps, rule: approvalRules })
    .from(subscriptions)
    .leftJoin(apps, eq(apps.id, subscriptions.appId))
    .leftJoin(approvalRules, eq(approvalRules.id, subscriptions.approvalRule))
    .where(
      and(
        eq(subscriptions.approval, query.state),
        ne(subscriptions.state, 'deleted'),
        after === null ? undefined : gt(subscriptions.id, after),
      ),
    )
    .orderBy(asc(subscriptions.id))
    .limit(query.limit + 1);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    data: page.map(shown),
    next_cursor: rows.length > query.limit && last ? encodeCursor('approvals', [last.row.id]) : null,
  };
}

type Tables = Ports['store']['tables'];
type Row = {
  row: Tables['subscriptions']['$inferSelect'];
  app: Tables['apps']['$inferSelect'] | null;
  rule: Tables['approvalRules']['$inferSelect'] | null;
};

const shown = ({ row, app, rule }: Row): ShownApproval => ({
  subscription: row.id,
  version: row.version,
  state: row.approval ?? 'pending',
  app: app ? { id: app.id, name: app.name } : null,
  account: row.accountId,
  made_by: row.tokenId,
  via: row.via,
  host: row.host,
  event_types: row.eventTypes,
  cities: row.cities,
  is_filtered: row.filter !== null,
  scopes: row.scopes,
  rule: rule ? { id: rule.id, note: rule.note } : null,
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
});
