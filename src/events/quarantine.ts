import { and, desc, eq, lt } from 'drizzle-orm';
import { encodeCursor } from '#src/columns';
import type { Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Schema } from '#src/store';
import { decodePlace } from '#src/wire';
import { isQuarantined, type QuarantineFilter } from './quarantine-filter.ts';

type EventRow = Schema['events']['$inferSelect'];

/** An event in quarantine as a list shows it: why it is there, and nothing of its data. */
export const showQuarantined = (event: Omit<EventRow, 'data'>) => ({
  id: event.id,
  type: event.type,
  schema_version: event.schemaVersion,
  subject: event.subject,
  sequence: event.sequence,
  city: event.city,
  occurred_at: event.occurredAt.toISOString(),
  accepted_at: event.acceptedAt.toISOString(),
  reasons: event.reasons,
});

export type QuarantinedPage = {
  data: ReturnType<typeof showQuarantined>[];
  next_cursor: string | null;
};

type Asking = Pick<Ctx, 'store' | 'caller'>;

/** Newest first. */
export async function listQuarantined(
  { store, caller }: Asking,
  page: { limit: number; after?: string | undefined } & Partial<QuarantineFilter>,
): Promise<QuarantinedPage> {
  const { events } = store.tables;
  const [before] = page.after ? decodePlace('quarantine', page.after, 1) : [];
  const rows = await store.db
    .select()
    .from(events)
    .where(
      and(
        isQuarantined(store, { env: caller.env, ...page }),
        before === undefined ? undefined : lt(events.position, before),
      ),
    )
    .orderBy(desc(events.position))
    .limit(page.limit + 1);
  const data = rows.slice(0, page.limit);
  const last = data.at(-1);
  return {
    data: data.map(showQuarantined),
    next_cursor: rows.length > page.limit && last ? encodeCursor('quarantine', [last.position]) : null,
  };
}

/**
 * With the data as it was received, for whoever may publish has sent it; and the request it came in, while receipts
 * keep that. 404 for an event that is not, or no longer, in quarantine.
 */
export async function findQuarantined({ store, caller }: Asking, id: string) {
  const { events, receipts } = store.tables;
  const [row] = await store.db
    .select({ event: events, receipt: receipts })
    .from(events)
    .leftJoin(receipts, eq(receipts.id, events.receiptId))
    .where(and(eq(events.id, id), eq(events.state, 'quarantined'), eq(events.env, caller.env)))
    .limit(1);
  if (!row) throw new PatchbayError('not_found', { public: 'No event of this id is in quarantine here.' });
  const { event, receipt } = row;
  return {
    ...showQuarantined(event),
    audience: event.audience,
    data: event.data,
    publisher: event.tokenId,
    receipt: {
      id: event.receiptId,
      received_at: receipt ? receipt.receivedAt.toISOString() : null,
      /** The whole request, a batch of others included; null once it was purged. */
      body: receipt ? receipt.body : null,
    },
  };
}
