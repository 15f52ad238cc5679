export { createSubscription } from './create.ts';
export { createDirectory } from './directory.ts';
export { filterFields } from './fields.ts';
export { compileFilter, type CompiledFilter } from './filter.ts';
export { type HoldReason, holdReason, judge, type Mismatch, type Verdict, viewerOf } from './match.ts';
export { subscriptionRoutes } from './routes.ts';
export { showSubscription, type ShownSubscription } from './show.ts';
