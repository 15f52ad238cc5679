export { oneApproval, type StaffApproval } from './approvals.ts';
export { type Behaviour, behaviourOf, type Compared } from './behaviour.ts';
export { caseList, closeOneCase, oneCase } from './cases.ts';
export { eventOfDelivery, eventsFor, oneEvent, type TracedEvent } from './events.ts';
export type { Found } from './found.ts';
export { type StaffIntent } from './intent-mask.ts';
export { intentList, type IntentRecord, oneIntent } from './intents.ts';
export { type Level, levelPermissions, type Subject } from './levels.ts';
export {
  type ListedPartner,
  partnerList,
  type PartnerState,
  partnerStates,
  partnersWaiting,
} from './partner-list.ts';
export { partnerReviews } from './partner-reviews.ts';
export {
  type KeptEvent,
  oneKept,
  quarantineList,
  redriveKept,
  redriveMany,
  redriveReach,
} from './quarantine.ts';
export { originNames } from './origins.ts';
export { lookAt } from './record.ts';
export { inquiryRoutes } from './routes.ts';
export { search } from './search.ts';
export type { ShownRecord } from './shown.ts';
export { type Entry, type EntryKind, entryKinds, timelineOf } from './timeline.ts';
