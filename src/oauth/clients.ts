import { eq } from 'drizzle-orm';
import { idPattern } from '#src/columns';
import type { Ports } from '#src/context';
import type { Schema } from '#src/store';

export type Client = Schema['clients']['$inferSelect'] & { name: string };

/** Null where there is none, and where the app or its partner was revoked or is suspended: one answer for all. */
export async function findClient(
  { store, gate }: Pick<Ports, 'store' | 'gate'>,
  clientId: string,
): Promise<Client | null> {
  // Also keeps away from the store what it cannot take, such as NUL.
  if (!idPattern('app').test(clientId)) return null;
  const { clients, apps } = store.tables;
  const [row] = await store.db
    .select({ client: clients, name: apps.name })
    .from(clients)
    .innerJoin(apps, eq(apps.id, clients.appId))
    .where(eq(clients.appId, clientId))
    .limit(1);
  if (!row) return null;
  await gate.freshen();
  if (gate.standing(row.client.epochs) !== 'valid') return null;
  return { ...row.client, name: row.name };
}
