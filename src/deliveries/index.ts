export { belowLevel, isStopped, levelOf } from './below.ts';
export { cancelKind } from './cancel.ts';
export { countDay, type DayCount, mostCountedPerSubscription } from './day.ts';
export {
  createDispatcher,
  type Dispatched,
  type Dispatcher,
  type LaneFacts,
  mostWaiting,
  type Sign,
} from './dispatcher.ts';
export { expireHeld, isExpiredOfLate } from './expire-held.ts';
export { standardAttributes } from './format.ts';
export { createHealthBook } from './health.ts';
export { type DeliveryQuery, listDeliveries } from './list.ts';
export { joinSettles } from './join-settles.ts';
export { createPacer, type PaceAnswer, type PaceExchange, type Pacer } from './pacer.ts';
export { findCandidate, prepare, stopOfGone, stopReason } from './prepare.ts';
export { releaseKind } from './release.ts';
export { type Later, type Pace, sendRounds } from './rounds.ts';
export { deliveryRoutes } from './routes.ts';
export { retryDelivery } from './retry.ts';
export { signOf } from './schedule.ts';
export { createSender, type Sender } from './sender.ts';
export { giveBack, settlePlan } from './settle.ts';
export { settlePulled } from './settle-pulled.ts';
export { createSweep, type Sweep } from './sweep.ts';
export {
  deliveryStates,
  explained,
  type FullDelivery,
  headBefore,
  isOwnDelivery,
  showDelivery,
  type ShownDelivery,
} from './show.ts';
export { countQueuedUnder, deliveriesUnder } from './under-grant.ts';
export { countWaitingOf, mostWaitingCounted } from './waiting.ts';
export { work } from './work.ts';
export { withdrawalOf } from './withdrawn.ts';
