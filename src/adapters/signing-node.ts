/** Signing on Node: OpenSSL through KeyObjects, which are parsed once and then cost nothing to pass. */
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  sign,
} from 'node:crypto';
import { PatchbayError } from '#src/errors';
import type { SignatureKeys } from '#src/ports';

export function createNodeSignatureKeys(): SignatureKeys {
  return {
    hmacSha256(key) {
      const keyObject = createSecretKey(key);
      return (content) => createHmac('sha256', keyObject).update(content).digest('base64');
    },
    ed25519(privateKey) {
      const keyObject = createPrivateKey({
        key: pkcs8(privateKey.subarray(0, 32)),
        format: 'der',
        type: 'pkcs8',
      });
      // A pair that does not belong together would sign what no published key verifies.
      const publicKey = Buffer.from(
        createPublicKey(keyObject).export({ format: 'jwk' }).x ?? '',
        'base64url',
      );
      if (!publicKey.equals(privateKey.subarray(32)))
        throw new PatchbayError('internal', {
          internal: 'an Ed25519 private key does not belong to its public key',
        });
      return (content) => sign(null, Buffer.from(content), keyObject).toString('base64');
    },
    newEd25519() {
      const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
      const seed = Buffer.from(jwk.d ?? '', 'base64url');
      const publicKey = new Uint8Array(Buffer.from(jwk.x ?? '', 'base64url'));
      return { privateKey: new Uint8Array(Buffer.concat([seed, publicKey])), publicKey };
    },
  };
}

// RFC 8410 §7: version 0, algorithm 1.3.101.112, an OCTET STRING within an OCTET STRING of 32 bytes.
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');

function pkcs8(seed: Uint8Array): Buffer {
  return Buffer.concat([pkcs8Head, seed]);
}
