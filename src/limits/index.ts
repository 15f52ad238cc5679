export { type Addresses, clientAddress, createAddresses } from './addresses.ts';
export { type Buckets, createBuckets } from './buckets.ts';
export { type CallerCaps, callerCaps, isRead } from './caller-caps.ts';
export { type LimitFields, limitFields, refuseSpent } from './fields.ts';
export { admissionOf, burstUs, needUs, notStanding } from './gcra.ts';
