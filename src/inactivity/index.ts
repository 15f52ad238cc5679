export { beginInactivity, inactivityKind } from './sweep.ts';
