import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationError } from './configuration-error.ts';

export type HostKeys = {
  masterKeys: { version: number; key: Uint8Array }[];
  peppers: { version: number; key: Uint8Array }[];
};

/**
 * The installation's own secrets: `PATCHBAY_MASTER_KEYS` and `PATCHBAY_PEPPERS`, each `version:base64,…` of 32 bytes.
 * Where they are not set they are made once and kept beside the data (mode 600), so that a laptop needs no set-up;
 * an installation of weight keeps them elsewhere, since a copy of the folder then opens nothing.
 */
export function hostKeys(
  folder: string,
  given: { masterKeys: string | undefined; peppers: string | undefined },
): HostKeys {
  return {
    masterKeys: parseKeys('PATCHBAY_MASTER_KEYS', given.masterKeys ?? keptKeys(folder).masterKeys),
    peppers: parseKeys('PATCHBAY_PEPPERS', given.peppers ?? keptKeys(folder).peppers),
  };
}

/** Several processes, so none may make its own: what one seals or hashes, all must open. */
export function clusterKeys(given: {
  masterKeys: string | undefined;
  peppers: string | undefined;
}): HostKeys {
  if (given.masterKeys === undefined || given.peppers === undefined) {
    const missing = [
      ...(given.masterKeys === undefined ? ['PATCHBAY_MASTER_KEYS'] : []),
      ...(given.peppers === undefined ? ['PATCHBAY_PEPPERS'] : []),
    ].join(' and ');
    throw configurationError(
      `With DATABASE_URL, ${missing} must be set, alike in every process. Make each once: "1:$(openssl rand -base64 32)". Moving from SQLite, take them from keys.json.`,
    );
  }
  return {
    masterKeys: parseKeys('PATCHBAY_MASTER_KEYS', given.masterKeys),
    peppers: parseKeys('PATCHBAY_PEPPERS', given.peppers),
  };
}

function keptKeys(folder: string): { masterKeys: string; peppers: string } {
  const file = join(folder, 'keys.json');
  if (!existsSync(file)) {
    // New ones would open nothing that is there, and nobody would know until the first webhook.
    if (existsSync(join(folder, 'patchbay.db')))
      throw configurationError(
        `There is a database in ${folder}, but no keys.json. Put it back, or set PATCHBAY_MASTER_KEYS and PATCHBAY_PEPPERS as they were.`,
      );
    const fresh = () => `1:${randomBytes(32).toString('base64')}`;
    writeFileSync(file, JSON.stringify({ masterKeys: fresh(), peppers: fresh() }, null, 2), {
      mode: 0o600,
      flag: 'wx',
    });
  }
  return JSON.parse(readFileSync(file, 'utf8')) as { masterKeys: string; peppers: string };
}

function parseKeys(name: string, text: string): { version: number; key: Uint8Array }[] {
  return text.split(',').map((part) => {
    const match = /^\s*(\d+):([A-Za-z0-9+/_=-]+)\s*$/.exec(part);
    const key = new Uint8Array(Buffer.from(match?.[2] ?? '', 'base64'));
    if (!match || key.length !== 32)
      throw configurationError(
        `${name} must be version:base64 of 32 bytes, several separated by commas. Make one with: openssl rand -base64 32`,
      );
    return { version: Number(match[1]), key };
  });
}
