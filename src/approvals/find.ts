import { and, desc, eq, inArray, isNotNull, ne } from 'drizzle-orm';
import * as z from 'zod';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { approvalRows, type ApprovalRow, showApproval, shownApproval } from './list.ts';

/** One of them, with all that a decision hangs on. */
export const approvalRecord = shownApproval
  .extend({
    schema_version: z.int().nullable().describe('What it has pinned; null: the newest.'),
    asks: z
      .array(z.string())
      .describe('What it wants that its connector leaves to staff, in the connector’s words.'),
    rule_names: z
      .strictObject({
        app: z.string().nullable(),
        scopes: z.array(z.string()),
        event_types: z.array(z.string()),
      })
      .nullable()
      .describe('What the rule looks for.'),
    decisions: z
      .array(
        z.strictObject({
          outcome: z.enum(['approved', 'refused']),
          by: z.string(),
          at: z.string(),
          note: z.string(),
        }),
      )
      .describe('Newest first, at most ten: more than one where it was changed and asked again.'),
  })
  .meta({ id: 'ApprovalRecord' });
export type ApprovalRecord = z.output<typeof approvalRecord>;

/** 404 for what never had to be approved, and for what is deleted. */
export async function findApproval(
  ports: Pick<Ports, 'store' | 'connectors'>,
  id: string,
): Promise<ApprovalRecord> {
  const { subscriptions } = ports.store.tables;
  const [found] = await approvalRows(ports)
    .where(
      and(eq(subscriptions.id, id), isNotNull(subscriptions.approval), ne(subscriptions.state, 'deleted')),
    )
    .limit(1);
  if (!found) throw new PatchbayError('not_found', { public: `No approval was asked for ${id}.` });
  const [asks, decisions] = await Promise.all([asksOf(ports, found), decisionsOn(ports, id)]);
  const { row, rule } = found;
  return {
    ...showApproval(found),
    schema_version: row.schemaVersion,
    asks,
    rule_names: rule ? { app: rule.appId, scopes: rule.scopes, event_types: rule.eventTypes } : null,
    decisions,
  };
}

async function asksOf(
  { store, connectors }: Pick<Ports, 'store' | 'connectors'>,
  { row: { endpoint } }: ApprovalRow,
): Promise<string[]> {
  if (endpoint.type !== 'connection') return [];
  const { connections } = store.tables;
  const [connection] = await store.db
    .select({ connector: connections.connector })
    .from(connections)
    .where(eq(connections.id, endpoint.connection_id))
    .limit(1);
  const connector = connection ? await connectors.load(connection.connector) : null;
  return Object.entries(connector?.manifest.approvals ?? {})
    .filter(([option]) => Boolean(endpoint.options[option]))
    .map(([, why]) => why);
}

/** The trail keeps them: a row has the last one alone. */
async function decisionsOn(
  { store }: Pick<Ports, 'store'>,
  id: string,
): Promise<ApprovalRecord['decisions']> {
  const { audit } = store.tables;
  const rows = await store.db
    .select({ action: audit.action, by: audit.actor, at: audit.at, detail: audit.detail })
    .from(audit)
    .where(and(eq(audit.subject, id), inArray(audit.action, ['subscription.approve', 'subscription.refuse'])))
    .orderBy(desc(audit.position))
    .limit(10);
  return rows.map(({ action, by, at, detail: { note } }) => ({
    outcome: action === 'subscription.approve' ? 'approved' : 'refused',
    by,
    at: at.toISOString(),
    note: typeof note === 'string' ? note : '',
  }));
}
