import { createPublicKey, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

export type SignedHeaders = {
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
};
export type Verify = (body: string, headers: SignedHeaders) => boolean;

/** `whsec_…`: judged by the reference library of Standard Webhooks, not by code of ours. */
export function verifierOfSecret(secret: string): Verify {
  const webhook = new Webhook(secret);
  return (body, headers) => {
    try {
      webhook.verify(body, headers);
      return true;
    } catch {
      // The library throws for every signature that is not good; that is the answer here, not a fault.
      return false;
    }
  };
}

/** `whpk_…`: Ed25519, which the library has no verifier for, so Node's own judges. */
export function verifierOfPublicKey(publicKey: string): Verify {
  const x = Buffer.from(publicKey.replace(/^whpk_/, ''), 'base64').toString('base64url');
  const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
  return (body, headers) => {
    const content = Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`);
    return headers['webhook-signature']
      .split(' ')
      .filter((one) => one.startsWith('v1a,'))
      .some((one) => verify(null, content, key, Buffer.from(one.slice('v1a,'.length), 'base64')));
  };
}
