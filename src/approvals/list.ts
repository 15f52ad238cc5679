import { and, asc, count, eq, gt, min, ne } from 'drizzle-orm';
import * as z from 'zod';
import { decodeCursor, encodeCursor, idPattern } from '#src/columns';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';

export const approvalStates = ['pending', 'approved', 'refused'] as const;

/** What somebody needs who decides. Of the address the host alone: the rest may be a secret of the app. */
export const shownApproval = z
  .strictObject({
    subscription: z.string(),
    version: z.int().describe('To be sent with the decision.'),
    state: z.enum(approvalStates),
    app: z.strictObject({ id: z.string(), name: z.string() }).nullable(),
    partner: z.strictObject({ id: z.string(), name: z.string() }).nullable().describe('Of the app.'),
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
  ports: Pick<Ports, 'store'>,
  query: { state: (typeof approvalStates)[number]; after?: string | undefined; limit: number },
): Promise<{ data: ShownApproval[]; next_cursor: string | null }> {
  const { subscriptions } = ports.store.tables;
  const after = query.after ? placeIn(query.after) : null;
  const rows = await approvalRows(ports)
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
    data: page.map(showApproval),
    next_cursor: rows.length > query.limit && last ? encodeCursor('approvals', [last.row.id]) : null,
  };
}

/** How many wait, and since when the first of them does; null where none does. */
export async function approvalsWaiting({
  store,
}: Pick<Ports, 'store'>): Promise<{ count: number; since: Date } | null> {
  const { subscriptions } = store.tables;
  const [found] = await store.db
    .select({ count: count(), since: min(subscriptions.updatedAt) })
    .from(subscriptions)
    .where(and(eq(subscriptions.approval, 'pending'), ne(subscriptions.state, 'deleted')));
  return found?.since ? { count: found.count, since: found.since } : null;
}

/** With what a person needs who decides: to be narrowed, ordered and shown. */
export function approvalRows({ store }: Pick<Ports, 'store'>) {
  const { subscriptions, apps, partners, approvalRules } = store.tables;
  return store.db
    .select({ row: subscriptions, app: apps, partner: partners, rule: approvalRules })
    .from(subscriptions)
    .leftJoin(apps, eq(apps.id, subscriptions.appId))
    .leftJoin(partners, eq(partners.id, subscriptions.partnerId))
    .leftJoin(approvalRules, eq(approvalRules.id, subscriptions.approvalRule));
}

/** A cursor is anybody's text: what is no id of ours must not reach the database. */
function placeIn(after: string): string {
  const [id] = decodeCursor('approvals', after, ['string']);
  if (idPattern('sub').test(id)) return id;
  throw new PatchbayError('invalid_cursor', {
    public: 'The cursor is not one that this list gave. Start again without it.',
  });
}

export type ApprovalRow = Awaited<ReturnType<typeof approvalRows>>[number];

export const showApproval = ({ row, app, partner, rule }: ApprovalRow): ShownApproval => ({
  subscription: row.id,
  version: row.version,
  state: row.approval ?? 'pending',
  app: app ? { id: app.id, name: app.name } : null,
  partner: partner ? { id: partner.id, name: partner.name } : null,
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
