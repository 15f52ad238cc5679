export { cancelKind } from './cancel.ts';
export { standardAttributes } from './format.ts';
export { releaseKind } from './release.ts';
export { deliveryRoutes } from './routes.ts';
export { createSender, type Sender } from './sender.ts';
export { createSweep, type Sweep } from './sweep.ts';
export { deliveryStates, explained, findOwnDelivery, headBefore, isOwnDelivery } from './show.ts';
export { type DeliveryFacts, explainDelivery, type Explanation, type Whose, wordsOfReason } from './words.ts';
