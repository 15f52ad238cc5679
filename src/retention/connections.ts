/** What connections leave behind: the log of calls, ids of messages that were taken, authorizations nobody came back from. */
import { and, eq, inArray, lt } from 'drizzle-orm';
import { pause } from './pause.ts';
import type { Needs } from './purge.ts';

const rowsPerWrite = 90;
const dayMs = 86_400_000;
/** Longer than any vendor sends a message again. */
const keepMessagesMs = 7 * dayMs;

/** Answers how many rows went. What stands at a vendor stays on record: it is the receipt. */
export async function purgeConnections(ports: Needs): Promise<number> {
  const { store, clock, settings } = ports;
  const { connectionCalls, inbox, connectStates, connections } = store.tables;
  const before = (ageMs: number) => new Date(clock.ms() - ageMs);
  const oldCalls = store.db
    .select({ position: connectionCalls.position })
    .from(connectionCalls)
    .where(lt(connectionCalls.at, before(settings.keepEventsMs)))
    .orderBy(connectionCalls.position)
    .limit(rowsPerWrite);
  const oldMessages = store.db
    .select({ id: inbox.id })
    .from(inbox)
    .where(lt(inbox.at, before(keepMessagesMs)))
    .limit(rowsPerWrite);
  const neverLinked = store.db
    .select({ id: connections.id })
    .from(connections)
    .where(and(eq(connections.state, 'pending'), lt(connections.createdAt, before(dayMs))))
    .limit(rowsPerWrite);
  for (let count = 0; ;) {
    const [calls, messages, states, pending] = await store.write((db) => [
      db
        .delete(connectionCalls)
        .where(inArray(connectionCalls.position, oldCalls))
        .returning({ position: connectionCalls.position }),
      db.delete(inbox).where(inArray(inbox.id, oldMessages)).returning({ id: inbox.id }),
      db
        .delete(connectStates)
        .where(lt(connectStates.expiresAt, clock.now()))
        .returning({ id: connectStates.id }),
      db
        .delete(connections)
        .where(and(inArray(connections.id, neverLinked), eq(connections.state, 'pending')))
        .returning({ id: connections.id }),
    ]);
    count += calls.length + messages.length + states.length + pending.length;
    if (Math.max(calls.length, messages.length, pending.length) < rowsPerWrite) return count;
    await pause(clock);
  }
}
