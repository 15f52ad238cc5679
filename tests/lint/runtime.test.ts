import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

test('tests run on Node 24, whatever the system has', () => {
  expect(process.version).toMatch(/^v24\./);
});

test('npm scripts find node in node_modules, also from a shell whose own Node is older', async () => {
  // `npm exec -c` runs a command with the path that npm gives to scripts.
  const plain = { ...process.env, PATH: withoutModules(process.env['PATH'] ?? '') };
  const { stdout } = await run('npm', ['exec', '--offline', '-c', 'command -v node && node --version'], {
    cwd: root,
    env: plain,
  });
  const [path = '', version] = stdout.trim().split('\n').slice(-2);
  expect(dirname(path)).toBe(join(root, 'node_modules', '.bin'));
  expect(await realpath(path)).toContain(join(root, 'node_modules', 'node') + sep);
  expect(version).toBe(process.version);
});

function withoutModules(path: string): string {
  return path
    .split(':')
    .filter((folder) => !folder.includes('node_modules'))
    .join(':');
}
