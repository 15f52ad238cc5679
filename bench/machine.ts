import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';

/** Without it a figure means nothing to anybody else. */
export type Machine = Record<string, string>;

const PACKAGES = ['better-sqlite3', 'undici', 'hono', 'drizzle-orm'];

export function describeMachine(): Machine {
  const versions = PACKAGES.map((name) => `${name} ${versionOf(name)}`).join(', ');
  return {
    cpu: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores, shared with the load generator and the sink`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release()}`,
    versions: `Node ${process.versions.node}, SQLite ${sqliteVersion()}, ${versions}`,
    date: new Date().toISOString().slice(0, 10),
    'load before the run': loadavg()
      .map((load) => load.toFixed(2))
      .join(' '),
  };
}

function versionOf(name: string): string {
  const file = fileURLToPath(new URL(`../node_modules/${name}/package.json`, import.meta.url));
  // Every package's manifest has its version.
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function sqliteVersion(): string {
  const db = new Database(':memory:');
  const version = String(db.prepare('SELECT sqlite_version()').pluck().get());
  db.close();
  return version;
}
