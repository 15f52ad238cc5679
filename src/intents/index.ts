export type { IntentAsk, IntentSource } from './ask.ts';
export { type IntentData, intentKinds } from './kinds.ts';
export { findSource, intentsWaiting, listSources, type SourceRow, type Waiting } from './list.ts';
export { type IntentRow, recordIntent, type Recorded } from './record.ts';
export { decideSource, reviewIntent } from './review.ts';
export { intentRoutes } from './routes.ts';
export { intentStates, showIntent, shownIntent } from './show.ts';
export { sourcePattern } from './sources.ts';
export { namesOfMakers } from './sender-makers.ts';
export {
  createSender,
  findSender,
  listSenders,
  readSender,
  revokeSender,
  rotateSender,
  senderSpec,
  showSender,
  type ShownSender,
} from './senders.ts';
export { makeSender, ownerByAccount, ownerByApp } from './sender-make.ts';
export { rotateSenderSecret } from './sender-secrets.ts';
export type { SignedDoor } from './signed.ts';
export { intentReviewRoutes } from './staff-routes.ts';
