export type { IntentAsk, IntentSource } from './ask.ts';
export { intentKinds } from './kinds.ts';
export { recordIntent, type Recorded } from './record.ts';
export { intentRoutes } from './routes.ts';
export { intentReviewRoutes } from './staff-routes.ts';
