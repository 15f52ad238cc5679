import { generateKeyPairSync, sign } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { verifierOfPublicKey, verifierOfSecret } from '../../src/demo/verify.ts';

const body = '{"id":"evt_1"}';
const timestamp = String(Math.floor(Date.now() / 1_000));
const headersWith = (signature: string) => ({
  'webhook-id': 'dlv_1',
  'webhook-timestamp': timestamp,
  'webhook-signature': signature,
});

describe('the receivers of the demo', () => {
  test('a v1 signature is good for its own body and secret alone', () => {
    const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
    const headers = headersWith(new Webhook(secret).sign('dlv_1', new Date(), body));
    expect(verifierOfSecret(secret)(body, headers)).toBe(true);
    expect(verifierOfSecret(secret)(`${body} `, headers)).toBe(false);
    expect(verifierOfSecret(`whsec_${Buffer.alloc(32, 2).toString('base64')}`)(body, headers)).toBe(false);
    expect(verifierOfSecret(secret)(body, headersWith(''))).toBe(false);
  });

  test('a v1a signature is good for its own body and key alone', () => {
    const pairs = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
    const [own, other] = pairs.map(
      ({ publicKey }) =>
        `whpk_${publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64')}`,
    );
    const signature = sign(null, Buffer.from(`dlv_1.${timestamp}.${body}`), pairs[0]!.privateKey).toString(
      'base64',
    );
    const headers = headersWith(`v1a,${signature}`);
    expect(verifierOfPublicKey(own!)(body, headers)).toBe(true);
    expect(verifierOfPublicKey(own!)(`${body} `, headers)).toBe(false);
    expect(verifierOfPublicKey(other!)(body, headers)).toBe(false);
    expect(verifierOfPublicKey(own!)(body, headersWith(`v1,${signature}`))).toBe(false);
  });
});
