import type { Ports } from '#src/context';
import type { HostOperations } from './host.ts';
import { readWork } from './read-work.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'meter'>;

/** Whoever scrapes oftener gets the same numbers. */
const freshMs = 1_000;
const queued = ['pending', 'leased', 'retrying'] as const;

/**
 * Gauges of the store, measured when somebody looks. The first is the promise of the whole hub: accepted, and not even
 * tried for so long. Counts stop at fifty thousand.
 */
export function createGauges(ports: Needs, host: HostOperations): () => Promise<void> {
  const { clock, meter } = ports;
  const state = { measuredAtTicks: Number.NEGATIVE_INFINITY };

  return async () => {
    const sending = host.sending?.();
    if (sending) {
      meter.gauge('in_flight', sending.inFlight);
      meter.gauge('waiting_in_memory', sending.waiting);
      meter.gauge('lanes', sending.lanes);
    }
    if (clock.ticks() - state.measuredAtTicks < freshMs) return;
    state.measuredAtTicks = clock.ticks();
    await measure();
  };

  async function measure(): Promise<void> {
    const work = await readWork(ports);
    meter.gauge('events_accepted_not_attempted_seconds', secondsSince(work.oldestUntriedMs));
    meter.gauge('oldest_due_seconds', secondsSince(work.oldestDueMs));
    for (const state of queued)
      meter.gauge('deliveries_by_state', work.deliveries.get(state) ?? 0, { state });
    meter.gauge('tasks_open', work.openTasks);
    meter.gauge('quarantined_events', work.quarantined);
  }

  function secondsSince(ms: number | null): number {
    return ms === null ? 0 : Math.max(0, (clock.ms() - ms) / 1_000);
  }
}
