export { createSender, type Sender } from './sender.ts';
export { newKeyPair, newSecret } from './sign.ts';
export { sealedFor } from './signers.ts';
export { createSweep, type Sweep } from './sweep.ts';
