import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * The edge, built once a run: a test that starts it would spend three seconds of a core on the same bundles. `url` is a
 * folder; what lies in it is written by edge-build.ts. A process of its own: this one loads nothing of the hub.
 */
export async function buildEdge(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-edge-build-'));
  const args = ['--import', './src/read-tsx.ts', join(import.meta.dirname, 'edge-build.ts'), folder];
  await promisify(execFile)(process.execPath, args);
  return { url: folder, stop: () => rm(folder, { recursive: true, force: true }) };
}
