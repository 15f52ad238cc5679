import { cp, mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EdgeBuild, Modules } from '../../src/edge-bundle.ts';
import { borrow } from '../services/describe.ts';

/** The product's own Worker, or one of the tests around it (services/edge-build.ts). */
export type TestWorker = 'product' | 'strict' | 'oauth';

/** What a run built once, and a folder of one's own with a state in which every table is there and empty. */
export async function lentEdge(worker: TestWorker): Promise<{ build: EdgeBuild; folder: string }> {
  if (process.env['VITEST'] === undefined) return builtHere();
  const { url } = await borrow('edge');
  const build = await lentBuild();
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-edge-'));
  await cp(join(url, 'state'), folder, { recursive: true });
  if (worker === 'product') return { build, folder };
  return { build: { ...build, api: (await readLent(url, worker)) as Modules }, folder }; // By edge-build.ts.
}

/** The three Workers of the product as modules, and the files beside them. */
export async function lentBuild(): Promise<EdgeBuild> {
  const { url } = await borrow('edge');
  return (await readLent(url, 'build')) as EdgeBuild; // Written by edge-build.ts.
}

async function readLent(url: string, name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(url, `${name}.json`), 'utf8'));
}

/** For the bench, which no run of tests lends anything. */
async function builtHere(): Promise<{ build: EdgeBuild; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-edge-'));
  const files = join(folder, 'files');
  await mkdir(files);
  const { buildEdge } = await import('../../src/edge-bundle.ts');
  return { build: await buildEdge(files), folder };
}
