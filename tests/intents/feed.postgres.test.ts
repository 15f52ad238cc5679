import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusterEnvironment } from '../harness/cluster.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { startSink, until } from '../harness/sink.ts';
import { describeWith } from '../services/describe.ts';
import { readIntents, reviewer, wish } from './wishes.ts';

/** What one process alone cannot prove: a transaction that began first and commits last, and two that count at once. */
await describeWith('postgres', 'several processes on PostgreSQL', ({ url }) => {
  const on = {} as { hubs: [TestHub, TestHub]; other: Client };
  beforeAll(async () => {
    const environment = await clusterEnvironment(url, {
      PATCHBAY_BROADCASTS_PER_RECIPIENT_PER_HOUR: '3',
      PATCHBAY_EXPAND_CHUNK: '1',
    });
    on.hubs = [await startTestHub(environment), await startTestHub(environment)];
    on.other = new Client({ connectionString: environment['DATABASE_URL']! });
    await on.other.connect();
  });
  afterAll(async () => {
    await on.other?.end();
    for (const hub of on.hubs ?? []) await hub.stopAndForget();
  });

  test('the core’s cursor never passes an intent whose transaction commits late [S2-36]', async () => {
    const [hub] = on.hubs;
    const core = await hub.service(['intents:read']);
    const person = await hub.account(['rfps:create']);
    const staff = await reviewer(hub);
    const path = `/admin/v1/intent-sources/account:${person.id}/rfp.create`;
    await hub.call('PUT', path, staff, { state: 'approved', note: 'known' });
    const ask = async () => (await hub.call('POST', '/v1/rfps', person.token, wish())).body.id as string;

    const early = await ask();
    await until('it is settled', async () => (await readIntents(hub, core)).rows.length === 1);
    // Another process opens one, and takes its time to commit.
    await on.other.query('BEGIN');
    const slow = (await on.other.query(`SELECT pg_current_xact_id()::text::bigint AS tx`)).rows[0] as {
      tx: string;
    };
    const late = await ask();
    const { rows, after } = await readIntents(hub, core);
    expect(rows.map((row) => row.id)).toEqual([early]);
    const made = `INSERT INTO intents SELECT 'int_slow', env, kind, source, connection_id, account_id, user_id, grant_id, app_id,
      partner_id, 'slow', 'slow', NULL, fingerprint, data, state, result, result_subject, reason, mark, created_at, updated_at,
      opened_at, expires_at FROM intents WHERE id = $1`;
    await on.other.query(made, [early]);
    await on.other.query(`INSERT INTO intent_feed (tx, intent_id) VALUES ($1, 'int_slow')`, [slow.tx]);
    await on.other.query('COMMIT');
    await until('both are settled', async () => (await readIntents(hub, core, after)).rows.length === 2);
    expect((await readIntents(hub, core, after)).rows.map((row) => row.id)).toEqual(['int_slow', late]);
  });

  test('one reference that comes by two processes at once is one intent [S2-36]', async () => {
    const person = await on.hubs[0].account(['rfps:create']);
    for (let round = 0; round < 5; round += 1) {
      const body = wish();
      const answers = await Promise.all(
        [0, 1, 0, 1].map((i) => on.hubs[i]!.call('POST', '/v1/rfps', person.token, body)),
      );
      expect(new Set(answers.map(({ body: { id } }) => id)).size).toBe(1);
      expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    }
  });

  test('one account’s cap holds for broadcasts that two processes make at once [S2-35]', async () => {
    const [hub] = on.hubs;
    const sink = await startSink('127.0.0.1');
    const person = await hub.account(['rfps:read', 'webhooks:manage']);
    const made = await hub.call('POST', '/v1/subscriptions', person.token, {
      endpoint: { type: 'webhook', url: sink.origin },
      event_types: ['rfp.*'],
    });
    expect(made.status).toBe(201);
    const core = await hub.service();
    const publish = (i: number) =>
      on.hubs[i % 2]!.call('POST', '/v1/events', core, eventFor([person.id], { type: 'rfp.broadcast' }));
    await Promise.all(Array.from({ length: 8 }, (_, i) => publish(i)));
    const rows = async (): Promise<{ state: string; reason: string; next_attempt_at: string }[]> =>
      (await hub.call('GET', `/v1/deliveries?limit=100&subscription=${made.body.id}`, person.token)).body
        .data;
    await until('all are made', async () => (await rows()).length === 8);
    await until(
      'what may go has gone',
      async () => (await rows()).filter(({ state }) => state === 'delivered').length === 3,
    );
    const waiting = (await rows()).filter(({ reason }) => reason === 'recipient_cap');
    expect(waiting).toHaveLength(5);
    // Each has a turn of its own.
    expect(new Set(waiting.map(({ next_attempt_at }) => next_attempt_at)).size).toBe(5);
    expect(sink.received).toHaveLength(3);
    await sink.close();
  });
});
