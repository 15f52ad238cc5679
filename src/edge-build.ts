/** Run by wrangler before it deploys (wrangler.toml, `[build]`). */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorker, root } from './edge-bundle.ts';

const folder = join(root, 'dist/edge');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'worker.js'), await bundleWorker('src/worker.ts', true));
