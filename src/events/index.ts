export { eventResult, publishBody, publishBytes, publishRoute } from './routes.ts';
export { publish } from './publish.ts';
export { hubCaller, publishSystemEvent, type SystemEvent } from './announce.ts';
export { announce } from './announcements.ts';
export { expandEvent } from './expand.ts';
export { findQuarantined, listQuarantined, showQuarantined } from './quarantine.ts';
export { type Mended, redrive, type Redriven } from './redrive.ts';
export { feedRoutes } from './feed-routes.ts';
export { bodyFor, isForReader, recordOf } from './show.ts';
