import { and, count, desc, eq, gt } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { DeliveryState } from '#src/store';
import type { Task } from '#src/tasks';
import { acceptedWithin } from './feed-page.ts';
import { replayCursor, type ReplayPayload, replayPayload, type ShownReplay } from './replay-shape.ts';

type Needs = Pick<Ports, 'store'>;

export async function showReplay(ports: Needs, task: Task): Promise<ShownReplay> {
  const payload = replayPayload.parse(task.payload);
  const { there } = replayCursor.parse(task.cursor ?? {});
  const { only, since, until, isStopped } = payload;
  return {
    id: task.id,
    state: isStopped ? stoppedStates[task.state] : task.state,
    done: task.done,
    there,
    sent: only === 'missing' ? await countSent(ports, task.subject, payload) : null,
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    only,
    created_at: task.createdAt.toISOString(),
    updated_at: task.updatedAt.toISOString(),
  };
}

const stoppedStates = { open: 'stopping', done: 'stopped', failed: 'failed' } as const;

/** What was accepted within the span and made since it began is the replay's own: the rest was matched as it came. */
export const isMadeBy = (ports: Needs, subscriptionId: string, { since, until, behind }: ReplayPayload) => {
  const { deliveries } = ports.store.tables;
  return and(
    eq(deliveries.subscriptionId, subscriptionId),
    gt(deliveries.position, behind),
    acceptedWithin(ports, since, until),
  );
};

async function countSent(
  ports: Needs,
  subscriptionId: string,
  payload: ReplayPayload,
): Promise<NonNullable<ShownReplay['sent']>> {
  const { deliveries, events } = ports.store.tables;
  const rows = await ports.store.db
    .select({ state: deliveries.state, n: count() })
    .from(deliveries)
    .innerJoin(events, eq(events.position, deliveries.eventPosition))
    .where(isMadeBy(ports, subscriptionId, payload))
    .groupBy(deliveries.state);
  const of = (...states: DeliveryState[]) =>
    rows.filter(({ state }) => states.includes(state)).reduce((sum, { n }) => sum + n, 0);
  return {
    delivered: of('delivered'),
    waiting: of('pending', 'leased', 'retrying', 'held'),
    dead: of('dead', 'cancelled'),
  };
}

/** The subscription's newest delivery; 0: it has none. */
export async function newestDelivery({ store }: Needs, subscriptionId: string): Promise<number> {
  const { deliveries } = store.tables;
  const [row] = await store.db
    .select({ position: deliveries.position })
    .from(deliveries)
    .where(eq(deliveries.subscriptionId, subscriptionId))
    .orderBy(desc(deliveries.position))
    .limit(1);
  return row?.position ?? 0;
}
