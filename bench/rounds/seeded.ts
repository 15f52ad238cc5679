import { deliverCost, fillHistory, fillSubscriptions, publishCost } from '../measures/seeded.ts';
import type { Bench } from './bench.ts';

// Filling takes longer than measuring: each store is filled once, and the rounds alternate between the two.
const ALTERNATIONS = 3;

export async function measureSubscriptions(bench: Bench): Promise<void> {
  const { home, figures, options, sink } = bench;
  if (home === undefined) return;
  const [few, many] = options.subscriptions;
  const fewFilled = await fillSubscriptions(home, bench.directory(), sink, few);
  const manyFilled = await fillSubscriptions(home, bench.directory(), sink, many);
  for (let turn = 0; turn < (options.isQuick ? 1 : ALTERNATIONS); turn += 1) {
    figures.note({ 'subscriptions.few.micros': await publishCost(fewFilled, options.seconds * 0.7) });
    figures.note({ 'subscriptions.many.micros': await publishCost(manyFilled, options.seconds * 0.7) });
  }
}

export async function measureHistory(bench: Bench): Promise<void> {
  const { home, figures, options, sink } = bench;
  if (home === undefined) return;
  const empty = await fillHistory(home, bench.directory(), sink, 0);
  const full = await fillHistory(home, bench.directory(), sink, options.history);
  for (let turn = 0; turn < (options.isQuick ? 1 : ALTERNATIONS); turn += 1) {
    figures.note({ 'history.empty.micros': await deliverCost(empty, sink, options.seconds * 0.7) });
    figures.note({ 'history.full.micros': await deliverCost(full, sink, options.seconds * 0.7) });
  }
}
