export { cancelKind } from './cancel.ts';
export { standardAttributes } from './format.ts';
export { createPacer, type PaceAnswer, type PaceExchange, type Pacer } from './pacer.ts';
export { releaseKind } from './release.ts';
export { type Later, type Pace, sendRounds } from './rounds.ts';
export { deliveryRoutes } from './routes.ts';
export { createSender, type Sender } from './sender.ts';
export { createSweep, type Sweep } from './sweep.ts';
export { explained, headBefore, isOwnDelivery } from './show.ts';
