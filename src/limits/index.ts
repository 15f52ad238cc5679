export { type Addresses, clientAddress, createAddresses } from './addresses.ts';
export { type Buckets, createBuckets } from './buckets.ts';
export {
  type CallerCaps,
  callerCaps,
  classOf,
  deliveryHolders,
  type Spender,
  spenderOf,
  unitsOf,
} from './caller-caps.ts';
export { dayCap, dayEndsAt, unitsPerDay } from './day.ts';
export { type LimitFields, limitFields, refuseSpent } from './fields.ts';
export { admissionOf, burstUs, floorUs, needUs, notStanding, startUs } from './gcra.ts';
export { withLease } from './lease.ts';
export { isOffered, type Plan, planOf, plans, readPlan } from './plans.ts';
export { createRefusals, listBlocks } from './refusals.ts';
export { setPlan } from './set-plan.ts';
