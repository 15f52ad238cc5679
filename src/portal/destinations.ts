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

/** What these subscriptions are called; one that was deleted is called nothing. */
export async function namesOf(ctx: Ctx, ids: readonly string[]): Promise<Map<string, string>> {
  const found = await withDestinations(ctx, await subscriptionsById(ctx, [...new Set(ids)]));
  return new Map(found.map((one) => [one.id, nameOf(one)]));
}
