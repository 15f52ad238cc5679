export type { Found } from './found.ts';
export { type Level, levelPermissions, type Subject } from './levels.ts';
export { lookAt } from './record.ts';
export { inquiryRoutes } from './routes.ts';
export { search } from './search.ts';
export type { ShownRecord } from './shown.ts';
