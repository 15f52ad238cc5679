export { careKind, changesKind } from './care.ts';
export { unlinkKind } from './disconnect.ts';
export { disconnectKind } from './end-below.ts';
export { unmuteKind } from './mute.ts';
export { recallKind } from './recall.ts';
