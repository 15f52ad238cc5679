import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { Lent } from '../../src/node.ts';
import { freshDatabase } from '../services/postgres.ts';
import { eventFor, startTestHub, type TestHub } from './hub.ts';
import { startSink, until } from './sink.ts';

export type Cluster = Awaited<ReturnType<typeof openCluster>>;

/** What every process of one cluster is told; on an empty database. */
export async function clusterEnvironment(
  postgres: string,
  over: Record<string, string> = {},
): Promise<Record<string, string>> {
  const key = () => `1:${randomBytes(32).toString('base64')}`;
  return {
    DATABASE_URL: await freshDatabase(postgres),
    PATCHBAY_MASTER_KEYS: key(),
    PATCHBAY_PEPPERS: key(),
    ...over,
  };
}

/** Several hubs of one cluster inside this process, each with connections of its own, and receivers for them. */
export async function openCluster(postgres: string, over: Record<string, string> = {}, lent: Lent = {}) {
  const environment = await clusterEnvironment(postgres, over);
  const started: TestHub[] = [];
  // On all of 127.0.0.0/8, each of whose addresses is a destination host of its own.
  const sink = await startSink('0.0.0.0');
  return {
    environment,
    sink,
    start: async (role: 'api' | 'worker' | 'all', more: Record<string, string> = {}) => {
      const hub = await startTestHub({ ...environment, ...more, PATCHBAY_ROLE: role }, lent);
      started.push(hub);
      return hub;
    },
    /** A person with an endpoint on this host, who gets events of bookings. */
    subscribe: async (hub: TestHub, host: string, wish: Record<string, unknown> = {}) => {
      const person = await hub.account();
      const answer = await hub.call('POST', '/v1/subscriptions', person.token, {
        endpoint: { type: 'webhook', url: `http://${host}:${sink.port}/${person.id}` },
        event_types: ['booking.*'],
        ...wish,
      });
      expect(answer.status, JSON.stringify(answer.body)).toBe(201);
      return { ...person, arrived: () => sink.received.filter(({ path }) => path === `/${person.id}`) };
    },
    close: async () => {
      for (const hub of started.splice(0)) await hub.stopAndForget();
      await sink.close();
    },
  };
}

/** One event for each of these accounts, in one request. */
export async function publishTo(hub: TestHub, token: string, accounts: readonly string[]): Promise<void> {
  const events = accounts.map((id) => eventFor([id]));
  const answer = await hub.call('POST', '/v1/events', token, { events });
  expect(answer.body.results?.map(({ status }: { status: string }) => status)).toEqual(
    events.map(() => 'accepted'),
  );
}

/**
 * Whoever has not heard of a newcomer wakes nobody for it, and still sweeps what has become its: every process knows of
 * so many workers before anything is asserted of who sends.
 */
export async function allKnow(workers: number, processes: readonly { origin: string }[]): Promise<void> {
  await until(`every process knows of ${workers} workers`, async () => {
    const known = await Promise.all(processes.map(({ origin }) => metricOf(origin, 'workers')));
    return known.every((n) => n === workers);
  });
}

/** What is proved of Redis' own answers must not be the database's because the machine stood still for a moment. */
export const patient: Lent = { redis: { patienceMs: 60_000 } };

/** A counter or gauge of a process, all its labels together. */
export async function metricOf(origin: string, name: string): Promise<number> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(`patchbay_${name}`));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
