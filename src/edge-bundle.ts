import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { fileHeaders, uiPaths, writeFiles } from './edge-files.ts';
import { leftOut } from './edge-left-out.ts';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** By file name. All lie in one folder; `worker.js` is the first, and loads of the others what it needs when it does. */
export type Modules = Readonly<Record<string, string>>;

/** The three Workers: the API, the portal with the Durable Objects (worker-pages.ts), and the console. */
export const workerEntries = {
  api: 'src/worker.ts',
  pages: 'src/worker-pages.ts',
  console: 'src/worker-console.ts',
};

/** The Workers, the folder of the files beside them, and with which headers those are served. */
export type EdgeBuild = Record<keyof typeof workerEntries, Modules> & {
  files: string;
  headers: typeof fileHeaders;
};

/** `files` is a folder that exists. */
export async function buildEdge(files: string): Promise<EdgeBuild> {
  const [api, pages, console] = await Promise.all([
    bundleWorker(workerEntries.api),
    bundleWorker(workerEntries.pages),
    bundleWorker(workerEntries.console),
    writeFiles(files),
  ]);
  return { api, pages, console, files, headers: fileHeaders };
}

/**
 * A Worker as modules: what is deployed, what `npm run edge` runs, and what the tests prove. The runtime's own modules
 * are left to it. In pieces, so that an isolate evaluates no commands and no connectors before they are asked for.
 */
export async function bundleWorker(entry: string, isMinified = false): Promise<Modules> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [{ in: entry, out: 'worker' }],
    outdir: 'worker',
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2024',
    minify: isMinified,
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*', 'cloudflare:*'],
    alias: { 'lru-cache': join(root, 'src/worker-lru.ts') },
    plugins: [pureHono, uiFilesBeside, ...leftOut],
    write: false,
    logLevel: 'warning',
  });
  const named = outputFiles.map(({ path, text }): [string, string] => [basename(path), text]);
  // A runtime begins with the first.
  return Object.fromEntries(
    named.toSorted(([a], [b]) => Number(b === 'worker.js') - Number(a === 'worker.js')),
  );
}

/** hono's modules only declare, but its package does not say so: with a page comes all that renders in a browser. */
const pureHono: Plugin = {
  name: 'pure-hono',
  setup: (builder) => {
    const isResolving = Symbol('is resolving');
    builder.onResolve({ filter: /^(?:hono|\.)/ }, async ({ path, pluginData, ...asked }) => {
      if (pluginData === isResolving || !(path.startsWith('hono') || /\/hono\/dist\//.test(asked.importer)))
        return null;
      const { importer, resolveDir, kind } = asked;
      const found = await builder.resolve(path, { importer, resolveDir, kind, pluginData: isResolving });
      return { ...found, sideEffects: false };
    });
  },
};

/** The pages' files are served beside the Worker: it knows their names, and not what is in them. */
const uiFilesBeside: Plugin = {
  name: 'ui-files-beside',
  setup: (builder) => {
    builder.onLoad({ filter: /src\/ui\/assets\.ts$/ }, () => ({
      contents: `export const assetsOf = () => (${JSON.stringify(uiPaths)});`,
    }));
  },
};
