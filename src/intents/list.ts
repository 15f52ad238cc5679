import { and, asc, count, eq, gt, min, sql } from 'drizzle-orm';
import { decodeCursor, encodeCursor } from '#src/columns';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { IntentKind, Schema } from '#src/store';
import { sourceId, sourcePattern } from './sources.ts';

export type SourceRow = Schema['intentSources']['$inferSelect'];

/** In the order of their names. */
export async function listSources(
  { store }: Pick<Ports, 'store'>,
  {
    state,
    after,
    limit,
  }: { state?: SourceRow['state'] | undefined; after?: string | undefined; limit: number },
): Promise<{ rows: SourceRow[]; cursor: string | null }> {
  const { intentSources } = store.tables;
  const rows = await store.db
    .select()
    .from(intentSources)
    .where(
      and(
        state ? eq(intentSources.state, state) : undefined,
        after ? gt(intentSources.id, placeIn(after)) : undefined,
      ),
    )
    .orderBy(asc(intentSources.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: page,
    cursor: rows.length > limit && last ? encodeCursor('intent_sources', [last.id]) : null,
  };
}

/** 404 where nothing of this kind has ever come from it. */
export async function findSource(
  { store }: Pick<Ports, 'store'>,
  { source, kind }: { source: string; kind: IntentKind },
): Promise<SourceRow> {
  const { intentSources } = store.tables;
  const [row] = await store.db
    .select()
    .from(intentSources)
    .where(eq(intentSources.id, sourceId(source, kind)))
    .limit(1);
  if (row) return row;
  throw new PatchbayError('not_found', { public: `Nothing of the kind ${kind} has come from ${source}.` });
}

export type Waiting = { count: number; since: Date };

/** How many wait for a review, of one origin or of all, and since when the first does; null where none does. */
export async function intentsWaiting(
  { store }: Pick<Ports, 'store'>,
  of?: { source: string; kind: IntentKind },
): Promise<Waiting | null> {
  const { intents } = store.tables;
  const [found] = await store.db
    .select({ count: count(), since: min(intents.createdAt) })
    .from(intents)
    // Written out, so that the partial index of what waits serves it.
    .where(
      and(
        sql`${intents.state} = 'pending_review'`,
        of ? and(eq(intents.source, of.source), eq(intents.kind, of.kind)) : undefined,
      ),
    );
  return found?.since ? { count: found.count, since: found.since } : null;
}

/** A cursor is anybody's text: what is no origin's name must not reach the database. */
function placeIn(after: string): string {
  const [id] = decodeCursor('intent_sources', after, ['string']);
  if (sourcePattern.test(id.split(' ')[0] ?? '') && /^[a-z0-9:._ -]+$/.test(id)) return id;
  throw new PatchbayError('invalid_cursor', {
    public: 'The cursor is not one that this list gave. Start again without it.',
  });
}
