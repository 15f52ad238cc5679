/** Run by wrangler before it deploys (wrangler.toml, `[build]`). */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorker, root } from './edge-bundle.ts';
import { writeFiles } from './edge-files.ts';

const folder = join(root, 'dist/edge');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'worker.js'), await bundleWorker('src/worker.ts', true));
// Whole and anew: what an older build left would be uploaded too.
rmSync(join(folder, 'files'), { recursive: true, force: true });
await writeFiles(join(folder, 'files'));
