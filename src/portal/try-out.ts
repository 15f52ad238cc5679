import type { Ctx } from '#src/context';
import { type DryRun, dryRunWish, wishSpec } from '#src/subscriptions';
import { checked } from '#src/wire';
import { faultsOf, specOf, type Wish } from './subscription-form.ts';

/** What a wish would have done, or what is wrong with it. Throws as the verb does. */
export async function tryOut(ctx: Ctx, wish: Wish): Promise<[Map<string, string>, DryRun | null]> {
  const faults = faultsOf(wish);
  // What is tried is not sent.
  faults.delete('url');
  if (faults.size > 0) return [faults, null];
  const { endpoint: _endpoint, ...spec } = specOf(wish);
  return [faults, await dryRunWish(ctx, checked(wishSpec, { ...spec, last: 100 }))];
}
