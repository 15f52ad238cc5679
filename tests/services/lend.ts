import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { findChromium } from './chromium.ts';
import { buildEdge } from './edge.ts';
import { pgbouncerProgram } from './pgbouncer.ts';
import { startPostgres } from './postgres.ts';
import { unpackPrevious } from './previous.ts';
import { provideProgram, ServiceAbsent } from './provide.ts';
import { startRedis } from './redis.ts';

/**
 * Vitest's global setup: one PostgreSQL and one Redis for a whole run, started when the first suite asks.
 * Suites run in processes of their own, so they ask this one over loopback HTTP; one process that remembers
 * promises needs no lock files, starts nothing twice, and stops what it started.
 */
export default async function lendServices(project: TestProject): Promise<() => Promise<void>> {
  // What tests start as processes is bundled, once a run: from the sources each takes a second more of a core.
  await promisify(execFile)(process.execPath, ['src/build.ts']);
  process.env['PATCHBAY_TESTS_BUILT'] = '1';
  // What Node has compiled once it need not compile again in each of the processes that tests start.
  process.env['NODE_COMPILE_CACHE'] ??= resolve('node_modules/.cache/patchbay/compiled');
  const lenders: Record<ServiceName, () => Promise<Lent>> = {
    postgres: startPostgres,
    redis: startRedis,
    chromium: async () => ({ url: await findChromium(), stop: async () => undefined }),
    pgbouncer: async () => ({ url: await provideProgram(pgbouncerProgram), stop: async () => undefined }),
    previous: unpackPrevious,
    edge: buildEdge,
  };
  const lent = new Map<ServiceName, Promise<Lent>>();
  const lend = (name: ServiceName) => {
    const known = lent.get(name);
    if (known) return known;
    // One after another: two installations at once would meet at apt's lock.
    const service = Promise.allSettled(lent.values()).then(() => lenders[name]());
    lent.set(name, service);
    return service;
  };

  const server = createServer((request, response) => {
    const name = request.url?.slice(1) ?? '';
    if (!isServiceName(name)) return void response.writeHead(404).end();
    void answer(lend(name)).then((offer) => response.end(JSON.stringify(offer)));
  });
  project.provide('services', await listen(server));

  return async () => {
    server.close();
    for (const service of await Promise.allSettled(lent.values())) {
      if (service.status === 'fulfilled') await service.value.stop();
    }
  };
}

export type ServiceName = 'postgres' | 'redis' | 'chromium' | 'pgbouncer' | 'previous' | 'edge';

/** What a suite is told: where the service is, why there is none, or how it broke. */
export type Offer = { url: string } | { absent: string } | { broken: string };

type Lent = { url: string; stop(): Promise<void> };

declare module 'vitest' {
  // Vitest types provide and inject by merging into this interface; a type alias cannot merge.
  // oxlint-disable-next-line typescript/consistent-type-definitions
  export interface ProvidedContext {
    services: string;
  }
}

const serviceNames: readonly string[] = [
  'postgres',
  'redis',
  'chromium',
  'pgbouncer',
  'previous',
  'edge',
] satisfies ServiceName[];

function isServiceName(name: string): name is ServiceName {
  return serviceNames.includes(name);
}

async function answer(lent: Promise<Lent>): Promise<Offer> {
  try {
    return { url: (await lent).url };
  } catch (error) {
    if (error instanceof ServiceAbsent) return { absent: error.message };
    return { broken: String(error) };
  }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A keep-alive connection of a suite must not hold the run open.
  server.keepAliveTimeout = 1;
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('a TCP server has an address and a port');
  return `http://127.0.0.1:${address.port}`;
}
