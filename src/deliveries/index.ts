export { cancelKind } from './cancel.ts';
export { standardAttributes } from './format.ts';
export { releaseKind } from './release.ts';
export { deliveryRoutes } from './routes.ts';
export { createSender, type Sender } from './sender.ts';
export { createSweep, type Sweep } from './sweep.ts';
export { explained, headBefore, isOwnDelivery } from './show.ts';
