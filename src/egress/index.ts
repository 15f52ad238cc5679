export { admitAddress } from './admit.ts';
export { type AddressVerdict, classifyAddress } from './classify.ts';
export { inspectUrl, type UrlVerdict } from './inspect.ts';
export { allowLoopback, type EgressPolicy } from './policy.ts';
export { readEgressPolicy } from './read-policy.ts';
export { specialRanges, type SpecialRange } from './ranges.ts';
