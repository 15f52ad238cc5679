export { createSigner, newKeyPair, newSecret, publicKeyOf, type Signer } from './sign.ts';
export { createSigners, sealedFor, type SignerOf } from './signers.ts';
