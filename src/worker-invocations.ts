import { sendRounds } from '#src/deliveries';
import { purgeWhenDue } from '#src/retention';
import { createTasks } from '#src/tasks';
import { type Wake, wakesOf } from './adapters/queue-cloudflare.ts';
import { taskKinds } from './task-kinds.ts';
import type { EdgeHub } from './worker-hub.ts';

/** Six may await their headers (Cloudflare's limits, 2026-11); two are left for what the hub itself asks. */
const slots = 4;
const budgetMs = 30_000;
const maxRounds = 60;
const lanesPerLook = 500;

/** What a batch of queue messages wakes. Resolves when all of it is done or has been put down to be woken again. */
export async function consume(edge: EdgeHub, wakes: readonly Wake[], takesSlow: boolean): Promise<void> {
  const lanes = new Set(wakes.flatMap((wake) => (wake.topic === 'deliveries' ? wake.lanes : [])));
  const isAsked = (topic: Wake['topic']): boolean => wakes.some((wake) => wake.topic === topic);
  await Promise.all([
    lanes.size > 0 && !edge.pull ? sendLanes(edge, [...lanes], takesSlow) : undefined,
    isAsked('tasks') ? runTasks(edge) : undefined,
    isAsked('sweep') ? sweep(edge) : undefined,
  ]);
}

/** Every minute: what is due and nobody was woken for, tasks, and what is older than it is kept. */
export async function tend(edge: EdgeHub): Promise<void> {
  await sweep(edge);
  await edge.wake.send([{ topic: 'tasks' }]);
  await purgeWhenDue(edge.hub);
}

async function sendLanes(edge: EdgeHub, lanes: readonly string[], takesSlow: boolean): Promise<void> {
  const { hub, pace, signerOf } = edge;
  const options = { slots, budgetMs, maxRounds, takesSlow };
  const later = await sendRounds(hub, pace, signerOf, options, lanes);
  const nowMs = hub.clock.ms();
  const wakesFor = (isSlow: boolean) =>
    later.filter((one) => one.isSlow === isSlow).map(({ lane, atMs }) => ({ lane, delayMs: atMs - nowMs }));
  await edge.wake.sendLater(wakesFor(false));
  await edge.wakeSlow.sendLater(wakesFor(true));
}

async function runTasks({ hub, wake }: EdgeHub): Promise<void> {
  const tasks = createTasks(hub, taskKinds(hub));
  const state = { isOver: false };
  tasks.wake();
  const cancel = hub.clock.after(budgetMs, () => {
    state.isOver = true;
    void tasks.stop();
  });
  await tasks.idle();
  cancel();
  await tasks.stop();
  if (state.isOver) await wake.send([{ topic: 'tasks' }]);
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
