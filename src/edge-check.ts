/** `npm run edge:check`: what `wrangler deploy` would upload, without a network and without an account; and its size. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from './edge-bundle.ts';

/** Ours, far below the platform's three megabytes: what is small starts quickly. */
const mostKib = 300;

const folder = mkdtempSync(join(tmpdir(), 'patchbay-edge-check-'));
try {
  execFileSync(
    join(root, 'node_modules/.bin/wrangler'),
    ['deploy', '--dry-run', '--outdir', folder, '--config', join(root, 'wrangler.toml')],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' },
    },
  );
  const kib = gzipSync(readFileSync(join(folder, 'worker.js'))).length / 1_024;
  process.stdout.write(`\nThe Worker has ${kib.toFixed(1)} KiB gzipped, of ${mostKib} at most.\n`);
  if (kib > mostKib) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
