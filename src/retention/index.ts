export { createRetention, purgeWhenDue, type Retention } from './schedule.ts';
export { purge, type Purged } from './purge.ts';
