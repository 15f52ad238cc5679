import * as base64url from 'jose/base64url';
import type { Ports } from '#src/context';

/**
 * The answer to a refresh, kept for whom it was lost: sealed under a key that is derived from the old refresh token
 * (HKDF-SHA-256, AES-256-GCM), which the hub does not have. A stolen table opens nothing, and the token opens only its own.
 */
export async function sealAnswer(
  { chance }: Pick<Ports, 'chance'>,
  oldToken: string,
  id: string,
  plain: string,
): Promise<string> {
  const iv = copied(chance.bytes(12));
  const key = await keyOf(oldToken, id);
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv },
    key,
    copied(new TextEncoder().encode(plain)),
  );
  return `${base64url.encode(iv)}.${base64url.encode(new Uint8Array(sealed))}`;
}

export async function openAnswer(oldToken: string, id: string, sealed: string): Promise<string> {
  const [iv = '', text = ''] = sealed.split('.');
  const key = await keyOf(oldToken, id);
  const plain = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv: copied(base64url.decode(iv)) },
    key,
    copied(base64url.decode(text)),
  );
  return new TextDecoder().decode(plain);
}

async function keyOf(token: string, id: string) {
  const bytes = (text: string) => copied(new TextEncoder().encode(text));
  const material = await crypto.subtle.importKey('raw', bytes(token), 'HKDF', false, ['deriveKey']);
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: bytes(id), info: bytes('patchbay refresh answer') },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}

/** WebCrypto's types want bytes that no other thread can change. */
const copied = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);
