import { and, asc, eq, gt } from 'drizzle-orm';
import { decodeCursor, encodeCursor } from '#src/columns';
import type { Ports } from '#src/context';
import type { IntentState, Schema } from '#src/store';
import type { IntentRow } from './record.ts';

type Query = { after?: string | undefined; limit: number };
type Page<Row> = { rows: Row[]; cursor: string | null };

/** Oldest first: it has waited longest. */
export async function listIntents(
  { store }: Pick<Ports, 'store'>,
  { state, after, limit }: Query & { state: IntentState },
): Promise<Page<IntentRow>> {
  const { intents } = store.tables;
  const rows = await store.db
    .select()
    .from(intents)
    .where(and(eq(intents.state, state), isAfter(intents.id, 'staff_intents', after)))
    .orderBy(asc(intents.id))
    .limit(limit + 1);
  return pageOf('staff_intents', rows, limit);
}

export async function listSources(
  { store }: Pick<Ports, 'store'>,
  { state, after, limit }: Query & { state?: SourceRow['state'] | undefined },
): Promise<Page<SourceRow>> {
  const { intentSources } = store.tables;
  const rows = await store.db
    .select()
    .from(intentSources)
    .where(
      and(
        state ? eq(intentSources.state, state) : undefined,
        isAfter(intentSources.id, 'intent_sources', after),
      ),
    )
    .orderBy(asc(intentSources.id))
    .limit(limit + 1);
  return pageOf('intent_sources', rows, limit);
}

export type SourceRow = Schema['intentSources']['$inferSelect'];
type IdColumn = Schema['intents']['id'] | Schema['intentSources']['id'];

const isAfter = (column: IdColumn, kind: string, after: string | undefined) =>
  after ? gt(column, decodeCursor(kind, after, ['string'])[0]) : undefined;

function pageOf<Row extends { id: string }>(kind: string, rows: Row[], limit: number): Page<Row> {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, cursor: rows.length > limit && last ? encodeCursor(kind, [last.id]) : null };
}
