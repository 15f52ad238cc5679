import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Miniflare } from 'miniflare';

/** A module as workerd takes it; the types are gone and only what `external` names is left out. */
export async function bundle(entry: string, external = ['node:*']): Promise<string> {
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
export async function applyMigrations(host: Miniflare): Promise<void> {
  const d1 = await host.getD1Database('DB');
  const files = (await readdir('migrations/sqlite')).filter((file) => file.endsWith('.sql')).sort();
  for (const file of files) {
    const statements = (await readFile(join('migrations/sqlite', file), 'utf8')).split(
      '--> statement-breakpoint',
    );
    await d1.batch(statements.map((statement) => d1.prepare(statement)));
  }
}
