import { and, eq } from 'drizzle-orm';
import type { Connector } from '#kit';
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
    .select({ connector: connections.connector, state: connections.state, tier: connections.tier })
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
  const options = checkOptions(connector, row.tier, endpoint.options, '/endpoint/options');
  return {
    host: connectionHost(row.connector),
    endpoint: { ...endpoint, options },
    isForStaff: Object.keys(connector.manifest.approvals ?? {}).some((name) => Boolean(options[name])),
  };
}

/** As the connector reads them, with all that the connection's tier needs. Throws 422 with a pointer to each that is wrong. */
export function checkOptions(
  { manifest }: Connector,
  tierId: string,
  given: unknown,
  pointer: string,
): Record<string, unknown> {
  const read = manifest.options.safeParse(given);
  if (!read.success)
    return refuse(
      read.error.issues.map(({ path, message }) => ({
        pointer: [pointer, ...path.map(String)].join('/'),
        detail: message,
      })),
    );
  // Options are objects by the contract; the connector's schema has read them.
  const options = read.data as Record<string, unknown>;
  const tier = manifest.tiers.find(({ id }) => id === tierId);
  const missing = (tier?.needs ?? []).filter((name) => (options[name] ?? '') === '');
  if (missing.length > 0)
    return refuse(
      missing.map((name) => ({
        pointer: `${pointer}/${name}`,
        detail: `Nothing is chosen, and “${tier?.name}” has none of its own.`,
      })),
    );
  return options;
}

function refuse(errors: FieldError[]): never {
  throw new PatchbayError('validation_failed', { public: errors.map((e) => e.detail).join(' '), errors });
}
