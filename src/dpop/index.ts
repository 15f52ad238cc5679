export { newestNonce } from './nonce.ts';
export { type Proven, proofAlgorithms, verifyProof } from './proof.ts';
export { useOnce } from './use-once.ts';
