import { and, desc, eq, inArray, like, lt, notLike, type SQL, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Subject } from './levels.ts';
import { numberAt } from './places.ts';
import type { Placed, Source } from './timeline.ts';

/** The audit trail: what was done to it, and what it did. */
export const deedsOf: Source = (ctx, subject, from) => trail(ctx, subject, from, 'deed');

/** Who of the staff looked at it. */
export const looksOf: Source = (ctx, subject, from) => trail(ctx, subject, from, 'look');

async function trail(
  { store }: Pick<Ports, 'store'>,
  subject: Subject,
  { place, limit }: { place: string; limit: number },
  kind: 'deed' | 'look',
): Promise<Placed[]> {
  const { audit } = store.tables;
  const isKind = kind === 'look' ? like(audit.action, 'look.%') : notLike(audit.action, 'look.%');
  const isBefore = place === '' ? undefined : lt(audit.position, numberAt(place));
  // One look for each index: an OR over several would be answered by reading the whole trail backwards.
  const found = await Promise.all(
    trailsOf(store, subject).map((isAbout) =>
      store.db
        .select()
        .from(audit)
        .where(and(isAbout, isKind, isBefore))
        .orderBy(desc(audit.position))
        .limit(limit),
    ),
  );
  const byPosition = new Map(found.flat().map((row) => [row.position, row]));
  return [...byPosition.values()]
    .toSorted((a, b) => b.position - a.position)
    .slice(0, limit)
    .map((row) => ({
      kind,
      at: row.at.toISOString(),
      what: row.action,
      actor: row.actor,
      subject: row.subject,
      detail: row.detail,
      place: String(row.position),
    }));
}

function trailsOf({ db, tables }: Ports['store'], { level, id }: Subject): (SQL | undefined)[] {
  const { audit, tokens, apps } = tables;
  const named = inArray(audit.subject, [id, `${level}:${id}`]);
  switch (level) {
    case 'token':
      return [named, eq(audit.actor, `token:${id}`)];
    case 'grant': {
      const own = db
        .select({ actor: sql<string>`'token:' || ${tokens.id}` })
        .from(tokens)
        .where(eq(tokens.grantId, id));
      return [named, inArray(audit.actor, own)];
    }
    case 'user':
      return [named, inArray(audit.actor, [id, `staff:${id}`])];
    case 'app':
      return [named, eq(audit.actor, `app:${id}`)];
    case 'partner': {
      const own = db.select({ id: apps.id }).from(apps).where(eq(apps.partnerId, id));
      return [named, inArray(audit.subject, own)];
    }
    case 'account':
      return [named, eq(audit.accountId, id)];
    default:
      return level satisfies never;
  }
}
