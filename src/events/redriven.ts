import { and, count, desc, eq, gt } from 'drizzle-orm';
import { actorOf, type Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { DeliveryState } from '#src/store';
import type { Task } from '#src/tasks';
import { hubCaller } from './announce.ts';
import { redriveCursor, redrivePayload, redriveSubject } from './redrive-many.ts';

type Asking = Pick<Ctx, 'store' | 'caller'>;

/** What a re-drive has brought: deliveries by their state now; and events that are still being matched. */
export type Brought = { deliveries: { state: DeliveryState; count: number }[]; matching: number };

/** An event that was accepted out of quarantine, by whom, and what that has brought. 404 for any other. */
export async function findRedriven({ store, caller }: Asking, id: string) {
  const { events, audit, tasks, deliveries } = store.tables;
  const [found] = await store.db
    .select({ event: events, by: audit.actor })
    .from(events)
    .innerJoin(audit, and(eq(audit.subject, events.id), eq(audit.action, 'event.redrive')))
    .where(and(eq(events.id, id), eq(events.state, 'accepted'), eq(events.env, caller.env)))
    .limit(1);
  if (!found)
    throw new PatchbayError('not_found', { public: 'No event of this id is, or was, in quarantine here.' });
  const { event, by } = found;
  const [open, made] = await Promise.all([
    store.db
      .select({ n: count() })
      .from(tasks)
      .where(and(eq(tasks.subject, id), eq(tasks.kind, 'expand'), eq(tasks.state, 'open'))),
    store.db
      .select({ state: deliveries.state, count: count() })
      .from(deliveries)
      .where(eq(deliveries.eventPosition, event.position))
      .groupBy(deliveries.state),
  ]);
  return {
    id,
    type: event.type,
    schema_version: event.schemaVersion,
    subject: event.subject,
    sequence: event.sequence,
    city: event.city,
    occurred_at: event.occurredAt.toISOString(),
    accepted_at: event.acceptedAt.toISOString(),
    by,
    brought: { deliveries: made, matching: open[0]?.n ?? 0 } satisfies Brought,
  };
}

export type ShownRedrive = ReturnType<typeof showRedrive>;

/** The latest re-drives of a filter, newest first. */
export async function listRedrives({ store, caller }: Asking): Promise<ShownRedrive[]> {
  const { tasks } = store.tables;
  const rows = await store.db
    .select()
    .from(tasks)
    .where(and(eq(tasks.subject, redriveSubject(caller.env)), eq(tasks.kind, 'redrive')))
    .orderBy(desc(tasks.id))
    .limit(5);
  return rows.map(showRedrive);
}

/** How far it is, and what it has brought. 404 where there is none, and once its task was purged. */
export async function findRedrive(
  { store }: Pick<Ctx, 'store'>,
  id: string,
): Promise<ShownRedrive & { brought: Brought }> {
  const { tasks } = store.tables;
  const [task] = await store.db
    .select()
    .from(tasks)
    .where(and(eq(tasks.id, id), eq(tasks.kind, 'redrive')))
    .limit(1);
  if (!task) throw new PatchbayError('not_found', { public: 'There is no such re-drive.' });
  const shown = showRedrive(task);
  return { ...shown, brought: await broughtBy({ store }, task, shown.by) };
}

function showRedrive(task: Task) {
  const { env, type, reason, publisher, asked, tokenId, userId } = redrivePayload.parse(task.payload);
  const { accepted, stayed } = redriveCursor.parse(task.cursor);
  return {
    id: task.id,
    state: task.state,
    env,
    type,
    reason,
    publisher,
    /** How many fitted when it began. */
    asked,
    accepted,
    /** Looked at, and still wrong. */
    stayed,
    by: actorOf({ ...hubCaller(env), tokenId, userId }),
    created_at: task.createdAt.toISOString(),
    updated_at: task.updatedAt.toISOString(),
  };
}

/** By the trail: what this task has accepted carries its id as the request. */
async function broughtBy({ store }: Pick<Ctx, 'store'>, { id }: Task, actor: string): Promise<Brought> {
  const { audit, events, deliveries, tasks } = store.tables;
  const [begun] = await store.db
    .select({ position: audit.position })
    .from(audit)
    .where(and(eq(audit.subject, id), eq(audit.action, 'quarantine.redrive')))
    .limit(1);
  if (!begun) return { deliveries: [], matching: 0 };
  const isOurs = and(
    eq(audit.actor, actor),
    gt(audit.position, begun.position),
    eq(audit.action, 'event.redrive'),
    eq(audit.requestId, id),
  );
  const [made, open] = await Promise.all([
    store.db
      .select({ state: deliveries.state, count: count() })
      .from(audit)
      .innerJoin(events, eq(events.id, audit.subject))
      .innerJoin(deliveries, eq(deliveries.eventPosition, events.position))
      .where(isOurs)
      .groupBy(deliveries.state),
    store.db
      .select({ n: count() })
      .from(audit)
      .innerJoin(
        tasks,
        and(eq(tasks.subject, audit.subject), eq(tasks.kind, 'expand'), eq(tasks.state, 'open')),
      )
      .where(isOurs),
  ]);
  return { deliveries: made, matching: open[0]?.n ?? 0 };
}
