export { type DemoOptions, playDemo } from './play.ts';
