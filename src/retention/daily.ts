/** What has no need to go by the hour. */
import { and, asc, eq, gt, inArray, lt, lte, notExists } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { claimMark, readMark } from './marks.ts';
import { pause } from './pause.ts';
import type { Needs } from './purge.ts';

const dayMs = 86_400_000;
const keepTasksMs = 30 * dayMs;
const rowsPerLook = 90;
const marksPerWrite = 1_000;
/** As far back as `GET /v1/usage` looks. */
const keepUsageMs = 91 * dayMs;

/** Ids that were drawn grow with time, so that walk ends where all are young; named ones (`tsk_sub_…`) come after them. */
const firstNamed = 'tsk_8';

export async function purgeTasks(ports: Needs): Promise<number> {
  const drawn = await walkTasks(ports, '', (row) => row.id < firstNamed, true);
  return drawn + (await walkTasks(ports, firstNamed, () => true, false));
}

type TaskHead = { id: string; createdAt: Date };

async function walkTasks(
  ports: Needs,
  from: string,
  isOurs: (row: TaskHead) => boolean,
  endsWhereYoung: boolean,
): Promise<number> {
  const { store, clock } = ports;
  const { tasks } = store.tables;
  const before = new Date(clock.ms() - keepTasksMs);
  const state = { after: from, count: 0 };
  for (;;) {
    const page: TaskHead[] = await store.db
      .select({ id: tasks.id, createdAt: tasks.createdAt })
      .from(tasks)
      .where(gt(tasks.id, state.after))
      .orderBy(asc(tasks.id))
      .limit(rowsPerLook);
    const ours = page.filter(isOurs);
    const ids = ours.filter((task) => task.createdAt < before).map((task) => task.id);
    if (ids.length > 0) {
      const [gone] = await store.write((db) => [
        db
          .delete(tasks)
          .where(and(inArray(tasks.id, ids), eq(tasks.state, 'done'), lt(tasks.updatedAt, before)))
          .returning({ id: tasks.id }),
      ]);
      state.count += gone.length;
    }
    state.after = page.at(-1)?.id ?? '';
    if (ours.length < rowsPerLook || (endsWhereYoung && ids.length === 0)) return state.count;
    await pause(clock);
  }
}

/**
 * The list of what changed carries no time, so a mark remembers how far it went a day ago. A directory that slept for
 * longer finds the list not whole, and forgets everything it knew.
 */
export async function purgeChanges(ports: Needs): Promise<number> {
  const { store, clock } = ports;
  const { changes } = store.tables;
  const upTo = await readMark(store, 'changes_upto');
  if (!(await claimMark(ports, 'changes_at', clock.ms() - dayMs, clock.ms()))) return 0;
  const version = await store.version();
  const [gone] = await store.write((db) => [
    db.delete(changes).where(lte(changes.version, upTo)).returning({ position: changes.position }),
    db.update(store.tables.marks).set({ value: version }).where(eq(store.tables.marks.name, 'changes_upto')),
  ]);
  return gone.length;
}

/**
 * A revoked token says so in its own row, for ever; the mark beside the epochs is for those who remember a row from
 * before, and none does for more than minutes.
 */
export async function purgeTokenMarks(ports: Needs): Promise<number> {
  const { store, clock } = ports;
  const { epochs } = store.tables;
  if (!(await claimMark(ports, 'token_marks_at', clock.ms() - dayMs, clock.ms()))) return 0;
  const before = new Date(clock.ms() - dayMs);
  const state = { count: 0 };
  for (;;) {
    const old = store.db
      .select({ id: epochs.id })
      .from(epochs)
      .where(and(eq(epochs.level, 'token'), lt(epochs.updatedAt, before)))
      .limit(marksPerWrite);
    const [gone] = await store.write((db) => [
      db.delete(epochs).where(inArray(epochs.id, old)).returning({ id: epochs.id }),
    ]);
    state.count += gone.length;
    if (gone.length < marksPerWrite) return state.count;
    await pause(clock);
  }
}

/** Deleted long ago, and no delivery speaks of them any more. A walk over all of them, so once a day. */
export async function purgeSubscriptions(ports: Needs): Promise<number> {
  const { store, clock, settings } = ports;
  const { subscriptions } = store.tables;
  if (!(await claimMark(ports, 'subscriptions_at', clock.ms() - dayMs, clock.ms()))) return 0;
  const before = clock.ms() - settings.keepEventsMs;
  const state = { after: '', count: 0 };
  for (;;) {
    const page = await store.db
      .select({ id: subscriptions.id, state: subscriptions.state, updatedAt: subscriptions.updatedAt })
      .from(subscriptions)
      .where(gt(subscriptions.id, state.after))
      .orderBy(asc(subscriptions.id))
      .limit(rowsPerLook);
    const old = page.filter((row) => row.state === 'deleted' && row.updatedAt.getTime() < before);
    state.count += await deleteSubscriptions(
      store,
      old.map((row) => row.id),
    );
    state.after = page.at(-1)?.id ?? '';
    if (page.length < rowsPerLook) return state.count;
    await pause(clock);
  }
}

async function deleteSubscriptions(store: Ports['store'], ids: string[]): Promise<number> {
  if (ids.length === 0) return 0;
  const { subscriptions, secrets, deliveries } = store.tables;
  const [, gone] = await store.write((db) => [
    db.delete(secrets).where(inArray(secrets.subscriptionId, ids)),
    db
      .delete(subscriptions)
      .where(
        and(
          inArray(subscriptions.id, ids),
          eq(subscriptions.state, 'deleted'),
          notExists(
            db
              .select({ id: deliveries.id })
              .from(deliveries)
              .where(eq(deliveries.subscriptionId, subscriptions.id)),
          ),
        ),
      )
      .returning({ id: subscriptions.id }),
  ]);
  return gone.length;
}

/** What was counted of calls, slots of long calls whose processes died, and blocks that have ended. */
export async function purgeUsage({ store, clock }: Needs): Promise<number> {
  const { usageDays, callLeases, blocks } = store.tables;
  const before = new Date(clock.ms() - keepUsageMs).toISOString().slice(0, 10);
  for (let count = 0; ;) {
    const old = store.db
      .select({ id: usageDays.id })
      .from(usageDays)
      .where(lt(usageDays.day, before))
      .limit(marksPerWrite);
    const [gone] = await store.write((db) => [
      db.delete(usageDays).where(inArray(usageDays.id, old)).returning({ id: usageDays.id }),
      db.delete(callLeases).where(lt(callLeases.expiresAt, new Date(clock.ms() - dayMs))),
      db.delete(blocks).where(lt(blocks.until, new Date(clock.ms() - dayMs))),
    ]);
    count += gone.length;
    if (gone.length < marksPerWrite) return count;
    await pause(clock);
  }
}
