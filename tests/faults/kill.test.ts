import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sink, startSink, until } from '../harness/sink.ts';
import { buildStart, type HubChild, startChild } from './hub-child.ts';
import { createLoad } from './load.ts';
import { type People, prepareFolder } from './people.ts';
import { seeded } from './seeded.ts';

const kills = 10;
const seed = 20_261_121;
/** No endpoint is ever sent more than this at once (deliveries/aimd.ts, the ceiling of a window). */
const windowCeiling = 64;
const subscriptions = 3;

/**
 * The claim: an event that was answered `accepted` reaches every endpoint that it matches, whatever moment the process
 * dies at. The price is counted: what was under way at that moment is sent once more, with the same `webhook-id`.
 */
describe('kill -9 in the middle of load', () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-kill-'));
  const environment = {
    PATCHBAY_DATA: folder,
    // Above deadline and margin, so that no lease has to be renewed before each attempt.
    PATCHBAY_LEASE_MS: '7000',
    PATCHBAY_ATTEMPT_DEADLINE_MS: '1500',
    PATCHBAY_SWEEP_MS: '100',
    PATCHBAY_HOST_MAX_PER_SECOND: '5000',
    PATCHBAY_HOST_MAX_IN_FLIGHT: '512',
  };
  const random = seeded(seed);
  const sinks: Sink[] = [];
  const running: { hub: HubChild | null } = { hub: null };
  const at: { entry: string; people: People } = {
    entry: '',
    people: { publisher: '', account: { id: '', token: '' } },
  };

  beforeAll(async () => {
    at.entry = await buildStart();
    at.people = await prepareFolder(folder);
    for (let i = 0; i < subscriptions; i++) sinks.push(await startSink());
    for (const sink of sinks)
      sink.answer((_, response) => setTimeout(() => response.end('ok'), random() * 30));
  });
  afterAll(async () => {
    await running.hub?.kill('SIGKILL');
    await Promise.all(sinks.map((sink) => sink.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  test('loses no accepted event, and sends again only what was under way', { timeout: 120_000 }, async () => {
    const { publisher, account } = at.people;
    const load = createLoad(publisher, account.id, 4, 20);
    const call = (origin: string, method: string, path: string, body?: unknown) =>
      fetch(origin + path, {
        method,
        headers: { authorization: `Bearer ${account.token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }).then((answer) => answer.json() as Promise<Record<string, unknown>>);

    let hub = (running.hub = await startChild(at.entry, environment));
    const made: string[] = [];
    for (const sink of sinks) {
      const answer = await call(hub.origin, 'POST', '/v1/subscriptions', {
        endpoint: { type: 'webhook', url: `${sink.origin}/hook` },
        event_types: ['booking.*'],
        max_per_second: 1_000,
      });
      made.push(answer['id'] as string);
    }
    expect(new Set(made).size).toBe(subscriptions);

    const underWay: number[] = [];
    const mayCome: Map<string, number> = new Map();
    const seen = { at: sinks.map(() => 0) };
    for (let life = 0; life < kills; life++) {
      const publishing = load.run(hub.origin);
      await new Promise((resolve) => setTimeout(resolve, 250 + random() * 1_250));
      expect(await hub.kill('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
      await publishing.stop();
      await until('what had left before the kill has been read', async () =>
        (await Promise.all(sinks.map((sink) => sink.connections()))).every((open) => open === 0),
      );
      const leased = leasedIn(folder);
      let unsettled = 0;
      sinks.forEach((sink, i) => {
        for (const id of new Set(sink.received.slice(seen.at[i]).map(idOf))) {
          if (!leased.has(id)) continue;
          unsettled += 1;
          mayCome.set(id, (mayCome.get(id) ?? 0) + 1);
        }
        seen.at[i] = sink.received.length;
      });
      underWay.push(unsettled);
      hub = running.hub = await startChild(at.entry, environment);
    }

    const remade = await load.makeGood(hub.origin);
    await until('every accepted event has reached every endpoint', () =>
      sinks.every((sink) => missing(sink, load.accepted) === 0),
    );
    // Longer than a lease: what would come twice has come.
    await until('nothing is due any more', () => openIn(folder) === 0);

    const deliveries = sinks.flatMap((sink) =>
      countBy(sink.received.map((one) => `${idOf(one)} ${eventOf(one)}`)),
    );
    const extra = deliveries.filter(([, times]) => times > 1);
    const duplicates = extra.reduce((sum, [, times]) => sum + times - 1, 0);
    console.info(
      [
        'kill -9 in the middle of load',
        `| kills | accepted | deliveries | lost | duplicates | under way at each kill | unanswered, published again: accepted / duplicate |`,
        `|---|---|---|---|---|---|---|`,
        `| ${kills} | ${load.accepted.size} | ${load.accepted.size * subscriptions} | ${sinks.reduce((sum, sink) => sum + missing(sink, load.accepted), 0)} | ${duplicates} | ${underWay.join(', ')} | ${remade.accepted} / ${remade.duplicate} |`,
      ].join('\n'),
    );

    expect(load.surprises).toEqual([]);
    expect(load.unanswered.size).toBe(0);
    // One webhook-id for each event at each endpoint: a duplicate can be told from a second fact.
    for (const sink of sinks) {
      const pairs = new Set(sink.received.map((one) => `${idOf(one)} ${eventOf(one)}`));
      expect(pairs.size).toBe(new Set(sink.received.map(eventOf)).size);
      expect(pairs.size).toBe(load.accepted.size);
    }
    const failed = failedIn(folder);
    for (const [pair, times] of extra) {
      const [id = ''] = pair.split(' ');
      expect(times - 1, pair).toBeLessThanOrEqual((mayCome.get(id) ?? 0) + (failed.get(id) ?? 0));
    }
    for (const count of underWay) expect(count).toBeLessThanOrEqual(subscriptions * windowCeiling);

    const feed: string[] = [];
    let after = '';
    for (;;) {
      const page = await call(hub.origin, 'GET', `/v1/events?limit=100&after=${encodeURIComponent(after)}`);
      const data = page['data'] as { id: string }[];
      if (data.length === 0) break;
      feed.push(...data.map((event) => event.id));
      after = page['next_cursor'] as string;
    }
    const published = feed.filter((id) => id.startsWith('evt_kill'));
    expect(published.length).toBe(new Set(published).size);
    expect(new Set(published)).toEqual(load.accepted);
  });
});

const idOf = (received: { headers: Record<string, unknown> }): string =>
  String(received.headers['webhook-id']);
const eventOf = (received: { body: string }): string => (JSON.parse(received.body) as { id: string }).id;

function missing(sink: Sink, accepted: ReadonlySet<string>): number {
  const here = new Set(sink.received.map(eventOf));
  return [...accepted].filter((id) => !here.has(id)).length;
}

function countBy(keys: string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts];
}

/** What the dead process held: read from the file that it left behind. */
function leasedIn(folder: string): Set<string> {
  return readFile(
    folder,
    (file) =>
      new Set(file.prepare(`SELECT id FROM deliveries WHERE state = 'leased'`).pluck().all() as string[]),
  );
}

/** Attempts that are on record as failed: on a machine that stands still one may run into its deadline. */
function failedIn(folder: string): Map<string, number> {
  return readFile(folder, (file) => {
    const rows = file
      .prepare(
        `SELECT delivery_id, count(*) FROM attempts WHERE coalesce(status, 0) NOT BETWEEN 200 AND 299 GROUP BY 1`,
      )
      .raw()
      .all() as [string, number][];
    return new Map(rows);
  });
}

const openIn = (folder: string): number =>
  readFile(
    folder,
    (file) =>
      file.prepare('SELECT count(*) FROM deliveries WHERE due_at IS NOT NULL').pluck().get() as number,
  );

function readFile<T>(folder: string, ask: (file: Database.Database) => T): T {
  const file = new Database(join(folder, 'patchbay.db'));
  try {
    return ask(file);
  } finally {
    file.close();
  }
}
