import { and, desc, eq, gt, lt, ne } from 'drizzle-orm';
import { requireGrant } from '#src/access';
import { decodeCursor, encodeCursor } from '#src/columns';
import type { Ctx, Ports } from '#src/context';
import { type ConnectionRow, findConnection } from './find.ts';
import {
  showCall,
  type ShownCall,
  showConnector,
  type ShownConnector,
  showObject,
  type ShownObject,
} from './show.ts';

type Page<T> = { data: T[]; next_cursor: string | null };

/** Of the caller's grant; without those that never came about and those that were ended. */
export async function listConnections(ctx: Ctx): Promise<ConnectionRow[]> {
  const { accountId, grantId } = requireGrant(ctx.caller);
  const { connections } = ctx.store.tables;
  return ctx.store.db
    .select()
    .from(connections)
    .where(
      and(
        eq(connections.accountId, accountId),
        eq(connections.grantId, grantId),
        eq(connections.env, ctx.caller.env),
        ne(connections.state, 'revoked'),
        ne(connections.state, 'pending'),
      ),
    )
    .orderBy(desc(connections.id))
    .limit(200);
}

/** What this installation has switched on, in the order in which the operator did. */
export async function listConnectors({ connectors }: Pick<Ports, 'connectors'>): Promise<ShownConnector[]> {
  const loaded = await Promise.all(connectors.ids.map((id) => connectors.load(id)));
  return loaded.flatMap((one) => (one ? [showConnector(one, connectors.app(one.manifest.id) !== null)] : []));
}

/** Newest first. */
export async function listCalls(
  ctx: Ctx,
  id: string,
  query: { limit: number; cursor?: string | undefined },
): Promise<Page<ShownCall>> {
  const { id: own } = await findConnection(ctx, id);
  const { connectionCalls } = ctx.store.tables;
  const before = query.cursor ? decodeCursor('calls', query.cursor, ['number'])[0] : null;
  const rows = await ctx.store.db
    .select()
    .from(connectionCalls)
    .where(
      and(
        eq(connectionCalls.connectionId, own),
        before === null ? undefined : lt(connectionCalls.position, before),
      ),
    )
    .orderBy(desc(connectionCalls.position))
    .limit(query.limit + 1);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    data: page.map(showCall),
    next_cursor: rows.length > query.limit && last ? encodeCursor('calls', [last.position]) : null,
  };
}

/** What we have made there, by key. */
export async function listObjects(
  ctx: Ctx,
  id: string,
  query: { limit: number; cursor?: string | undefined },
): Promise<Page<ShownObject>> {
  const { id: own } = await findConnection(ctx, id);
  const { connectionRefs } = ctx.store.tables;
  const after = query.cursor ? decodeCursor('objects', query.cursor, ['string'])[0] : null;
  const rows = await ctx.store.db
    .select()
    .from(connectionRefs)
    .where(
      and(eq(connectionRefs.connectionId, own), after === null ? undefined : gt(connectionRefs.id, after)),
    )
    .orderBy(connectionRefs.id)
    .limit(query.limit + 1);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    data: page.map(showObject),
    next_cursor: rows.length > query.limit && last ? encodeCursor('objects', [last.id]) : null,
  };
}
