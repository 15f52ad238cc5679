/**
 * Deliveries of an event that matches too many to be written with it, of a broadcast, and of one that was re-driven: made in chunks
 * from a durable task. Each chunk and its cursor are one write, and a delivery is unique by event, subscription and
 * grant, so that a crash between two chunks loses nothing and doubles nothing.
 */
import { eq } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Candidate, EventRecord, NewDelivery } from '#src/ports';
import { judge } from '#src/subscriptions';
import type { Chunk, Task } from '#src/tasks';
import { createViews, type EventViews } from '#src/view';
import { broadcastStatements, isBroadcast, isWithdrawal, withdrawStatement } from './broadcast.ts';
import { insertDeliveries } from './insert-deliveries.ts';
import { deliveryOf } from './match-draft.ts';

type Needs = Pick<Ports, 'store' | 'directory' | 'gate' | 'queue' | 'ids' | 'settings' | 'clock'>;

/** Up to `account` of the audience all is done; in that account all up to the key `after`, where it stopped within one. */
type Cursor = { account: number; after: string };

const accountsPerLook = 100;

export const expandEvent =
  (ports: Needs) =>
  async (task: Task): Promise<Chunk> => {
    const event = await readAccepted(ports, task.subject);
    if (!event) return nothingMore;
    await ports.gate.freshen();
    const { deliveries, cursor } = await collect(ports, createViews(event), startOf(task));
    return {
      statements: (db) => [
        ...(isWithdrawal(event.type) && task.cursor === null ? [withdrawStatement(ports, db, event)] : []),
        ...(deliveries.length === 0
          ? []
          : isBroadcast(event.type)
            ? broadcastStatements(ports, db, event, deliveries)
            : [insertDeliveries(ports, db, event.position, deliveries)]),
      ],
      cursor,
      count: deliveries.length,
      isLast: cursor.account >= event.audience.length,
      after: () => {
        const lanes = new Set(deliveries.filter((d) => d.state === 'pending').map((d) => d.subscriptionId));
        if (lanes.size > 0) ports.queue.wake('deliveries', [...lanes]);
      },
    };
  };

const nothingMore: Chunk = { statements: () => [], cursor: null, count: 0, isLast: true };

const startOf = (task: Task): Cursor =>
  task.cursor === null ? { account: 0, after: '' } : (task.cursor as Cursor); // Written by the chunk before.

async function readAccepted({ store }: Needs, id: string): Promise<EventRecord | null> {
  const { events } = store.tables;
  const [row] = await store.db.select().from(events).where(eq(events.id, id)).limit(1);
  if (!row || row.state !== 'accepted') return null;
  const { occurredAt, acceptedAt, ...same } = row;
  return { ...same, occurredAtMs: occurredAt.getTime(), acceptedAtMs: acceptedAt.getTime() };
}

/** Looks at accounts until a chunk is full; one account with more subscriptions than that fills several. */
async function collect(
  ports: Needs,
  views: EventViews,
  from: Cursor,
): Promise<{ deliveries: NewDelivery[]; cursor: Cursor }> {
  const { audience, env } = views.event;
  const { expandChunk } = ports.settings;
  const deliveries: NewDelivery[] = [];
  const last = Math.min(audience.length, from.account + expandChunk);
  for (let first = from.account; first < last; first += accountsPerLook) {
    const accountIds = audience.slice(first, Math.min(last, first + accountsPerLook));
    const lookup = await ports.directory.load(env, accountIds);
    for (const [i, accountId] of accountIds.entries()) {
      const account = first + i;
      const after = account === from.account ? from.after : '';
      for (const candidate of inOrder(lookup.of(accountId), after)) {
        const verdict = judge(views, candidate, ports.gate);
        if (verdict.send === 'no') continue;
        const held = verdict.send === 'held' ? verdict.reason : null;
        deliveries.push(deliveryOf(ports, views.event, candidate, held));
        if (deliveries.length >= expandChunk)
          return { deliveries, cursor: { account, after: keyOf(candidate) } };
      }
    }
  }
  return { deliveries, cursor: { account: last, after: '' } };
}

/** By a key that does not move when subscriptions come and go between two chunks. */
const inOrder = (candidates: readonly Candidate[], after: string): Candidate[] =>
  candidates.filter((candidate) => keyOf(candidate) > after).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

const keyOf = ({ subscription, grant }: Candidate): string => `${subscription.id} ${grant.id}`;
