/**
 * The edge on this machine: workerd itself, through miniflare, with D1, queues and Durable Objects kept in a folder.
 * What the files wrangler*.toml ask of
 * Cloudflare is asked of it here in the same names; the cron is played by a timer.
 */
import { mkdirSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Miniflare } from 'miniflare';
import type { EdgeBuild, Modules } from './edge-bundle.ts';

export type EdgeOptions = {
  /** Where all of it is kept. */
  folder: string;
  port: number;
  /** Variables and secrets of the Worker. */
  environment: Record<string, string>;
  /** What was built before; by default it is built now. */
  build?: EdgeBuild;
  /** How often the cron runs; a minute on Cloudflare, which has no less. */
  cronMs?: number;
  /** How often a message is tried again before it goes to the dead-letter queue, and after how long. */
  queue?: { maxRetries: number; retryDelay: number };
};
export type Edge = {
  origin: string;
  host: Miniflare;
  /** Runs the cron's work now. */
  runCron(): Promise<void>;
  stop(): Promise<void>;
};

const compatibilityDate = '2026-07-01';
const compatibilityFlags = ['nodejs_compat', 'global_fetch_strictly_public'];

export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const build = options.build ?? (await buildInto(join(options.folder, 'files')));
  const { maxRetries, retryDelay } = options.queue ?? { maxRetries: 3, retryDelay: 10 };
  const consumer = {
    maxBatchSize: 10,
    maxBatchTimeout: 0,
    maxRetries,
    retryDelay,
    deadLetterQueue: 'patchbay-dead',
  };
  const shared = {
    compatibilityDate,
    compatibilityFlags,
    d1Databases: { DB: 'patchbay' },
    queueProducers: { WAKE: 'patchbay-wake', SLOW: 'patchbay-slow' },
    bindings: options.environment,
  };
  const host = new Miniflare({
    host: '127.0.0.1',
    port: options.port,
    defaultPersistRoot: options.folder,
    d1Persist: true,
    durableObjectsPersist: true,
    workers: [
      {
        ...shared,
        name: 'patchbay',
        modules: modulesOf(build.api),
        durableObjects: objects({ scriptName: 'patchbay-pages' }),
        serviceBindings: { PAGES: 'patchbay-pages', CONSOLE: 'patchbay-console' },
        queueConsumers: {
          'patchbay-wake': consumer,
          'patchbay-slow': consumer,
          'patchbay-dead': { maxBatchSize: 100, maxBatchTimeout: 1 },
        },
        assets: {
          directory: build.files,
          binding: 'FILES',
          routerConfig: { has_user_worker: true, static_routing: { user_worker: ['/reference/*'] } },
          assetConfig: {
            html_handling: 'none',
            not_found_handling: 'none',
            has_static_routing: true,
            headers: { version: 2, rules: headerRules(build.headers) },
          },
        },
      },
      {
        ...shared,
        name: 'patchbay-pages',
        modules: modulesOf(build.pages),
        durableObjects: objects({}),
      },
      {
        ...shared,
        name: 'patchbay-console',
        modules: modulesOf(build.console),
        durableObjects: objects({ scriptName: 'patchbay-pages' }),
      },
    ],
  });
  const { origin } = await host.ready;
  await migrate(host);
  const runCron = async (): Promise<void> => {
    const worker = await host.getWorker();
    await worker.scheduled({ cron: '* * * * *' });
  };
  // A run that fails has logged why; the next one finds the same rows.
  const timer = setInterval(() => void runCron().catch(() => {}), options.cronMs ?? 60_000);
  return {
    origin,
    host,
    runCron,
    stop: async () => {
      clearInterval(timer);
      await host.dispose();
    },
  };
}

/** Bundler and all that describes the API are loaded where they are needed. */
async function buildInto(files: string): Promise<EdgeBuild> {
  mkdirSync(files, { recursive: true });
  return (await import('./edge-bundle.ts')).buildEdge(files);
}

const modulesOf = (modules: Modules) =>
  Object.entries(modules).map(([path, contents]) => ({
    type: 'ESModule' as const,
    path,
    contents,
  }));

const objects = (where: { scriptName?: string }) => ({
  PACE: { className: 'PaceObject', useSQLite: true, ...where },
  GATE: { className: 'GateObject', useSQLite: true, ...where },
});

/** As wrangler makes them of `_headers`. */
const headerRules = (headers: EdgeBuild['headers']) =>
  Object.fromEntries(Object.entries(headers).map(([pattern, set]) => [pattern, { set }]));

/** As `wrangler d1 migrations apply` does: each file once, in order, and remembered in the same table. */
async function migrate(host: Miniflare): Promise<void> {
  const d1 = await host.getD1Database('DB');
  await d1
    .prepare(
      'CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)',
    )
    .run();
  const { results } = await d1.prepare('SELECT name FROM d1_migrations').all<{ name: string }>();
  const applied = new Set(results.map(({ name }) => name));
  const folder = fileURLToPath(new URL('../migrations/sqlite', import.meta.url));
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql') && !applied.has(file)).sort();
  for (const file of files) {
    const statements = (await readFile(join(folder, file), 'utf8')).split('--> statement-breakpoint');
    await d1.batch([
      ...statements.map((statement) => d1.prepare(statement)),
      d1.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(file),
    ]);
  }
}
