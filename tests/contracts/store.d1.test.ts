import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storeCases } from './store/cases.ts';

/** Not through miniflare's proxy: the adapter's own code must run in workerd, so the suite goes to it. */
describe('the store contract on D1 inside workerd', () => {
  const hosts: Miniflare[] = [];
  beforeAll(async () => {
    const host = new Miniflare({
      modules: true,
      script: await bundle('tests/contracts/store/d1-worker.ts'),
      compatibilityDate: '2026-07-01',
      compatibilityFlags: ['nodejs_compat'], // For node:assert in the cases; the store itself imports nothing of Node.
      d1Databases: ['DB'],
    });
    hosts.push(host);
    await applyMigrations(host);
  });
  afterAll(() => hosts[0]?.dispose());

  storeCases.forEach((each, i) => {
    test(each.title, async () => {
      const answer = await hosts[0]!.dispatchFetch(`http://contract/${i}`);
      expect(await answer.text()).toBe('proved');
    });
  });

  test('the adapter imports nothing of Node', async () => {
    await expect(bundle('src/adapters/store-d1.ts', [])).resolves.not.toMatch(/from "node:/);
  });
});

async function bundle(entry: string, external = ['node:*']): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd'],
    external,
    write: false,
  });
  return outputFiles[0]!.text;
}

/** As `wrangler d1 migrations apply` does: each file in order, statement by statement. */
async function applyMigrations(host: Miniflare): Promise<void> {
  const d1 = await host.getD1Database('DB');
  const files = (await readdir('migrations/sqlite')).filter((file) => file.endsWith('.sql')).sort();
  for (const file of files) {
    const statements = (await readFile(join('migrations/sqlite', file), 'utf8')).split(
      '--> statement-breakpoint',
    );
    await d1.batch(statements.map((statement) => d1.prepare(statement)));
  }
}
