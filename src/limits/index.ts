export { type Addresses, clientAddress, createAddresses } from './addresses.ts';
export { type Buckets, createBuckets } from './buckets.ts';
export { type CallerCaps, callerCaps, classOf, type Spender, spenderOf, unitsOf } from './caller-caps.ts';
export { dayEndsAt, isDaySpent, refuseSpentDay, unitsPerDay } from './day.ts';
export { type LimitFields, limitFields, refuseSpent } from './fields.ts';
export { admissionOf, burstUs, floorUs, needUs, notStanding, startUs } from './gcra.ts';
export { withLease } from './lease.ts';
export { planOf } from './plans.ts';
export { createRefusals } from './refusals.ts';
