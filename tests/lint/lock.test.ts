import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

type Locked = { optionalDependencies?: Record<string, string>; resolved?: string; link?: boolean };

test('the lock names the optional binaries of every platform, so that npm ci works on each', async () => {
  const packages = await lockedPackages();
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !isLocked(packages, path, name))
      .map((name) => `${path} wants ${name}`),
  );
  expect(missing).toEqual([]);
});

test('the lock tells no registry by name, so that each machine uses its own', async () => {
  const packages = await lockedPackages();
  expect(Object.keys(packages).filter((path) => packages[path]?.resolved)).toEqual([]);
});

test('every version in package.json is exact', async () => {
  const { dependencies, devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+$/.test(String(version)),
  );
  expect(loose).toEqual([]);
});

/** As Node looks packages up: beside the one that asks, then one folder of node_modules further out. */
function isLocked(packages: Record<string, Locked>, asker: string, name: string): boolean {
  const inside = asker === '' ? `node_modules/${name}` : `${asker}/node_modules/${name}`;
  if (packages[inside]) return true;
  if (asker === '') return false;
  const outside = asker.slice(0, Math.max(asker.lastIndexOf('/node_modules/'), 0));
  return isLocked(packages, outside, name);
}

async function lockedPackages(): Promise<Record<string, Locked>> {
  return JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')).packages;
}
