import { PatchbayError } from '#src/errors';

export type VersionedKey = { version: number; key: Uint8Array };

/** `version:base64,…`, each of 32 bytes. Throws what the operator has to mend, and repeats nothing of the key. */
export function readKeys(name: string, text: string): VersionedKey[] {
  return text.split(',').map((part) => {
    const match = /^\s*(\d+):([A-Za-z0-9+/_=-]+)\s*$/.exec(part);
    const key = bytesOf(match?.[2] ?? '');
    if (!match || key.length !== 32)
      throw new PatchbayError('internal', {
        internal: `${name} must be version:base64 of 32 bytes, several separated by commas. Make one with: openssl rand -base64 32`,
      });
    return { version: Number(match[1]), key };
  });
}

export const newestOf = (keys: readonly VersionedKey[]): number =>
  Math.max(...keys.map(({ version }) => version));

/**
 * The version that seals or hashes what is new: the newest, unless the operator says another. Where several processes or
 * Workers share a store a new key has to be everywhere before anybody uses it.
 */
export function versionInUse(
  name: string,
  wanted: string | undefined,
  keys: readonly Pick<VersionedKey, 'version'>[],
): number {
  const versions = keys.map(({ version }) => version);
  if (wanted === undefined || wanted === '') return Math.max(...versions);
  const version = Number(wanted);
  if (versions.includes(version)) return version;
  throw new PatchbayError('internal', {
    internal: `${name} is ${wanted}, but the versions that are here are ${versions.join(', ')}.`,
  });
}

function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  } catch {
    // Not base64 at all: as wrong as a key of another length.
    return new Uint8Array(0);
  }
}
