import { eraseWhatCameLate } from '#src/access';
import type { Ports } from '#src/context';
import { beginInactivity } from '#src/inactivity';
import { claimMark } from './marks.ts';
import { type Needs as PurgeNeeds, purge } from './purge.ts';

type Needs = PurgeNeeds & Pick<Ports, 'ids'>;

export type Retention = { stop(): Promise<void> };

const dayMs = 86_400_000;
/** Soon after the start, so that a hub which is restarted every day purges too. */
const firstMs = 60_000;

/** One timer in every process; a mark in the store decides whose turn it is. */
export function createRetention(ports: Needs): Retention {
  const { clock, settings, log } = ports;
  const state = { cancel: () => {}, isStopped: false, done: Promise.resolve() };

  const later = (delayMs: number) => {
    state.cancel = clock.after(delayMs, () => {
      state.done = purgeWhenDue(ports).catch((error: unknown) => log.error('purge.fault', error));
      void state.done.then(() => {
        if (!state.isStopped) later(settings.purgeEveryMs);
      });
    });
  };
  later(Math.min(firstMs, settings.purgeEveryMs));
  return {
    stop: async () => {
      state.isStopped = true;
      state.cancel();
      await state.done;
    },
  };
}

/** A purge where it is time for one; once a day the looks for what nobody uses and what came for the erased; of several processes one does it. */
export async function purgeWhenDue(ports: Needs): Promise<void> {
  const { clock, settings } = ports;
  // A little less than the interval: two timers drift, and a turn must not be missed for a second.
  const most = clock.ms() - settings.purgeEveryMs * 0.9;
  if (!(await claimMark(ports, 'purged_at', most, clock.ms()))) return;
  const isNewDay = await claimMark(ports, 'purged_all_at', clock.ms() - dayMs, clock.ms());
  if (isNewDay) {
    await beginInactivity(ports);
    await eraseWhatCameLate(ports);
  }
  await purge(ports, isNewDay ? 'all' : 'new');
}
