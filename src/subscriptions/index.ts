export { createSubscription } from './create.ts';
export { createDirectory } from './directory.ts';
export { filterFields } from './fields.ts';
export { compileFilter } from './filter.ts';
export { type HoldReason, holdReason, judge, type Mismatch, viewerOf } from './match.ts';
export { replayKind } from './replay-chunk.ts';
export { subscriptionRoutes } from './routes.ts';
