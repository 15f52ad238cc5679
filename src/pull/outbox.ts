import type { Clock, Log, OutboundResult } from '#src/ports';
import type { Held } from './held.ts';
import type { HubCalls } from './hub-calls.ts';
import { maxOutcomes } from './protocol.ts';
import type { Trouble } from './trouble.ts';
import { within } from './within.ts';

/** What came of the deliveries, on its way to the hub. The one call under way lets the next outcomes gather. */
export type Outbox = {
  /** A result of null gives it back untried. */
  add(delivery: Held, result: OutboundResult | null, startedAtTicks: number): void;
  /** All that is here is told, or `untilTicks` has come. */
  drain(untilTicks: number): Promise<void>;
};

type Entry = { delivery: Held; result: OutboundResult | null; startedAtTicks: number; addedAtTicks: number };
type Needs = { clock: Clock; log: Log; worker: string; calls: Pick<HubCalls, 'settle'>; trouble: Trouble };

/** Beyond a lease the hub would write nothing anyway. */
const keptForMs = 120_000;
const gatherMs = 5;

export function createOutbox(
  { clock, log, worker, calls, trouble }: Needs,
  onSettled: (delivery: Held) => void,
): Outbox {
  const entries: Entry[] = [];
  const state = { telling: null as Promise<void> | null };
  const pause = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));

  return {
    add: (delivery, result, startedAtTicks) => {
      entries.push({ delivery, result, startedAtTicks, addedAtTicks: clock.ticks() });
      state.telling ??= tellAll();
    },
    drain: async (untilTicks) => {
      if (state.telling) await within(clock, untilTicks - clock.ticks(), state.telling);
    },
  };

  async function tellAll(): Promise<void> {
    await pause(gatherMs);
    while (entries.length > 0) {
      const batch = entries.splice(0, maxOutcomes);
      const waitMs = await tell(batch);
      if (waitMs === null) continue;
      entries.unshift(...batch.filter(({ addedAtTicks }) => clock.ticks() - addedAtTicks < keptForMs));
      await pause(waitMs);
    }
    state.telling = null;
  }

  /** Null once it is told; else how long to wait. */
  async function tell(batch: Entry[]): Promise<number | null> {
    try {
      const outcomes = batch.map((entry) => outcomeOf(entry, clock.ticks()));
      const { lost } = await calls.settle({ worker, outcomes, isLeaving: false });
      trouble.over();
      const isLost = new Set(lost);
      for (const { delivery } of batch) {
        if (isLost.has(delivery.deliveryId)) log.warn('lease.lost', { delivery: delivery.deliveryId });
        else onSettled(delivery);
      }
      return null;
    } catch (error) {
      return trouble.met(error);
    }
  }
}

function outcomeOf({ delivery, result, startedAtTicks }: Entry, nowTicks: number) {
  const { deliveryId, leaseId, permit } = delivery;
  const agoMs = Math.max(0, Math.round(nowTicks - startedAtTicks));
  return { deliveryId, leaseId, permit, agoMs, result: result && bounded(result) };
}

/** Only what the hub keeps or goes by. */
function bounded(result: OutboundResult): OutboundResult {
  switch (result.kind) {
    case 'answered': {
      const retryAfter = result.headers['retry-after'];
      return {
        ...result,
        headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter.slice(0, 100) },
        body: result.body.slice(0, 16_384),
      };
    }
    case 'failed':
    case 'refused':
      return { ...result, detail: result.detail.slice(0, 1_000) };
    case 'withdrawn':
      return result;
    default:
      return result satisfies never;
  }
}
