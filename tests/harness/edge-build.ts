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
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(url, `${name}.json`), 'utf8'));
  const build = (await read('build')) as EdgeBuild; // Written by edge-build.ts, like the next one.
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-edge-'));
  await cp(join(url, 'state'), folder, { recursive: true });
  return { build: worker === 'product' ? build : { ...build, api: (await read(worker)) as Modules }, folder };
}

/** For the bench, which no run of tests lends anything. */
async function builtHere(): Promise<{ build: EdgeBuild; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-edge-'));
  const files = join(folder, 'files');
  await mkdir(files);
  const { buildEdge } = await import('../../src/edge-bundle.ts');
  return { build: await buildEdge(files), folder };
}
