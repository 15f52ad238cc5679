export type { IntentAsk, IntentSource } from './ask.ts';
export { recordIntent, type Recorded } from './record.ts';
