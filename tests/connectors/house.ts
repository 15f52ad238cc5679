import { mkdirSync, mkdtempSync, rmSync, symlinkSync, copyFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, writeRegistry } from '../../src/connector-registry.ts';

/** A house of its own for new connectors: this one's kit and suite, and no connector. */
export function createHouse(): { path: string; forget(): void } {
  const path = mkdtempSync(join(tmpdir(), 'patchbay-connectors-'));
  copyFileSync(join(root, 'package.json'), join(path, 'package.json'));
  for (const folder of ['node_modules', 'src', 'tests']) symlinkSync(join(root, folder), join(path, folder));
  mkdirSync(join(path, 'connectors'));
  writeRegistry(path);
  return { path, forget: () => rmSync(path, { recursive: true, force: true }) };
}
