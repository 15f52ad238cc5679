import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { uiPaths } from './edge-files.ts';

export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * The Worker as one module: what is deployed, what `npm run edge` runs, and what the tests prove. The runtime's own
 * modules are left to it.
 */
export async function bundleWorker(entry = 'src/worker.ts', isMinified = false): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    target: 'es2024',
    minify: isMinified,
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*', 'cloudflare:*'],
    plugins: [oneLanguage, uiFilesBeside],
    write: false,
    logLevel: 'warning',
  });
  return outputFiles[0]?.text ?? '';
}

/** zod carries its messages in fifty languages, a quarter of the bundle; the hub speaks one, which zod loads by itself. */
const oneLanguage: Plugin = {
  name: 'one-language',
  setup: (builder) => {
    builder.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
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
