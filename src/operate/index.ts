export type { HostOperations, Reference, ReferencePath } from './host.ts';
export { createRequests } from './requests.ts';
export { healthRoutes, operateRoutes } from './routes.ts';
export { isLoopbackOpen, noteOpenLoopback } from './open-loopback.ts';
export { readWork } from './read-work.ts';
export { hubVersion } from './version.ts';
