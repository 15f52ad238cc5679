import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import type { EdgeBuild, Modules } from '../../src/edge-bundle.ts';
import { lentBuild } from '../harness/edge-build.ts';

test('wrangler would deploy the three Workers, each below 300 KiB gzipped with all that it loads later', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['src/edge-check.ts']);
  expect(stdout.match(/--dry-run: exiting now\./g)).toHaveLength(3);
  for (const binding of ['DB', 'WAKE', 'SLOW', 'GATE', 'PACE', 'FILES', 'PAGES', 'CONSOLE'])
    expect(stdout).toContain(`env.${binding} `);
  const uploads = [...stdout.matchAll(/Total Upload: .* gzip: ([\d.]+) KiB/g)].map(([, kib]) => Number(kib));
  const ours = [...stdout.matchAll(/has ([\d.]+) KiB gzipped, of 300 at most/g)].map(([, kib]) =>
    Number(kib),
  );
  expect(uploads).toHaveLength(3);
  for (const [worker, kib] of uploads.entries()) {
    expect(kib).toBeLessThan(300);
    expect(ours[worker]).toBeCloseTo(kib, -1);
  }

  const files = await readdir('dist/edge/files', { recursive: true });
  expect(files).toEqual(
    expect.arrayContaining(['reference/openapi.json', 'reference/docs.html', '_headers']),
  );
  expect(await readFile('dist/edge/files/_headers', 'utf8')).toContain(
    '/ui/*\n  cache-control: public, max-age=31536000, immutable\n  x-content-type-options: nosniff',
  );
}, 240_000);

describe('a Worker', () => {
  const state = {} as EdgeBuild;
  beforeAll(async () => void Object.assign(state, await lentBuild()));
  const textOf = (modules: Modules): string => Object.values(modules).join('\n');
  // The bundler names each file above what it took from it.
  const filesOf = (modules: Modules): string[] =>
    [...textOf(modules).matchAll(/^\/\/ (\S+\/\S+\.\w+)$/gm)].map(([, file = '']) => file);

  test('carries nothing that describes the API, and no file of the pages', () => {
    for (const modules of [state.api, state.pages, state.console]) {
      expect(textOf(modules)).not.toMatch(/zod-to-openapi|getOpenAPI31Document/);
      expect(textOf(modules)).not.toContain('color-scheme:light dark');
    }
  });

  test('carries no words of routes and commands, and of its libraries nothing that it never asks', () => {
    const api = textOf(state.api);
    expect(api).not.toContain('All of them, on one page. Schemas and samples');
    expect(api).not.toContain('say in numbers what the hub has and does');
    expect(api).not.toContain('Without it the type does not exist for a caller.');
    // A calendar's entry has a summary and a description, and is no route.
    expect(api).toContain('Cancelled: ');
    for (const modules of [state.api, state.pages, state.console]) {
      expect(textOf(modules).includes('processJSONSchema =')).toBe(false);
      const neverAsked =
        /^(?:node_modules\/(?:lru-cache|d3-shape|drizzle-orm\/pg-core\/table)|src\/doctor)\b/;
      expect(filesOf(modules).filter((file) => neverAsked.test(file))).toEqual([]);
    }
  });

  test('has its commands in one module that is imported late', () => {
    expect(state.api['worker.js']).not.toMatch(/from "\.\/commands-/);
    expect(textOf(state.api)).toMatch(/import\("\.\/commands-\w+\.js"\)/);
    expect(Object.keys(state.api).filter((name) => /^(?:token|status|revoke)-/.test(name))).toEqual([]);
  });

  test('has the pages where the API is not, and the API where they are not', () => {
    const pagesAlone = /^(?:node_modules\/(?:oauth4webapi|d3-array)|src\/(?:portal|console|sign-in))\//;
    expect(filesOf(state.api).filter((file) => pagesAlone.test(file))).toEqual([]);
    const ofApi = /^src\/(?:commands|reference)\//;
    expect(filesOf(state.pages).filter((file) => ofApi.test(file))).toEqual([]);
    expect(filesOf(state.console).filter((file) => ofApi.test(file))).toEqual([]);
    expect(filesOf(state.pages)).toContain('src/portal/door.tsx');
    expect(filesOf(state.pages).filter((file) => file.startsWith('src/console/'))).toEqual([]);
    expect(filesOf(state.console)).toContain('src/console/door.tsx');
  });
});
