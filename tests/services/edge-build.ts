/** Run by edge.ts beside it: the Workers as modules, the files beside them, and a state whose D1 has every table. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEdge } from '../../src/edge.ts';
import { buildEdge, bundleWorker } from '../../src/edge-bundle.ts';
import { freePort } from './free-port.ts';

/** Workers of tests, beside the product's own. */
const others = {
  strict: 'tests/hosts/edge/strict-worker.ts',
  oauth: 'tests/oauth/edge-worker.ts',
};

const [folder = ''] = process.argv.slice(2);
const files = join(folder, 'files');
await mkdir(files);
const write = (name: string, value: unknown) =>
  writeFile(join(folder, `${name}.json`), JSON.stringify(value));
const [build] = await Promise.all([
  buildEdge(files),
  ...Object.entries(others).map(async ([name, entry]) => write(name, await bundleWorker(entry))),
]);
await write('build', build);
const edge = await startEdge({
  folder: join(folder, 'state'),
  port: await freePort(),
  build,
  environment: {},
});
await edge.stop();
