import type { Ports } from '#src/context';

/** Whether this id is heard for the first time: of many at once, on all processes, one hears yes. */
export async function useOnce(
  { store, digest }: Pick<Ports, 'store' | 'digest'>,
  id: string,
  expiresAt: Date,
): Promise<boolean> {
  const { usedIds } = store.tables;
  const [written] = await store.write((db) => [
    db
      .insert(usedIds)
      // Hashed: the id is a stranger's text, of any length.
      .values({ id: digest.sha256(id), expiresAt })
      .onConflictDoNothing()
      .returning({ id: usedIds.id }),
  ]);
  return written.length > 0;
}
