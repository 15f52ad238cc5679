import { and, eq } from 'drizzle-orm';
import { requireGrant } from '#src/access';
import type { Ctx, Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Connector } from '#kit';
import type { Carried } from '#src/ports';
import type { Schema } from '#src/store';

export type ConnectionRow = Schema['connections']['$inferSelect'];

/** One connection of the caller's grant; 404 for every other id. */
export async function findConnection(ctx: Ctx, id: string): Promise<ConnectionRow> {
  const row = await readConnection(ctx, id);
  const { accountId, grantId } = requireGrant(ctx.caller);
  const isOwn = row?.accountId === accountId && row.grantId === grantId && row.env === ctx.caller.env;
  if (!row || !isOwn) throw new PatchbayError('not_found', { public: `There is no connection ${id}.` });
  return row;
}

export async function readConnection(
  { store }: Pick<Ports, 'store'>,
  id: string,
): Promise<ConnectionRow | null> {
  const { connections } = store.tables;
  const [row] = await store.db.select().from(connections).where(eq(connections.id, id)).limit(1);
  return row ?? null;
}

/** Throws 404 where this installation has not switched it on. */
export async function loadConnector(
  { connectors }: Pick<Ports, 'connectors'>,
  id: string,
): Promise<Connector> {
  const connector = await connectors.load(id);
  if (connector) return connector;
  throw new PatchbayError('not_found', {
    public: `This installation has no connector ${id}. It has: ${connectors.ids.join(', ') || 'none'}.`,
  });
}

/** What a leaked token made stops, until a person has linked it again. */
export const makerOf = ({ tokenId, linkedAt, createdAt }: ConnectionRow): Carried => ({
  maker: [tokenId, (linkedAt ?? createdAt).getTime()],
});

/** Every write to a connection goes by the version that was read. */
export const isAsRead = ({ store }: Pick<Ports, 'store'>, { id, version }: ConnectionRow) =>
  and(eq(store.tables.connections.id, id), eq(store.tables.connections.version, version));
