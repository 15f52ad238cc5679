export { type NewCase, openCase } from './open.ts';
