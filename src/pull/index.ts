export type { Pull } from './hub.ts';
export type { CallHub } from './hub-calls.ts';
export { readWorkerKeys, type WorkerKeys } from './keys.ts';
export { openPull } from './open.ts';
export { relayPath, resultShape, type Send } from './protocol.ts';
export { createRelay } from './relay.ts';
export { pullRoutes } from './routes.ts';
export { signCall } from './signed-call.ts';
export { createPullWorker, type PullWorker } from './worker.ts';
