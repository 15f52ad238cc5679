import { inArray } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { type LaneFacts, mostWaiting } from '#src/deliveries';
import type { Ask } from './protocol.ts';
import { ownerOf } from './members.ts';

/** D1 binds at most 100 parameters a statement. */
export const lanesPerLook = 90;

type Row = Pick<
  Ports['store']['tables']['subscriptions']['$inferSelect'],
  'id' | 'host' | 'accountId' | 'partnerId' | 'version' | 'maxPerSecond' | 'provenAt'
>;

export const factsOf = (row: Row): LaneFacts => ({
  id: row.id,
  party: row.partnerId ?? row.accountId ?? row.id,
  host: row.host,
  version: row.version,
  maxPerSecond: row.maxPerSecond,
  isProven: row.provenAt !== null,
});

/** What each lane may be given: the worker's word, or what a lane begins with; never more than there is room in all. */
export function roomsFor(rows: readonly Row[], ask: Ask): { subscriptionId: string; room: number }[] {
  const asked = new Map(ask.lanes.map(({ id, room }) => [id, room]));
  const rooms: { subscriptionId: string; room: number }[] = [];
  // Every lane of the look gets something before one gets all.
  const share = Math.max(1, Math.floor(ask.room / Math.max(1, rows.length)));
  let left = ask.room;
  for (const row of rows) {
    const room = Math.min(asked.get(row.id) ?? mostWaiting(factsOf(row)), share, left);
    if (room <= 0) continue;
    left -= room;
    rooms.push({ subscriptionId: row.id, room });
  }
  return rooms;
}

/** One that has only just come gets nothing for a while: whoever had its hosts ends there first. */
export const joinsAfterMs = 5_000;

export function isServedBy(
  ask: Pick<Ask, 'worker' | 'upMs'>,
  members: readonly string[],
): (row: Row) => boolean {
  const mayServe = members.length === 1 || ask.upMs >= joinsAfterMs;
  return ({ host }) => mayServe && ownerOf(host, members) === ask.worker;
}

export async function readLanes({ store }: Pick<Ports, 'store'>, ids: readonly string[]): Promise<Row[]> {
  const { subscriptions: s } = store.tables;
  const rows: Row[] = [];
  for (let at = 0; at < ids.length; at += lanesPerLook) {
    rows.push(
      ...(await store.db
        .select({
          id: s.id,
          host: s.host,
          accountId: s.accountId,
          partnerId: s.partnerId,
          version: s.version,
          maxPerSecond: s.maxPerSecond,
          provenAt: s.provenAt,
        })
        .from(s)
        .where(inArray(s.id, ids.slice(at, at + lanesPerLook)))),
    );
  }
  return rows;
}
