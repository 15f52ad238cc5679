import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles the entries for Node. Not for the types, which Node strips itself: drizzle-orm's package.json is 180 kB and is
 * read again for each of its modules, so unbundled the hub starts in 1.3 s with 340 MiB, bundled in 0.5 s with 110. In
 * pieces, so that a hub on SQLite does not read the drivers of a cluster: 30 MiB.
 */
const entries = process.argv.slice(2);
const { outputFiles } = await build({
  entryPoints: [
    ...(entries.length > 0 ? entries : ['src/start.ts', 'src/cli.ts', 'src/demo.ts']),
    'src/adapters/http-worker.ts',
  ].map((file) => ({
    in: file,
    out: basename(file, '.ts'),
  })),
  outdir: 'dist',
  write: false,
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  sourcemap: true,
  logLevel: 'warning',
  // Native code, worker threads of their own, or nothing to gain.
  external: ['better-sqlite3', 'pino', 'prom-client', 'undici', 'pg-native'],
  // Some of what is bundled is CommonJS and asks for Node's own modules.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
});

// Renamed into place, what is imported before what imports it: a hub that starts while another build runs reads one of
// the two whole. So the pieces of a build before stay for a day.
const isPiece = (path: string): boolean => /-[A-Z0-9]{8}\.js(?:\.map)?$/.test(path);
const pieces = outputFiles.filter(({ path }) => isPiece(path));
const whole = outputFiles.filter(({ path }) => !isPiece(path));
for (const { path, contents } of [...pieces, ...whole]) {
  const fresh = `${path}.${process.pid}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(fresh, contents);
  await rename(fresh, path);
}
const aDayAgo = Date.now() - 86_400_000;
for (const name of await readdir('dist')) {
  const path = join('dist', name);
  // Another build may have been quicker.
  const made = isPiece(name) ? await stat(path).catch(() => null) : null;
  if (made && made.mtimeMs < aDayAgo) await rm(path, { force: true });
}
