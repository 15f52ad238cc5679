export { type Buckets, createBuckets } from './buckets.ts';
export { admissionOf, burstUs, needUs, notStanding } from './gcra.ts';
