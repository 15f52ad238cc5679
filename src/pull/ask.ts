import type { Ports } from '#src/context';
import type { Bell } from './bell.ts';
import { isServedBy, factsOf, lanesPerLook, readLanes, roomsFor } from './due-lanes.ts';
import type { Members } from './members.ts';
import type { PrepareLeased } from './prepare-leased.ts';
import type { Ask, AskAnswer } from './protocol.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'directory' | 'gate' | 'settings' | 'meter'> & {
  members: Members;
  bell: Bell;
  prepareLeased: PrepareLeased;
};
type Found = Pick<AskAnswer, 'deliveries' | 'lanes' | 'next'>;

/** So many pages of lanes are gone through on what was fresh at the first of them. */
const maxPages = 10;

/**
 * Leases what is due for one worker and prepares it, by the scopes and the epochs of this moment. Where nothing is due
 * it waits: for the queue's word where this process gets it, and else for the next look.
 */
export async function ask(pull: Needs, input: Ask, isGone: () => boolean): Promise<AskAnswer> {
  const { clock, settings } = pull;
  const arrivedAt = clock.ticks();
  const { hostMaxPerSecond, hostMaxInFlight } = settings;
  let found: Found = { deliveries: [], lanes: [], next: input.after };
  for (;;) {
    const asOfMs = Math.floor(clock.ticks() - arrivedAt);
    // What were leased for somebody who hung up would stand still until its lease ends.
    if (!isGone()) found = await lookAround(pull, { ...input, after: found.next });
    const leftMs = input.waitMs - (clock.ticks() - arrivedAt);
    if (found.deliveries.length > 0 || leftMs <= 0 || isGone()) {
      const moved = await movedOf(pull, input);
      return { ...found, moved, asOfMs, limits: { hostMaxPerSecond, hostMaxInFlight } };
    }
    // Nothing here for this worker, and more behind it: no reason to wait.
    if (found.next === '') await pull.bell.wait(Math.min(leftMs, settings.sweepMs));
  }
}

async function lookAround(pull: Needs, input: Ask): Promise<Found> {
  const { store, clock } = pull;
  await pull.gate.freshen();
  await pull.directory.freshen();
  const isMine = isServedBy(input, await pull.members.alive(input.worker));
  let { after } = input;
  for (let page = 0; page < maxPages; page++) {
    const ids = input.isOnlyThese
      ? input.lanes.map(({ id }) => id)
      : await store.dueLanes(clock.ms(), after, lanesPerLook);
    const isEnd = input.isOnlyThese || ids.length < lanesPerLook;
    after = isEnd ? '' : (ids.at(-1) ?? '');
    const found = await leaseFor(pull, input, (await readLanes(pull, ids)).filter(isMine));
    if (found.deliveries.length > 0 || isEnd) return { ...found, next: after };
  }
  return { deliveries: [], lanes: [], next: after };
}

/** Of the lanes that it holds something of, those that are another's by now. */
async function movedOf(pull: Needs, input: Ask): Promise<string[]> {
  if (input.lanes.length === 0) return [];
  const isMine = isServedBy(input, await pull.members.alive(input.worker));
  const rows = await readLanes(
    pull,
    input.lanes.map(({ id }) => id),
  );
  return rows.filter((row) => !isMine(row)).map(({ id }) => id);
}

async function leaseFor(
  pull: Needs,
  input: Ask,
  rows: Awaited<ReturnType<typeof readLanes>>,
): Promise<Pick<Found, 'deliveries' | 'lanes'>> {
  const { store, clock, ids, settings } = pull;
  const rooms = roomsFor(rows, input);
  if (rooms.length === 0) return { deliveries: [], lanes: [] };
  const nowMs = clock.ms();
  const leased = await store.lease({
    leaseId: ids.newId('wrk'),
    nowMs,
    untilMs: nowMs + settings.leaseMs,
    lanes: rooms,
  });
  // Once more: what made a row due was written before the lease, and a copy from before a resume would hold it anew.
  await pull.gate.freshen();
  await pull.directory.freshen();
  pull.meter.count('deliveries_pulled', {}, leased.length);
  const counts = Map.groupBy(leased, ({ subscriptionId }) => subscriptionId);
  const full = new Set(
    rooms.filter(({ subscriptionId, room }) => counts.get(subscriptionId)?.length === room).map(idOf),
  );
  const lanes = rows
    .filter(({ id }) => counts.has(id))
    .map((row) => ({ ...factsOf(row), hasMore: full.has(row.id) }));
  return { deliveries: await pull.prepareLeased(leased), lanes };
}

const idOf = ({ subscriptionId }: { subscriptionId: string }): string => subscriptionId;
