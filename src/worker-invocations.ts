import { sendRounds } from '#src/deliveries';
import type { Clock } from '#src/ports';
import { purge, purgeWhenDue } from '#src/retention';
import { createTasks, type Task, type TaskKinds } from '#src/tasks';
import { type Wake, wakesOf } from './adapters/queue-cloudflare.ts';
import type { Hub } from './app.ts';
import { taskKinds } from './task-kinds.ts';
import type { EdgeHub } from './worker-hub.ts';

/** An invocation has a thousand (D1's limits, 2026-11), and may do all of these. Past them it ends and is woken anew. */
const maxQueries = { sending: 500, tasks: 200, purge: 200 };
/** Six may await their headers (Cloudflare's limits, 2026-11); two are left for what the hub itself asks. */
const slots = 4;
const budgetMs = 30_000;
const lanesPerLook = 500;

/** What a batch of queue messages wakes. Resolves when all of it is done or has been put down to be woken again. */
export async function consume(edge: EdgeHub, wakes: readonly Wake[], takesSlow: boolean): Promise<void> {
  const lanes = new Set(wakes.flatMap((wake) => (wake.topic === 'deliveries' ? wake.lanes : [])));
  const isAsked = (topic: Wake['topic']): boolean => wakes.some((wake) => wake.topic === topic);
  await Promise.all([
    lanes.size > 0 && !edge.pull ? sendLanes(edge, [...lanes], takesSlow) : undefined,
    isAsked('tasks') ? runTasks(edge) : undefined,
    isAsked('sweep') ? sweep(edge) : undefined,
    isAsked('purge') ? purgeSome(edge, (hub) => purge(hub, 'new')) : undefined,
  ]);
}

/** Every minute: what is due and nobody was woken for, tasks, and what is older than it is kept. */
export async function tend(edge: EdgeHub): Promise<void> {
  const done = await Promise.allSettled([
    sweep(edge),
    edge.wake.send([{ topic: 'tasks' }]),
    purgeSome(edge, purgeWhenDue),
  ]);
  // None of them keeps the others from being done; what failed is tried in a minute, and the platform logs it.
  const reasons = done.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []));
  if (reasons.length > 0) throw new AggregateError(reasons, 'the cron could not do all of its work');
}

async function sendLanes(edge: EdgeHub, lanes: readonly string[], takesSlow: boolean): Promise<void> {
  const { hub, pace, signerOf } = edge;
  const options = { slots, budgetMs, maxQueries: maxQueries.sending, takesSlow };
  const later = await sendRounds(hub, pace, signerOf, options, lanes);
  const nowMs = hub.clock.ms();
  const wakesFor = (isSlow: boolean) =>
    later.filter((one) => one.isSlow === isSlow).map(({ lane, atMs }) => ({ lane, delayMs: atMs - nowMs }));
  await edge.wake.sendLater(wakesFor(false));
  await edge.wakeSlow.sendLater(wakesFor(true));
}

/** Chunk after chunk, until nothing is due or the queries of one invocation are nearly used. */
async function runTasks(edge: EdgeHub): Promise<void> {
  const { hub, queries } = await edge.openCounted();
  const state = { isOver: false };
  const end = (): void => {
    state.isOver = true;
    void tasks.stop();
  };
  const kinds = Object.entries(taskKinds(hub)).map(([name, kind]) => [
    name,
    (task: Task) => {
      if (queries() >= maxQueries.tasks) end();
      return kind(task);
    },
  ]);
  const tasks = createTasks(hub, Object.fromEntries(kinds) as TaskKinds); // The same names and kinds, watched.
  tasks.wake();
  const cancel = hub.clock.after(budgetMs, end);
  await tasks.idle();
  cancel();
  await tasks.stop();
  if (state.isOver) await edge.wake.send([{ topic: 'tasks' }]);
}

/** It pauses between its writes; where the queries are nearly used it does not go on, and the next invocation does. */
async function purgeSome(edge: EdgeHub, purgeWith: (hub: Hub) => Promise<unknown>): Promise<void> {
  const { hub, queries } = await edge.openCounted();
  const isOver = (): boolean => queries() >= maxQueries.purge;
  const after: Clock['after'] = (delayMs, run) => {
    if (isOver()) throw new Error('the queries of this invocation are used');
    return hub.clock.after(delayMs, run);
  };
  try {
    await purgeWith({ ...hub, clock: { ...hub.clock, after } });
  } catch (error) {
    if (!isOver()) throw error;
    await edge.wake.send([{ topic: 'purge' }]);
  }
}

async function sweep({ hub, wake, pull }: EdgeHub): Promise<void> {
  if (pull) return;
  for (let after = ''; ;) {
    const lanes = await hub.store.dueLanes(hub.clock.ms(), after, lanesPerLook);
    await wake.send(wakesOf(lanes));
    if (lanes.length < lanesPerLook) return;
    after = lanes.at(-1) ?? '';
  }
}
