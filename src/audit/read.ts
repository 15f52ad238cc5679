import { and, asc, eq, gt, gte, inArray, lt, or } from 'drizzle-orm';
import { decodeCursor, encodeCursor } from '#src/columns';
import type { Ports } from '#src/context';

/** A row as it is shown and exported. `at` is ISO 8601 in UTC. */
export type AuditEntry = {
  position: number;
  at: string;
  actor: string;
  action: string;
  subject: string;
  account: string | null;
  request_id: string | null;
  detail: Record<string, unknown>;
};

/** `since` included, `until` not. `account`: what it did, what was done to it and for it. */
export type AuditWindow = { since: Date | null; until: Date; account: string | null };
export type AuditPage = { data: AuditEntry[]; next_cursor: string | null };

/**
 * The trail by time, the oldest first, and by position within a millisecond. Throws `invalid_cursor`. There is nothing to
 * mask: a row holds ids and reasons, no name, no address, no token (see `AuditRow`).
 */
export async function readAudit(
  { store }: Pick<Ports, 'store'>,
  { since, until, account }: AuditWindow,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<AuditPage> {
  const { audit } = store.tables;
  const place = after ? placeOf(after) : null;
  const rows = await store.db
    .select()
    .from(audit)
    .where(
      and(
        since ? gte(audit.at, since) : undefined,
        lt(audit.at, until),
        account === null
          ? undefined
          : or(eq(audit.accountId, account), inArray(audit.subject, [account, `account:${account}`])),
        // The first term alone bounds the walk over the index; the second takes what lies before the place.
        place ? gte(audit.at, place.at) : undefined,
        place ? or(gt(audit.at, place.at), gt(audit.position, place.position)) : undefined,
      ),
    )
    .orderBy(asc(audit.at), asc(audit.position))
    .limit(limit + 1);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    data: shown.map(({ at, accountId, requestId, ...row }) => ({
      position: row.position,
      at: at.toISOString(),
      actor: row.actor,
      action: row.action,
      subject: row.subject,
      account: accountId,
      request_id: requestId,
      detail: row.detail,
    })),
    next_cursor:
      last && rows.length > limit ? encodeCursor('audit', [last.at.getTime(), last.position]) : null,
  };
}

function placeOf(after: string): { at: Date; position: number } {
  const [atMs, position] = decodeCursor('audit', after, ['number', 'number']);
  return { at: new Date(atMs), position };
}
