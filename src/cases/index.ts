export { closeCase } from './close.ts';
export { listCases } from './list.ts';
export { type NewCase, openCase } from './open.ts';
