import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Consumer } from '../../src/adapters/queue-embedded.ts';
import type { Candidate, LeasedDelivery, Queue } from '#src/ports';
import { until as expectUntil } from '../harness/sink.ts';

/** A queue on its host: `sending` is the process that sends; `publishing` another one, where there are several. */
export type OpenedQueue = {
  sending: Queue;
  publishing: Queue;
  bind(consumer: Consumer): Promise<void>;
  unbind(): Promise<void>;
  /** Makes subscriptions, so many, and answers what a publisher knows of each. */
  lanes(count: number): Promise<Candidate[]>;
  close(): Promise<void>;
};

/** The one suite that every queue passes. It only wakes: what it loses a sweep finds, so nothing is asked of its memory. */
export function queueContract(name: string, open: () => Promise<OpenedQueue>): void {
  describe(`the queue contract on ${name}`, () => {
    const state = {} as { opened: OpenedQueue; told: Told };
    const idOf = ({ subscription }: Candidate): string => subscription.id;
    beforeAll(async () => {
      state.opened = await open();
    });
    afterAll(() => state.opened?.close());

    test('where nothing is sent nothing is promised, and no call fails', async () => {
      const { sending, publishing, lanes } = state.opened;
      const [lane] = await lanes(1);
      expect(sending.reserve(lane!)).toBeNull();
      for (const queue of [sending, publishing]) {
        queue.release(idOf(lane!), 1);
        queue.hand([]);
        queue.wake('deliveries', [idOf(lane!)]);
        queue.wake('tasks');
      }
    });

    test('what its own process reserves is handed to it, and what it gives back is given back', async () => {
      const { sending, bind, lanes } = state.opened;
      state.told = consumerThatKeeps();
      await bind(state.told.consumer);
      const [lane] = await lanes(1);
      expect(sending.reserve(lane!)).toEqual({ leaseId: 'wrk_test', untilMs: 5 });
      expect(state.told.reserved).toEqual([idOf(lane!)]);
      const delivery = { id: 'dlv_1', subscriptionId: idOf(lane!) } as LeasedDelivery;
      sending.hand([delivery]);
      expect(state.told.handed).toEqual([delivery]);
      sending.release(idOf(lane!), 2);
      expect(state.told.released).toEqual([[idOf(lane!), 2]]);
    });

    test.each(['sending', 'publishing'] as const)(
      'a lane that the %s process wakes is looked at',
      async (who) => {
        const [lane] = await state.opened.lanes(1);
        state.opened[who].wake('deliveries', [idOf(lane!)]);
        await expectUntil('it is told', () => state.told.lanes.has(idOf(lane!)));
      },
    );

    test('a thousand lanes are looked at, every one', async () => {
      const lanes = (await state.opened.lanes(1_000)).map(idOf);
      state.opened.publishing.wake('deliveries', lanes);
      await expectUntil('all are told', () => lanes.every((lane) => state.told.lanes.has(lane)));
    });

    test('a lane that was looked at is looked at again when it is woken again, however often', async () => {
      const [lane] = (await state.opened.lanes(1)).map(idOf);
      for (let round = 0; round < 20; round++) {
        state.told.lanes.delete(lane!);
        state.opened.publishing.wake('deliveries', [lane!]);
        await expectUntil('it is told', () => state.told.lanes.has(lane!));
      }
    });

    test('a wake of the tasks is told', async () => {
      const before = state.told.counts.tasks;
      state.opened.publishing.wake('tasks');
      await expectUntil('it is told', () => state.told.counts.tasks > before);
    });

    test('a lane of no subscription is no error', async () => {
      state.opened.publishing.wake('deliveries', ['sub_of_nobody']);
      const [lane] = (await state.opened.lanes(1)).map(idOf);
      state.opened.publishing.wake('deliveries', [lane!]);
      await expectUntil('others are told', () => state.told.lanes.has(lane!));
    });

    test('after the end nobody is told, and nothing is promised', async () => {
      const { sending, publishing, unbind, lanes } = state.opened;
      await unbind();
      const [lane] = await lanes(1);
      expect(sending.reserve(lane!)).toBeNull();
      sending.wake('deliveries', [idOf(lane!)]);
      publishing.wake('deliveries', [idOf(lane!)]);
      const again = consumerThatKeeps();
      await state.opened.bind(again.consumer);
      const [next] = await lanes(1);
      publishing.wake('deliveries', [idOf(next!)]);
      await expectUntil('who sends now is told', () => again.lanes.has(idOf(next!)));
      expect(state.told.lanes.has(idOf(lane!))).toBe(false);
    });
  });
}

type Told = ReturnType<typeof consumerThatKeeps>;

function consumerThatKeeps() {
  const told = {
    reserved: [] as string[],
    released: [] as [string, number][],
    handed: [] as LeasedDelivery[],
    lanes: new Set<string>(),
    counts: { tasks: 0, all: 0 },
  };
  const consumer: Consumer = {
    reserve: ({ subscription }) => {
      told.reserved.push(subscription.id);
      return { leaseId: 'wrk_test', untilMs: 5 };
    },
    release: (lane, count) => void told.released.push([lane, count]),
    hand: (deliveries) => void told.handed.push(...deliveries),
    wakeDeliveries: (lanes) => {
      if (!lanes) told.counts.all += 1;
      for (const lane of lanes ?? []) told.lanes.add(lane);
    },
    wakeTasks: () => {
      told.counts.tasks += 1;
    },
  };
  return { ...told, consumer };
}
