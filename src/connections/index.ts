export { createCarrier } from './carry.ts';
