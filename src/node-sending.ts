import { createSender, createSweep, type Sender } from '#src/deliveries';
import type { Pull } from '#src/pull';
import { createRetention } from '#src/retention';
import { createTasks } from '#src/tasks';
import type { Hub } from './app.ts';
import type { Lending } from './node-lending.ts';
import { taskKinds } from './task-kinds.ts';

export type Sending = {
  stats: Sender['stats'];
  tend(): Promise<void>;
  /** No new attempt; what is under way may end; the rest goes back to the store. */
  stop(): Promise<void>;
};

/** How late a worker may hear of a subscription that another process has changed, where nothing wakes it meanwhile. */
const followMs = 250;

/** All that a process does which sends: deliveries, durable tasks, and in its turn the purge. */
export async function startSending(hub: Hub, lending: Lending, pull: Pull | null = null): Promise<Sending> {
  if (pull) return startHandingOut(hub, lending, pull);
  const sender = createSender(hub);
  const sweep = createSweep(hub, sender, lending.owned);
  const tasks = createTasks(hub, taskKinds(hub));
  await lending.bind({ ...sender, wakeDeliveries: (ids) => sweep.wake(ids), wakeTasks: () => tasks.wake() });
  const retention = createRetention(hub);
  const unfollow = lending.owned ? followChanges(hub) : () => {};
  sweep.wake();
  tasks.wake();
  return {
    stats: () => sender.stats(),
    tend: () => sender.tend(),
    stop: async () => {
      unfollow();
      await lending.unbind();
      await Promise.all([sweep.stop(), tasks.stop(), retention.stop()]);
      await sender.stop(hub.settings.attemptDeadlineMs + 1_000);
    },
  };
}

/** Workers elsewhere send: here are the durable tasks, the purge, and whoever waits for work is woken. */
async function startHandingOut(hub: Hub, lending: Lending, pull: Pull): Promise<Sending> {
  const tasks = createTasks(hub, taskKinds(hub));
  await lending.bind({
    reserve: () => null,
    release: () => {},
    hand: () => {},
    wakeDeliveries: () => pull.wake(),
    wakeTasks: () => tasks.wake(),
  });
  const retention = createRetention(hub);
  tasks.wake();
  return {
    stats: () => ({ inFlight: 0, waiting: 0, lanes: 0 }),
    tend: async () => undefined,
    stop: async () => {
      await lending.unbind();
      await Promise.all([tasks.stop(), retention.stop()]);
    },
  };
}

/** A delivery that waits in memory must not go by a subscription that was paused since. */
function followChanges({ directory, log }: Hub): () => void {
  const state = { isTold: false };
  const timer = setInterval(() => {
    directory.freshen().then(
      () => {
        state.isTold = false;
      },
      (error: unknown) => {
        // Once an outage: it is asked four times a second.
        if (!state.isTold) log.error('directory.freshen', error);
        state.isTold = true;
      },
    );
  }, followMs);
  return () => clearInterval(timer);
}
