/**
 * Standard Webhooks 1.0 signatures over `id.timestamp.body`: `v1` is HMAC-SHA256 under a shared secret
 * (`whsec_…`), `v1a` Ed25519 under a pair (`whsk_…`, `whpk_…`). During a rotation both secrets sign and
 * the header carries both signatures, so that a receiver may change over at any moment between.
 */
import { PatchbayError } from '#src/errors';
import type { Chance, SignatureKeys, SignContent } from '#src/ports';

export type Signer = {
  /** The value of `webhook-signature`. A promise only where the host's primitive is one (Workers). */
  sign(id: string, timestampSeconds: number, body: string): string | Promise<string>;
  /** The claims as a signed security event token; where the subscription has asked for those. */
  seal?: (id: string, claims: string) => Promise<string>;
};

/** One signer for all secrets in force, newest first. Import costs more than signing: keep the signer. */
export function createSigner(keys: SignatureKeys, secrets: readonly string[]): Signer {
  const [first, ...others] = secrets.map((secret) => versionOf(keys, secret));
  if (!first)
    throw new PatchbayError('internal', { internal: 'a delivery cannot be signed without a secret' });
  if (others.length === 0)
    return { sign: (id, timestampSeconds, body) => first(`${id}.${timestampSeconds}.${body}`) };
  return {
    sign(id, timestampSeconds, body) {
      const content = `${id}.${timestampSeconds}.${body}`;
      return spaced([first(content), ...others.map((one) => one(content))]);
    },
  };
}

/** `whsec_` and 32 random bytes. */
export function newSecret(chance: Chance): string {
  return secretPrefix + toBase64(chance.bytes(32));
}

/** A pair for `signature: "v1a"`: the private half goes into the vault, the public one to whoever asks. */
export async function newKeyPair(keys: SignatureKeys): Promise<{ privateKey: string; publicKey: string }> {
  const { privateKey, publicKey } = await keys.newEd25519();
  return { privateKey: privatePrefix + toBase64(privateKey), publicKey: publicPrefix + toBase64(publicKey) };
}

export function publicKeyOf(privateKey: string): string {
  return publicPrefix + toBase64(parsePrivateKey(privateKey).subarray(32));
}

/** The bytes of a `whsec_…`. Errors never quote it. */
export function parseSecret(secret: string): Uint8Array {
  const bytes = bytesAfter(secretPrefix, secret);
  // Standard Webhooks 1.0, "Signature scheme": between 24 and 64 bytes.
  if (bytes && bytes.length >= 24 && bytes.length <= 64) return bytes;
  throw malformed('A signing secret is whsec_ followed by 24 to 64 bytes in base64.');
}

/** Seed and public key, 64 bytes. */
export function parsePrivateKey(privateKey: string): Uint8Array {
  const bytes = bytesAfter(privatePrefix, privateKey);
  if (bytes?.length === 64) return bytes;
  throw malformed('A private signing key is whsk_ followed by 64 bytes in base64.');
}

export function parsePublicKey(publicKey: string): Uint8Array {
  const bytes = bytesAfter(publicPrefix, publicKey);
  if (bytes?.length === 32) return bytes;
  throw malformed('A public signing key is whpk_ followed by 32 bytes in base64.');
}

const secretPrefix = 'whsec_';
const privatePrefix = 'whsk_';
const publicPrefix = 'whpk_';

function versionOf(keys: SignatureKeys, secret: string): SignContent {
  if (secret.startsWith(privatePrefix)) return labelled('v1a', keys.ed25519(parsePrivateKey(secret)));
  return labelled('v1', keys.hmacSha256(parseSecret(secret)));
}

function labelled(version: 'v1' | 'v1a', sign: SignContent): SignContent {
  return (content) => {
    const signature = sign(content);
    return typeof signature === 'string'
      ? `${version},${signature}`
      : signature.then((text) => `${version},${text}`);
  };
}

function spaced(signatures: (string | Promise<string>)[]): string | Promise<string> {
  if (signatures.every((one) => typeof one === 'string')) return signatures.join(' ');
  return Promise.all(signatures.map(async (one) => one)).then((all) => all.join(' '));
}

function bytesAfter(prefix: string, text: string): Uint8Array | undefined {
  if (!text.startsWith(prefix)) return undefined;
  const encoded = text.slice(prefix.length);
  // atob passes over blanks and missing padding; two spellings of one secret would be two secrets to a receiver.
  if (encoded.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  return Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function malformed(text: string): PatchbayError {
  return new PatchbayError('validation_failed', { public: text });
}
