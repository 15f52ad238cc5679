import { and, eq } from 'drizzle-orm';
import { requireGrant } from '#src/access';
import type { Ctx } from '#src/context';
import { type FieldError, PatchbayError } from '#src/errors';
import type { EndpointSpec } from '#src/store';

type ConnectionEndpoint = Extract<EndpointSpec, { type: 'connection' }>;

export type CheckedEndpoint = { host: string; endpoint: EndpointSpec; isForStaff: boolean };

/** What caps of a destination are counted by: one for all that goes to a vendor. No host of the network has that name. */
export const connectionHost = (connector: string): string => `connector:${connector}`;

/**
 * A connection of the caller's own that is not ended, and options as its connector has them. Throws 422 with a pointer
 * to each that is wrong. Answers the host that caps are counted by, the options as the connector read them, and whether staff have to allow one of them.
 */
export async function checkConnection(
  ctx: Ctx,
  endpoint: ConnectionEndpoint,
  owner: 'grant' | 'app',
): Promise<CheckedEndpoint> {
  const { accountId, grantId } = requireGrant(ctx.caller);
  if (owner === 'app')
    refuse([
      { pointer: '/owner', detail: 'A connection belongs to one account, so its subscription does too.' },
    ]);
  const { connections } = ctx.store.tables;
  const [row] = await ctx.store.db
    .select({ connector: connections.connector, state: connections.state })
    .from(connections)
    .where(
      and(
        eq(connections.id, endpoint.connection_id),
        eq(connections.accountId, accountId),
        eq(connections.grantId, grantId),
        eq(connections.env, ctx.caller.env),
      ),
    )
    .limit(1);
  const pointer = '/endpoint/connection_id';
  if (!row) return refuse([{ pointer, detail: `There is no connection ${endpoint.connection_id}.` }]);
  if (row.state === 'revoked' || row.state === 'pending')
    return refuse([
      { pointer, detail: `The connection is ${row.state === 'pending' ? 'not linked yet' : 'ended'}.` },
    ]);
  const connector = await ctx.connectors.load(row.connector);
  if (!connector)
    return refuse([{ pointer, detail: `${row.connector} is switched off in this installation.` }]);
  const read = connector.manifest.options.safeParse(endpoint.options);
  if (!read.success) {
    return refuse(
      read.error.issues.map(({ path, message }) => ({
        pointer: ['/endpoint/options', ...path.map(String)].join('/'),
        detail: message,
      })),
    );
  }
  // Options are objects by the contract; the connector's schema has read them.
  const options = read.data as Record<string, unknown>;
  return {
    host: connectionHost(row.connector),
    endpoint: { ...endpoint, options },
    isForStaff: Object.keys(connector.manifest.approvals ?? {}).some((name) => Boolean(options[name])),
  };
}

function refuse(errors: FieldError[]): never {
  throw new PatchbayError('validation_failed', { public: errors.map((e) => e.detail).join(' '), errors });
}
