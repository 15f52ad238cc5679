import { and, asc, eq, gt, type SQL, sql } from 'drizzle-orm';
import { expandTypes } from '#src/catalog';
import type { Ports } from '#src/context';
import type { Candidate } from '#src/ports';
import type { Chunk, Task } from '#src/tasks';
import { createViews } from '#src/view';
import { acceptedWithin, eventsWithDelivery, type FeedEvent } from './feed-page.ts';
import type { SubscriptionRow } from './find.ts';
import { holdReason, judge } from './match.ts';
import { nextGrant, candidateUnder } from './replay-grants.ts';
import { replayCursor, type ReplayCursor, type ReplayPayload, replayPayload } from './replay-shape.ts';
import { type Again, againStatements, type Missing, missingStatements } from './replay-write.ts';
import { takeOutChunk } from './stop-replay.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'gate' | 'directory' | 'queue'>;
type Found = { again: Again[]; missing: Missing[]; cursor: ReplayCursor | null };

const pageSize = 200;

/** The task kind `replay`: a page of deliveries or of a feed at a time. */
export const replayKind =
  (ports: Needs) =>
  async (task: Task): Promise<Chunk> => {
    const payload = replayPayload.parse(task.payload);
    if (payload.isStopped) return takeOutChunk(ports, task, payload);
    const cursor = replayCursor.parse(task.cursor ?? {});
    const { subscriptions } = ports.store.tables;
    const [row] = await ports.store.db.select().from(subscriptions).where(eq(subscriptions.id, task.subject));
    if (!row || row.state === 'deleted') return { statements: () => [], cursor, count: 0, isLast: true };
    await ports.gate.freshen();
    const found =
      payload.only === 'failed'
        ? await findDead(ports, row, payload, cursor)
        : await findInFeed(ports, row, payload, cursor);
    const { again, missing } = found;
    return {
      statements: (db) => [
        ...againStatements(db, ports, again),
        ...missingStatements(db, ports, row, missing),
      ],
      cursor: found.cursor ?? cursor,
      count: again.length + missing.length,
      isLast: found.cursor === null,
      after: () => {
        if (again.length + missing.length > 0) ports.queue.wake('deliveries', [row.id]);
      },
    };
  };

/** By the index of what has stopped: however much was delivered, only the dead are read. */
async function findDead(
  ports: Needs,
  row: SubscriptionRow,
  span: ReplayPayload,
  cursor: ReplayCursor,
): Promise<Found> {
  const { deliveries, events } = ports.store.tables;
  const dead = await ports.store.db
    .select({
      position: deliveries.position,
      accountId: deliveries.accountId,
      grantId: deliveries.grantId,
      state: deliveries.state,
    })
    .from(deliveries)
    .innerJoin(events, eq(events.position, deliveries.eventPosition))
    .where(
      and(
        eq(deliveries.subscriptionId, row.id),
        isStopped(ports),
        eq(deliveries.state, 'dead'),
        gt(deliveries.position, cursor.dead),
        acceptedWithin(ports, span.since, span.until),
      ),
    )
    .orderBy(asc(deliveries.position))
    .limit(pageSize);
  const again: Again[] = [];
  for (const { position, accountId, grantId, state } of dead) {
    const candidate = await candidateUnder(ports, row, accountId, grantId);
    if (candidate) again.push({ position, state, held: holdReason(candidate, ports.gate) });
  }
  const last = dead.at(-1);
  return {
    again,
    missing: [],
    cursor: last && dead.length === pageSize ? { ...cursor, dead: last.position } : null,
  };
}

/** The condition of a partial index, word for word: SQLite proves no other form of it. */
const isStopped = ({ store }: Pick<Ports, 'store'>): SQL => {
  const { state } = store.tables.deliveries;
  return sql`(${state} = 'retrying' or ${state} = 'held' or ${state} = 'dead' or ${state} = 'cancelled')`;
};

async function findInFeed(
  ports: Needs,
  row: SubscriptionRow,
  span: ReplayPayload,
  cursor: ReplayCursor,
): Promise<Found> {
  const grant = await nextGrant(ports, row, cursor.grantsBefore);
  if (!grant) return { again: [], missing: [], cursor: null };
  const page = await eventsWithDelivery(ports, {
    env: row.env,
    accountId: grant.accountId,
    subscriptionId: row.id,
    grantId: grant.id,
    span: acceptedWithin(ports, span.since, span.until),
    types: span.only === 'missing' ? expandTypes(row.eventTypes) : null,
    after: cursor,
    limit: pageSize,
  });
  const candidate = await candidateUnder(ports, row, grant.accountId, grant.id);
  const found = candidate ? sorted(ports, candidate, page, span.only) : { again: [], missing: [] };
  const last = page.at(-1);
  const isMore = candidate !== undefined && last !== undefined && page.length === pageSize;
  const there = cursor.there + page.filter(({ delivery }) => delivery !== null).length;
  const next = isMore
    ? { ...cursor, there, tx: last.tx, position: last.position }
    : { ...cursor, there, grantsBefore: grant.id, tx: -1, position: 0 };
  return { ...found, cursor: next };
}

/** `judge` decides on what is missing: an explicit replay reaches behind the subscription, never behind the consent. */
function sorted(
  { gate }: Needs,
  candidate: Candidate,
  page: (FeedEvent & { delivery: { position: number; state: Again['state'] } | null })[],
  only: ReplayPayload['only'],
): Pick<Found, 'again' | 'missing'> {
  const again: Again[] = [];
  const missing: Missing[] = [];
  const heldBy = holdReason(candidate, gate);
  for (const { event, delivery } of page) {
    if (!delivery) {
      const verdict = judge(createViews(event), candidate, gate, 'consent');
      if (verdict.send === 'no') continue;
      missing.push({ event, grant: candidate.grant, held: verdict.send === 'held' ? verdict.reason : null });
    } else if (only === 'all' && (delivery.state === 'dead' || delivery.state === 'delivered')) {
      again.push({ ...delivery, held: heldBy });
    }
  }
  return { again, missing };
}
