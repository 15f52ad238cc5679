/** What came in and has ended, what nobody answered, and to whom old broadcasts went. */
import { and, eq, inArray, lt, lte, sql } from 'drizzle-orm';
import { recordAuditIf } from '#src/audit';
import { pause } from './pause.ts';
import type { Needs } from './purge.ts';

const rowsPerWrite = 90;
const waiting = ['pending_review', 'open'] as const;
const ended = ['answered', 'refused', 'expired'] as const;

/** Each with its row in the trail, so a few at a time. */
export async function expireIntents(ports: Needs): Promise<number> {
  const { store, clock } = ports;
  const { intents } = store.tables;
  for (let count = 0; ;) {
    const now = clock.now();
    const isOver = and(inArray(intents.state, waiting), lte(intents.expiresAt, now));
    const rows = await store.db
      .select({ id: intents.id, accountId: intents.accountId })
      .from(intents)
      .where(isOver)
      .limit(20);
    if (rows.length === 0) return count;
    const moved = await Promise.all(
      rows.map(async ({ id, accountId }) => {
        const mark = `expired ${id}`;
        const [gone] = await store.write((db) => [
          db
            .update(intents)
            .set({ state: 'expired', mark, updatedAt: now })
            .where(and(eq(intents.id, id), isOver))
            .returning({ id: intents.id }),
          recordAuditIf(
            db,
            ports,
            { actor: 'hub', action: 'intent.expire', subject: id, accountId },
            sql`exists (select 1 from ${intents} where ${and(eq(intents.id, id), eq(intents.mark, mark))})`,
          ),
        ]);
        return gone.length;
      }),
    );
    count += moved.reduce((sum, n) => sum + n, 0);
    await pause(clock);
  }
}

export async function purgeIntents(ports: Needs): Promise<number> {
  const { store, clock, settings } = ports;
  const { intents, intentFeed } = store.tables;
  const before = new Date(clock.ms() - settings.keepIntentsMs);
  const isOld = and(inArray(intents.state, ended), lt(intents.updatedAt, before));
  for (let count = 0; ;) {
    const rows = await store.db.select({ id: intents.id }).from(intents).where(isOld).limit(rowsPerWrite);
    if (rows.length === 0) return count;
    const ids = rows.map(({ id }) => id);
    // What has ended changes no more: both go, or neither.
    await store.write((db) => [
      db.delete(intentFeed).where(inArray(intentFeed.intentId, ids)),
      db.delete(intents).where(inArray(intents.id, ids)),
    ]);
    count += rows.length;
    await pause(clock);
  }
}

export async function purgeBroadcasts(ports: Needs): Promise<number> {
  const { store, clock, settings } = ports;
  const { broadcastPlaces, broadcastPaces } = store.tables;
  const before = new Date(clock.ms() - settings.keepEventsMs);
  for (let count = 0; ;) {
    const old = store.db
      .select({ id: broadcastPlaces.id })
      .from(broadcastPlaces)
      .where(lt(broadcastPlaces.createdAt, before))
      .limit(rowsPerWrite);
    // An arrival that has passed says no more than a row that is not there.
    const rested = store.db
      .select({ id: broadcastPaces.id })
      .from(broadcastPaces)
      .where(lt(broadcastPaces.arrivalAt, clock.now()))
      .limit(rowsPerWrite);
    const [places, paces] = await store.write((db) => [
      db
        .delete(broadcastPlaces)
        .where(inArray(broadcastPlaces.id, old))
        .returning({ id: broadcastPlaces.id }),
      db
        .delete(broadcastPaces)
        .where(and(inArray(broadcastPaces.id, rested), lt(broadcastPaces.arrivalAt, clock.now())))
        .returning({ id: broadcastPaces.id }),
    ]);
    count += places.length;
    if (places.length < rowsPerWrite && paces.length < rowsPerWrite) return count;
    await pause(clock);
  }
}
