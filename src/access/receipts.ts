import { eq } from 'drizzle-orm';
import * as z from 'zod';
import { actorOf, type Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Schema } from '#src/store';

export type RevocationRow = Schema['revocations']['$inferSelect'];

const counted = (of: string) => z.int().nullable().describe(`${of} Null: not counted.`);

/** A receipt as whoever it concerns sees it. What was not counted, in receipts from before it was, is null. */
export const shownRevocation = z.strictObject({
  id: z.string(),
  level: z.string(),
  subject: z.string(),
  account: z.string().nullable().describe('Whose it was, where that is one account’s.'),
  reason: z.string(),
  created_at: z.string(),
  completed_at: z
    .string()
    .nullable()
    .describe(
      'Null while something is still cancelled or counted. Nothing leaves meanwhile: each attempt asks first.',
    ),
  effect_ms: counted('Milliseconds from the call until no process lets anything through.'),
  stopped: z.strictObject({
    tokens: counted('Tokens that were alive.'),
    grants: counted('Consents.'),
    subscriptions: counted('Subscriptions.'),
    sessions: counted('People signed out of browsers.'),
  }),
  cancelled: z.int().describe('Deliveries that were queued and will never leave.'),
  last_sent_at: z.string().nullable().describe('When the last delivery left.'),
  last_delivery: z.string().nullable().describe('Which one that was.'),
  vendor_credentials: z
    .strictObject({ total: z.int(), revoked: z.int(), shredded: z.int() })
    .describe(
      'Of vendors, for connections: how many there were, taken back by the vendor, and destroyed here.',
    ),
});
export type ShownRevocation = z.output<typeof shownRevocation>;

export const showRevocation = (row: RevocationRow): ShownRevocation => ({
  id: row.id,
  level: row.level,
  subject: row.subjectId,
  account: row.accountId,
  reason: row.reason,
  created_at: row.createdAt.toISOString(),
  completed_at: row.completedAt?.toISOString() ?? null,
  effect_ms: row.effectMs,
  stopped: {
    tokens: row.tokens,
    grants: row.grants,
    subscriptions: row.subscriptions,
    sessions: row.sessions,
  },
  cancelled: row.cancelled,
  last_sent_at: row.lastSentAt?.toISOString() ?? null,
  last_delivery: row.lastDeliveryId,
  vendor_credentials: {
    total: row.credentials ?? 0,
    revoked: row.credentialsRevoked ?? 0,
    shredded: row.credentialsShredded ?? 0,
  },
});

/** The receipt of a revocation, for who asked for it and for the account whose token or grant it was. */
export async function findRevocation({ store, caller }: Pick<Ctx, 'store' | 'caller'>, id: string) {
  const { revocations } = store.tables;
  const [row] = await store.db.select().from(revocations).where(eq(revocations.id, id)).limit(1);
  if (!row) throw new PatchbayError('not_found');
  if (row.actor === actorOf(caller)) return showRevocation(row);
  const owner = await ownerOf(store, row);
  if (!caller.accountId || owner !== caller.accountId) throw new PatchbayError('not_found');
  return showRevocation(row);
}

async function ownerOf(
  store: Ctx['store'],
  { level, subjectId }: { level: string; subjectId: string },
): Promise<string | null> {
  const { tokens, grants } = store.tables;
  if (level === 'account') return subjectId;
  if (level !== 'token' && level !== 'grant') return null;
  const table = level === 'token' ? tokens : grants;
  const [row] = await store.db
    .select({ accountId: table.accountId })
    .from(table)
    .where(eq(table.id, subjectId))
    .limit(1);
  return row?.accountId ?? null;
}
