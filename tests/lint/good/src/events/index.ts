export { publishEvent } from './publish.ts';
