/**
 * `node --import ./src/read-tsx.ts …`: Node strips types from .ts and refuses .tsx. Here esbuild reads all pages in one go,
 * once, when the first is asked for. For what runs from the sources (the demo, some tests): a hub in earnest is bundled.
 */
import { registerHooks } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type BuildOptions, buildSync } from 'esbuild';

const compiled = new Map<string, string>();
const root = dirname(fileURLToPath(import.meta.url));

function compileAll(): void {
  const options: BuildOptions & { write: false } = {
    absWorkingDir: root,
    entryPoints: ['**/*.tsx'],
    bundle: false,
    write: false,
    // Beside the sources, so that a name leads back to its source.
    outdir: root,
    outbase: root,
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    sourcemap: 'inline',
  };
  for (const { path, text } of buildSync(options).outputFiles)
    compiled.set(pathToFileURL(path.replace(/\.js$/, '.tsx')).href, text);
}

registerHooks({
  load: (url, context, nextLoad) => {
    if (!url.endsWith('.tsx')) return nextLoad(url, context);
    if (compiled.size === 0) compileAll();
    const source = compiled.get(url);
    return source === undefined ? nextLoad(url, context) : { format: 'module', source, shortCircuit: true };
  },
});
