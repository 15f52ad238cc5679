export { type Behaviour, behaviourOf, type Compared } from './behaviour.ts';
export { caseList, closeOneCase, oneCase } from './cases.ts';
export type { Found } from './found.ts';
export { type Level, levelPermissions, type Subject } from './levels.ts';
export { lookAt } from './record.ts';
export { inquiryRoutes } from './routes.ts';
export { search } from './search.ts';
export type { ShownRecord } from './shown.ts';
export { type Entry, type EntryKind, entryKinds, timelineOf } from './timeline.ts';
