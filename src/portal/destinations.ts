import { type ConnectionRow, listConnections } from '#src/connections';
import type { Ctx } from '#src/context';
import { type ShownSubscription, subscriptionsById } from '#src/subscriptions';
import { nameOf } from './cords.ts';

/** `Slack · Acme Studio`: what a connection is called in lists and on the patch bay. */
export const destinationName = (vendor: string, { label }: Pick<ConnectionRow, 'label'>): string =>
  label.startsWith(vendor) ? label : `${vendor} · ${label}`;

/** With the vendor's name and the account's for what goes through a connection and has no name of its own. */
export async function withDestinations(
  ctx: Ctx,
  subscriptions: readonly ShownSubscription[],
): Promise<ShownSubscription[]> {
  const isNameless = ({ description, endpoint }: ShownSubscription) =>
    description === '' && endpoint.type === 'connection';
  if (!subscriptions.some(isNameless)) return [...subscriptions];
  const names = new Map(
    await Promise.all(
      (await listConnections(ctx)).map(async ({ id, connector, label }): Promise<[string, string]> => {
        const vendor = (await ctx.connectors.load(connector))?.manifest.name ?? connector;
        return [id, destinationName(vendor, { label })];
      }),
    ),
  );
  return subscriptions.map((one) =>
    isNameless(one) && one.endpoint.type === 'connection'
      ? { ...one, description: names.get(one.endpoint.connection_id) ?? '' }
      : one,
  );
}

/** D1 binds at most 100 parameters a statement. */
const idsPerRead = 90;

/** What these subscriptions are called; one that was deleted is called nothing. */
export async function namesOf(ctx: Ctx, ids: readonly string[]): Promise<Map<string, string>> {
  const all = [...new Set(ids)];
  const pieces = Array.from({ length: Math.ceil(all.length / idsPerRead) }, (_, n) =>
    all.slice(n * idsPerRead, (n + 1) * idsPerRead),
  );
  const found = await Promise.all(pieces.map((piece) => subscriptionsById(ctx, piece)));
  const named = await withDestinations(ctx, found.flat());
  return new Map(named.map((one) => [one.id, nameOf(one)]));
}
