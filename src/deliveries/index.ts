export { createSender, type Sender } from './sender.ts';
export { createSweep, type Sweep } from './sweep.ts';
