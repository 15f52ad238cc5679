export type { IntentAsk, IntentSource } from './ask.ts';
export { type IntentData, intentKinds } from './kinds.ts';
export { findSource, intentsWaiting, listSources, type SourceRow, type Waiting } from './list.ts';
export { type IntentRow, recordIntent, type Recorded } from './record.ts';
export { decideSource, reviewIntent } from './review.ts';
export { intentRoutes } from './routes.ts';
export { intentStates, showIntent, shownIntent } from './show.ts';
export { sourcePattern } from './sources.ts';
export { intentReviewRoutes } from './staff-routes.ts';
