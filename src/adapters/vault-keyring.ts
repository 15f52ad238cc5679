/**
 * The vault over master keys that the host was given. Each sealed value has a data key of its own, wrapped
 * by a versioned master key; both layers are AES-256-GCM by WebCrypto, so this runs on every host.
 *
 *   v1 . <master version> . <iv + wrapped data key> . <iv> . <ciphertext>
 *
 * Owner, record and field authenticate both layers, the master's version the wrapping alone: so a rotation
 * re-wraps 32 bytes and never touches the secret, and yet nothing can be moved, mixed or relabelled.
 */
import { PatchbayError } from '#src/errors';
import type { Chance, SealedFor, Vault } from '#src/ports';
import * as base64url from 'jose/base64url';

export type MasterKey = { version: number; key: Uint8Array };
export type KeyringOptions = {
  /** All that may still have sealed something. 32 bytes each. */
  masterKeys: MasterKey[];
  /** The version that new values are sealed under. */
  current: number;
};

export function createKeyring(options: KeyringOptions, chance: Chance): Vault {
  const masters = importMasters(options);
  const random = (length: number) => new Uint8Array(chance.bytes(length));

  async function wrap(dataKey: Uint8Array<ArrayBuffer>, about: SealedFor): Promise<string> {
    const iv = random(ivBytes);
    const master = await masterOf(masters, options.current);
    const wrapped = await encrypt(master, iv, dataKey, wrapContext(about, options.current));
    return `${format}.${options.current}.${base64url.encode(new Uint8Array([...iv, ...wrapped]))}`;
  }

  async function unwrap(parts: SealedParts, about: SealedFor): Promise<Uint8Array<ArrayBuffer>> {
    const master = await masterOf(masters, parts.version);
    const [iv, wrapped] = [parts.wrapped.slice(0, ivBytes), parts.wrapped.slice(ivBytes)];
    return decrypt(master, iv, wrapped, wrapContext(about, parts.version));
  }

  return {
    async seal(plain, about) {
      const dataKey = random(keyBytes);
      const iv = random(ivBytes);
      const key = await importKey(dataKey);
      const [head, ciphertext] = await Promise.all([
        wrap(dataKey, about),
        encrypt(key, iv, new Uint8Array(plain), valueContext(about)),
      ]);
      dataKey.fill(0);
      return `${head}.${base64url.encode(iv)}.${base64url.encode(ciphertext)}`;
    },
    async open(sealed, about) {
      const parts = parseSealed(sealed);
      const dataKey = await unwrap(parts, about);
      const key = await importKey(dataKey);
      dataKey.fill(0);
      return decrypt(key, parts.iv, parts.ciphertext, valueContext(about));
    },
    async rewrap(sealed, about) {
      const parts = parseSealed(sealed);
      if (parts.version === options.current) return sealed;
      const dataKey = await unwrap(parts, about);
      const head = await wrap(dataKey, about);
      dataKey.fill(0);
      return `${head}.${base64url.encode(parts.iv)}.${base64url.encode(parts.ciphertext)}`;
    },
    masterKeys: { current: options.current, known: options.masterKeys.map(({ version }) => version) },
  };
}

const format = 'v1';
const keyBytes = 32;
// NIST SP 800-38D §8.2.2: 96 random bits. A data key encrypts once; a master far fewer than 2^32 times.
const ivBytes = 12;
const tagBytes = 16;

type SealedParts = { version: number; wrapped: Bytes; iv: Bytes; ciphertext: Bytes };
type Bytes = Uint8Array<ArrayBuffer>;

function importMasters({ masterKeys, current }: KeyringOptions): Map<number, Promise<CryptoKey>> {
  const fault = faultIn(masterKeys, current);
  if (fault) throw new PatchbayError('internal', { internal: fault });
  return new Map(masterKeys.map(({ version, key }) => [version, importKey(new Uint8Array(key))]));
}

function faultIn(masterKeys: MasterKey[], current: number): string | null {
  const versions = masterKeys.map(({ version }) => version);
  if (masterKeys.some(({ key }) => key.length !== keyBytes)) return 'a master key is 32 bytes';
  if (versions.some((version) => !Number.isSafeInteger(version) || version < 1 || version > 999_999_999))
    return 'the version of a master key is a whole number from 1';
  if (new Set(versions).size !== versions.length) return 'two master keys have the same version';
  return versions.includes(current) ? null : 'the current master key is not among the master keys';
}

function masterOf(masters: Map<number, Promise<CryptoKey>>, version: number): Promise<CryptoKey> {
  const master = masters.get(version);
  if (!master) throw unopened(`master key ${version} is gone`);
  return master;
}

/** JSON keeps the parts apart: `a` + `bc` is not `ab` + `c`. */
function wrapContext({ owner, record, field }: SealedFor, version: number): Bytes {
  return new Uint8Array(
    new TextEncoder().encode(JSON.stringify(['patchbay data key', format, owner, record, field, version])),
  );
}

function valueContext({ owner, record, field }: SealedFor): Bytes {
  return new Uint8Array(
    new TextEncoder().encode(JSON.stringify(['patchbay value', format, owner, record, field])),
  );
}

function importKey(key: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

async function encrypt(key: CryptoKey, iv: Bytes, plain: Bytes, additionalData: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, plain));
}

async function decrypt(key: CryptoKey, iv: Bytes, ciphertext: Bytes, additionalData: Bytes): Promise<Bytes> {
  try {
    return new Uint8Array(
      await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, ciphertext),
    );
  } catch (cause) {
    throw unopened('it was altered, or belongs to another record', cause);
  }
}

function parseSealed(sealed: string): SealedParts {
  const [first, version, wrapped, iv, ciphertext, ...more] = sealed.split('.');
  if (first !== format || more.length > 0) throw unopened('it is not of a form that we wrote');
  if (version === undefined || !/^[1-9]\d{0,8}$/.test(version))
    throw unopened('its master key has no version');
  const parts = {
    version: Number(version),
    wrapped: bytesOf(wrapped),
    iv: bytesOf(iv),
    ciphertext: bytesOf(ciphertext),
  };
  const isWhole = parts.wrapped.length === ivBytes + keyBytes + tagBytes && parts.iv.length === ivBytes;
  if (!isWhole || parts.ciphertext.length < tagBytes) throw unopened('a part of it is missing');
  return parts;
}

/** One spelling for each value: the spare bits of a last character are not free to change. */
function bytesOf(text: string | undefined): Bytes {
  try {
    const bytes = new Uint8Array(base64url.decode(text ?? ''));
    if (base64url.encode(bytes) === text) return bytes;
  } catch (cause) {
    throw unopened('it is not base64url', cause);
  }
  throw unopened('it is not base64url as we write it');
}

function unopened(why: string, cause?: unknown): PatchbayError {
  return new PatchbayError('internal', { internal: `a sealed value could not be opened: ${why}`, cause });
}
