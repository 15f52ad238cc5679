export { createSigner, newKeyPair, newSecret, publicKeyOf, type Signer } from './sign.ts';
export { sealedFor } from './sealed-for.ts';
export { ensureSetKey, publicSetKeys, rotateSetKey } from './set-keys.ts';
export { createSigners, type SignerOf } from './signers.ts';
export { refuseForm, type SignedBy, verifySignature } from './verify.ts';
