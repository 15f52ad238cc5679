export { type KeyUse, readKeyUse } from './read-use.ts';
export { addRewrap, rewrapKind } from './rewrap.ts';
