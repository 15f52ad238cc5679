/**
 * Run by wrangler before it deploys any of the Workers (`[build]` in each wrangler*.toml). What edge-check.ts has built
 * for all three is not built again for each.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorker, root, workerEntries } from './edge-bundle.ts';
import { writeFiles } from './edge-files.ts';

if (process.env['EDGE_IS_BUILT'] !== '1') await buildAll(join(root, 'dist/edge'));

async function buildAll(folder: string): Promise<void> {
  // Whole and anew: what an older build left would be uploaded too.
  rmSync(folder, { recursive: true, force: true });
  for (const [worker, entry] of Object.entries(workerEntries)) {
    mkdirSync(join(folder, worker), { recursive: true });
    for (const [name, text] of Object.entries(await bundleWorker(entry, true)))
      writeFileSync(join(folder, worker, name), text);
  }
  await writeFiles(join(folder, 'files'));
}
