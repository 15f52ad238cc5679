import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { createNodeSignatureKeys } from '../../src/adapters/signing-node.ts';
import {
  createSigner,
  newKeyPair,
  newSecret,
  parsePrivateKey,
  parsePublicKey,
  parseSecret,
  publicKeyOf,
} from '../../src/signatures/sign.ts';
import { PatchbayError } from '../../src/errors/index.ts';

const keys = createNodeSignatureKeys();
const chance = { bytes: (length: number) => new Uint8Array(randomBytes(length)), fraction: () => 0.5 };
const body = '{"id":"evt_1","city":"São Paulo","note":"naïve 🎬"}';

async function headersFor(secrets: string[], signedBody = body) {
  const timestamp = Math.floor(Date.now() / 1000);
  return {
    'webhook-id': 'dlv_1',
    'webhook-timestamp': String(timestamp),
    'webhook-signature': await createSigner(keys, secrets).sign('dlv_1', timestamp, signedBody),
  };
}

/** As a receiver would, with the public key alone. */
function verifies(publicKey: string, signature: string, content: string): boolean {
  const x = Buffer.from(parsePublicKey(publicKey)).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, Buffer.from(content), key, Buffer.from(signature, 'base64'));
}

test('the published example of Standard Webhooks gives its signature', () => {
  const signer = createSigner(keys, ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']);
  expect(signer.sign('msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}')).toBe(
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  );
});

test("the standardwebhooks library accepts what was signed, in any of the world's letters", async () => {
  const secret = newSecret(chance);
  expect(new Webhook(secret).verify(body, await headersFor([secret]))).toEqual(JSON.parse(body));
});

test('another secret, another body or another id is not accepted', async () => {
  const secret = newSecret(chance);
  const headers = await headersFor([secret]);
  expect(() => new Webhook(newSecret(chance)).verify(body, headers)).toThrow('No matching signature');
  expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow('No matching signature');
  expect(() => new Webhook(secret).verify(body, { ...headers, 'webhook-id': 'dlv_2' })).toThrow(
    'No matching signature',
  );
});

test('while two secrets overlap, a receiver with either of them accepts', async () => {
  const [older, newer] = [newSecret(chance), newSecret(chance)];
  const headers = await headersFor([newer, older]);
  expect(headers['webhook-signature'].split(' ')).toHaveLength(2);
  expect(new Webhook(older).verify(body, headers)).toEqual(JSON.parse(body));
  expect(new Webhook(newer).verify(body, headers)).toEqual(JSON.parse(body));
});

test('v1a verifies with the published key, and with no other', async () => {
  const pair = await newKeyPair(keys);
  const other = await newKeyPair(keys);
  const signature = await createSigner(keys, [pair.privateKey]).sign('dlv_1', 1700000000, body);
  expect(signature).toMatch(/^v1a,[A-Za-z0-9+/]{86}==$/);
  const bytes = signature.slice('v1a,'.length);
  expect(verifies(pair.publicKey, bytes, `dlv_1.1700000000.${body}`)).toBe(true);
  expect(verifies(pair.publicKey, bytes, `dlv_1.1700000001.${body}`)).toBe(false);
  expect(verifies(other.publicKey, bytes, `dlv_1.1700000000.${body}`)).toBe(false);
});

test('Ed25519 agrees with the first test vector of RFC 8032, and a wrong half of the key is refused', () => {
  const seed = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
  const publicKey = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';
  const signature =
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b';
  expect(keys.ed25519(Buffer.from(seed + publicKey, 'hex'))('')).toBe(
    Buffer.from(signature, 'hex').toString('base64'),
  );
  expect(() => keys.ed25519(Buffer.from(seed + publicKey.replace('d7', 'd6'), 'hex'))).toThrow(PatchbayError);
});

test('on Node a signature is there at once, without a promise', () => {
  expect(createSigner(keys, [newSecret(chance), newSecret(chance)]).sign('dlv_1', 1, body)).toBeTypeOf(
    'string',
  );
});

test('a host whose primitive is asynchronous gives the same header', async () => {
  const slow = {
    ...keys,
    hmacSha256: (key: Uint8Array) => {
      const sign = keys.hmacSha256(key);
      return async (content: string) => sign(content);
    },
  };
  const pair = await newKeyPair(keys);
  for (const secrets of [
    [newSecret(chance)],
    [newSecret(chance), newSecret(chance)],
    [newSecret(chance), pair.privateKey],
  ])
    expect(await createSigner(slow, secrets).sign('dlv_1', 1, body)).toBe(
      createSigner(keys, secrets).sign('dlv_1', 1, body),
    );
});

test('what was made here parses to its full length', async () => {
  const pair = await newKeyPair(keys);
  expect(parseSecret(newSecret(chance))).toHaveLength(32);
  expect(parsePrivateKey(pair.privateKey)).toHaveLength(64);
  expect(parsePublicKey(pair.publicKey)).toHaveLength(32);
  expect(publicKeyOf(pair.privateKey)).toBe(pair.publicKey);
});

test('a malformed secret is refused in words that do not quote it', () => {
  const short = `whsec_${randomBytes(23).toString('base64')}`;
  const long = `whsec_${randomBytes(65).toString('base64')}`;
  const good = newSecret(chance);
  for (const bad of [
    '',
    'whsec_',
    short,
    long,
    good.slice(6),
    `${good} `,
    good.replace('=', ''),
    'whsec_$$$$',
    good.replace('whsec', 'whpk'),
  ]) {
    let text = '';
    try {
      parseSecret(bad);
    } catch (error) {
      text = (error as PatchbayError).publicText;
    }
    expect(text).toBe('A signing secret is whsec_ followed by 24 to 64 bytes in base64.');
  }
  expect(() => parsePrivateKey(good)).toThrow(PatchbayError);
  expect(() => parsePublicKey(good)).toThrow(PatchbayError);
  expect(() => createSigner(keys, [])).toThrow(PatchbayError);
});
