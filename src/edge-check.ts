/** `npm run edge:check`: what `wrangler deploy` would upload, without a network and without an account; and its size. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/**
 * Ours, far below the platform's three megabytes: what is small starts quickly. `inAll` is wrangler's own "Total Upload":
 * all modules as one text, those that are loaded late as well.
 */
const mostKib = { atStart: 275, inAll: 300 };

const root = fileURLToPath(new URL('..', import.meta.url));
execFileSync('npm', ['run', '--silent', 'edge:build'], { cwd: root, stdio: 'inherit' });
for (const config of ['wrangler.pages.toml', 'wrangler.console.toml', 'wrangler.toml']) check(config);

function check(config: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-edge-check-'));
  try {
    execFileSync(
      join(root, 'node_modules/.bin/wrangler'),
      ['deploy', '--dry-run', '--outdir', folder, '--config', join(root, config)],
      {
        cwd: root,
        stdio: 'inherit',
        env: {
          ...process.env,
          EDGE_IS_BUILT: '1',
          WRANGLER_SEND_METRICS: 'false',
          CLOUDFLARE_CF_FETCH_ENABLED: 'false',
        },
      },
    );
    const modules = new Map(
      readdirSync(folder)
        .filter((name) => name.endsWith('.js'))
        .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
    );
    const started = [...loadedBy('worker.js', modules)].map((name) => modules.get(name) ?? '');
    const kib = { atStart: gzippedKib(started), inAll: gzippedKib([...modules.values()]) };
    process.stdout.write(
      `\nThe Worker of ${config} has ${kib.inAll.toFixed(1)} KiB gzipped, of ${mostKib.inAll} at most; ` +
        `${kib.atStart.toFixed(1)} KiB of it at its start, of ${mostKib.atStart}.\n`,
    );
    if (kib.atStart > mostKib.atStart || kib.inAll > mostKib.inAll) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The modules that are evaluated before the first request: all that are imported by a statement. */
function loadedBy(
  name: string,
  modules: ReadonlyMap<string, string>,
  known = new Set<string>(),
): Set<string> {
  if (known.has(name)) return known;
  known.add(name);
  const text = modules.get(name);
  if (text === undefined) throw new Error(`${name} is imported and would not be uploaded`);
  for (const [, next = ''] of text.matchAll(/(?:\bimport|\bfrom)\s*"\.\/([\w-]+\.js)"/g))
    loadedBy(next, modules, known);
  return known;
}

function gzippedKib(texts: string[]): number {
  return gzipSync(texts.join('')).length / 1_024;
}
