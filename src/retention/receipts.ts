import { and, asc, inArray, lt } from 'drizzle-orm';
import { pause } from './pause.ts';
import type { Needs } from './purge.ts';

const rowsPerWrite = 200;

/** The oldest by position, which grows with time: there is no index on the time, and none is needed. */
export async function purgeReceipts(ports: Needs): Promise<number> {
  const { store, clock, settings } = ports;
  const { receipts } = store.tables;
  const before = new Date(clock.ms() - settings.keepReceiptsMs);
  for (let count = 0; ;) {
    const oldest = store.db
      .select({ position: receipts.position })
      .from(receipts)
      .orderBy(asc(receipts.position))
      .limit(rowsPerWrite);
    const [gone] = await store.write((db) => [
      db
        .delete(receipts)
        .where(and(inArray(receipts.position, oldest), lt(receipts.receivedAt, before)))
        .returning({ position: receipts.position }),
    ]);
    count += gone.length;
    if (gone.length < rowsPerWrite) return count;
    await pause(clock);
  }
}

export async function purgeIdempotency(ports: Needs): Promise<number> {
  const { store, clock, settings } = ports;
  const { idempotency } = store.tables;
  const before = new Date(clock.ms() - settings.keepIdempotencyMs);
  for (let count = 0; ;) {
    const old = store.db
      .select({ id: idempotency.id })
      .from(idempotency)
      .where(lt(idempotency.createdAt, before))
      .limit(rowsPerWrite);
    const [gone] = await store.write((db) => [
      db.delete(idempotency).where(inArray(idempotency.id, old)).returning({ id: idempotency.id }),
    ]);
    count += gone.length;
    if (gone.length < rowsPerWrite) return count;
    await pause(clock);
  }
}
