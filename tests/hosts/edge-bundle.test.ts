import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundleWorker, type Modules } from '../../src/edge-bundle.ts';

test('wrangler would deploy it, and it is below 300 KiB gzipped at its start', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['src/edge-check.ts']);
  expect(stdout).toContain('--dry-run: exiting now.');
  for (const binding of ['DB', 'WAKE', 'SLOW', 'GATE', 'PACE', 'FILES'])
    expect(stdout).toContain(`env.${binding} `);
  const [, atStart] = /The Worker has ([\d.]+) KiB gzipped at its start/.exec(stdout) ?? [];
  expect(Number(atStart)).toBeLessThan(300);

  const files = await readdir('dist/edge/files', { recursive: true });
  expect(files).toEqual(
    expect.arrayContaining(['reference/openapi.json', 'reference/docs.html', '_headers']),
  );
  expect(await readFile('dist/edge/files/_headers', 'utf8')).toContain(
    '/ui/*\n  cache-control: public, max-age=31536000, immutable\n  x-content-type-options: nosniff',
  );
}, 120_000);

describe('the Worker', () => {
  const state = {} as { modules: Modules };
  beforeAll(async () => {
    state.modules = await bundleWorker();
  }, 60_000);

  test('carries nothing that describes the API, and no file of the pages', () => {
    const all = Object.values(state.modules).join('\n');
    expect(all).not.toMatch(/zod-to-openapi|getOpenAPI31Document/);
    expect(all).not.toContain('color-scheme:light dark');
  });

  test('has its pages and its commands in modules that are imported late', () => {
    const first = state.modules['worker.js'] ?? '';
    for (const late of ['worker-pages', 'commands']) {
      expect(first).not.toMatch(new RegExp(`from "\\./${late}-`));
      const importing = Object.values(state.modules).filter((text) =>
        new RegExp(`import\\("\\./${late}-\\w+\\.js"\\)`).test(text),
      );
      expect(importing.length, late).toBeGreaterThan(0);
    }
  });

  test('evaluates at its start nothing that only pages need', () => {
    const loaded = new Set<string>();
    const load = (name: string): void => {
      if (loaded.has(name)) return;
      loaded.add(name);
      for (const [, next = ''] of (state.modules[name] ?? '').matchAll(
        /^(?:import|} from).*"\.\/([^"]+)";$/gm,
      ))
        load(next);
    };
    load('worker.js');
    expect(loaded.size).toBeGreaterThan(3);
    for (const name of loaded)
      // The bundler names each file above what it took from it.
      expect(state.modules[name], name).not.toMatch(
        /^\/\/ (?:node_modules\/(?:oauth4webapi|d3-)|src\/(?:portal|console|sign-in|ui|commands)\/)/m,
      );
  });
});
