import * as z from 'zod';
import { intentKinds } from './kinds.ts';
import type { IntentRow } from './record.ts';

export const intentStates = ['pending_review', 'open', 'answered', 'refused', 'expired'] as const;

const shared = {
  id: z.string(),
  kind: z.enum(intentKinds),
  state: z
    .enum(intentStates)
    .describe(
      '`pending_review`: staff look at it first. `open`: the marketplace has it. `answered`: see `result`. `refused`: by staff. `expired`: nobody answered in time.',
    ),
  external_ref: z.string(),
  data: z.record(z.string(), z.unknown()).describe('What was asked, as its kind has it.'),
  result: z.enum(['accepted', 'refused']).nullable(),
  subject: z.string().nullable().describe('What came of it, such as `rfps/rfp_…`.'),
  reason: z.string().nullable().describe('Why it was refused, in words.'),
  created_at: z.string(),
  updated_at: z.string(),
  expires_at: z.string(),
};

/** For who asked. */
export const shownRequest = z.strictObject(shared).meta({ id: 'IntentRequest' });
/** For the core and for staff, who have to know where it comes from. */
export const shownIntent = z
  .strictObject({
    ...shared,
    source: z.string().describe('`app:app_…`, `account:acc_…` or `connector:slack`.'),
    account: z.string().nullable().describe('Null: the partner asks for itself.'),
    user: z.string().nullable(),
    grant: z.string().nullable(),
    app: z.string().nullable(),
    partner: z.string().nullable(),
    connection: z.string().nullable(),
    opened_at: z.string().nullable().describe('When it came into the feed.'),
  })
  .meta({ id: 'Intent' });

export const showRequest = (row: IntentRow): z.output<typeof shownRequest> => ({
  id: row.id,
  kind: row.kind,
  state: row.state,
  external_ref: row.externalRef,
  data: row.data,
  result: row.result,
  subject: row.resultSubject,
  reason: row.reason,
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
  expires_at: row.expiresAt.toISOString(),
});

export const showIntent = (row: IntentRow): z.output<typeof shownIntent> => ({
  ...showRequest(row),
  source: row.source,
  account: row.accountId,
  user: row.userId,
  grant: row.grantId,
  app: row.appId,
  partner: row.partnerId,
  connection: row.connectionId,
  opened_at: row.openedAt?.toISOString() ?? null,
});
