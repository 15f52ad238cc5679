import { measureBacklog } from '../measures/backlog.ts';
import { deliverOne, measureFanOut, subscribeAll } from '../measures/fan-out.ts';
import { measureLatency } from '../measures/latency.ts';
import { measurePublish } from '../measures/publish.ts';
import { startReference } from '../references.ts';
import type { ReferenceName } from '../references.ts';
import type { Target } from '../target.ts';
import { bookingTemplate } from '../template.ts';
import type { Bench } from './bench.ts';

export async function measureThin(bench: Bench): Promise<void> {
  for (const name of ['thin', 'thin-thread'] as const) {
    await withReference(bench, name, async (thin) => {
      const found = await measurePublish(
        thin,
        bookingTemplate(thin.accounts.slice(0, 1)),
        bench.options.seconds,
      );
      bench.figures.note({ [`${name}.single`]: found.single, [`${name}.fifty`]: found.fifty });
    });
    await measureFanOuts(bench, name);
  }
}

export async function measureNaive(bench: Bench): Promise<void> {
  await measureFanOuts(bench, 'naive');
}

async function measureFanOuts(bench: Bench, name: ReferenceName): Promise<void> {
  const { figures, options, sink } = bench;
  for (const fanOut of [1, 10]) {
    await withReference(bench, name, async (target) => {
      const events = bookingTemplate(target.accounts.slice(0, 1));
      const subscriptions = await subscribeAll(target, sink, { group: 'e', count: fanOut });
      await deliverOne(target, sink, events, fanOut);
      const found = await measureFanOut(target, sink, { events, fanOut, seconds: options.seconds });
      figures.note({
        [`${name}.fan${fanOut}`]: found.deliveriesPerSecond,
        [`${name}.fan${fanOut}.micros`]: found.micros,
      });
      if (name !== 'thin') return;
      if (fanOut === 1) {
        const atThird = {
          events,
          fanOut,
          seconds: options.seconds,
          eventsPerSecond: found.eventsPerSecond / 3,
        };
        const { sent, accepted } = await measureLatency(target, sink, atThird);
        return figures.note({
          'thin.third.p50': accepted.p50,
          'thin.third.p99': accepted.p99,
          'thin.third.sent.p50': sent.p50,
          'thin.third.sent.p99': sent.p99,
        });
      }
      figures.note({ 'thin.memory.full': found.memory });
      figures.note({
        'thin.backlog': await measureBacklog(target, sink, {
          events,
          subscriptions,
          deliveries: options.backlog,
        }),
      });
    });
  }
}

async function withReference(
  bench: Bench,
  name: ReferenceName,
  use: (target: Target) => Promise<void>,
): Promise<void> {
  const target = await startReference(name, bench.directory());
  try {
    await use(target);
  } finally {
    await target.stop();
  }
}
