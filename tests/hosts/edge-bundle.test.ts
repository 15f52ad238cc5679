import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('wrangler would deploy it, and it is below 300 KiB gzipped', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['src/edge-check.ts']);
  expect(stdout).toContain('--dry-run: exiting now.');
  for (const binding of ['DB', 'WAKE', 'SLOW', 'GATE', 'PACE']) expect(stdout).toContain(`env.${binding} `);
  const [, kib] = /The Worker has ([\d.]+) KiB gzipped/.exec(stdout) ?? [];
  expect(Number(kib)).toBeLessThan(300);
}, 120_000);
