import { eq } from 'drizzle-orm';
import type { Ports } from '#src/context';

/**
 * When the person of this session last proved who they are: at the issuer, or by opening a one-time link. Far in the past
 * where the issuer does not say.
 */
export async function authenticatedAt(
  { store }: Pick<Ports, 'store'>,
  { id, createdAt }: { id: string; createdAt: Date },
): Promise<Date> {
  const { sessionOrigins } = store.tables;
  const [origin] = await store.db
    .select({ at: sessionOrigins.authenticatedAt })
    .from(sessionOrigins)
    .where(eq(sessionOrigins.id, id))
    .limit(1);
  return origin?.at ?? createdAt;
}
