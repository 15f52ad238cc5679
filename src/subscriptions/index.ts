export { createSubscription } from './create.ts';
export { createDirectory } from './directory.ts';
export { explainMismatch } from './explain.ts';
export { filterFields } from './fields.ts';
export { compileFilter, type CompiledFilter } from './filter.ts';
export { ownedByCaller } from './find.ts';
export {
  type HoldReason,
  holdReason,
  judge,
  type Mismatch,
  type Reach,
  type Verdict,
  viewerOf,
} from './match.ts';
export { mayResume } from './pause.ts';
export { replayKind } from './replay-chunk.ts';
export { subscriptionRoutes } from './routes.ts';
export { showSubscription, type ShownSubscription } from './show.ts';
