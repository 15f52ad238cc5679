import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { seededAccount } from '../../bench/accounts.ts';
import { seedHistory, seedSubscriptions } from '../../bench/seed.ts';
import { matchStatement } from '../../src/store/index.ts';

const migrations = new URL('../../migrations/sqlite/', import.meta.url);

test('each seeded account has ten subscriptions that the hub would match', () => {
  const { directory, insert, read } = openStore();
  insert('accounts', { id: 'acc_a', name: 'a' });
  insert('grants', {
    id: 'grt_a',
    account_id: 'acc_a',
    env: 'live',
    epochs: '{"account":["acc_a",0]}',
    ended_at: null,
  });
  insert('subscriptions', {
    id: 'sub_a',
    account_id: 'acc_a',
    grant_id: 'grt_a',
    env: 'live',
    owner: 'grant',
    state: 'active',
  });
  expect(seedSubscriptions(directory, 40)).toEqual({ accounts: 4 });

  const { sql, params } = matchStatement('live', [seededAccount(3)]);
  const found = read(sql, Object.fromEntries(params.map((value, at) => [at + 1, value])));
  expect(found).toHaveLength(10);
  expect(new Set(found.map((row) => row['id'])).size).toBe(10);
  expect(found[0]).toMatchObject({ state: 'paused', grantEpochs: `{"account":["${seededAccount(3)}",0]}` });
});

test('seeded history is as many whole events, each with its delivery and attempt', () => {
  const { directory, insert, read } = openStore();
  const subject = 'bookings/bkg_a';
  insert('events', { position: 7, id: 'evt_a', subject, receipt_id: 'rcp_a' });
  insert('receipts', { id: 'rcp_a' });
  insert('deliveries', { id: 'dlv_a', event_position: 7, state: 'delivered' });
  insert('attempts', { id: 'att_a', delivery_id: 'dlv_a' });
  insert('feed', { event_position: 7 });
  insert('subjects', { id: `live:${subject}` });
  insert('entities', { id: 'live:booking:bkg_a', entity_id: 'bkg_a' });
  insert('entity_accounts', { id: 'acc_a:live:booking:bkg_a', entity: 'live:booking:bkg_a' });
  seedHistory(directory, 50);

  const [found] = read(
    `SELECT count(*) AS whole FROM events e
     JOIN receipts r ON r.id = e.receipt_id JOIN feed f ON f.event_position = e.position
     JOIN deliveries d ON d.event_position = e.position JOIN attempts a ON a.delivery_id = d.id
     JOIN subjects s ON s.id = 'live:' || e.subject JOIN entities n ON n.event_position = e.position
     JOIN entity_accounts x ON x.entity = n.id AND x.id = 'acc_a:' || n.id WHERE e.position > 7`,
    {},
  );
  expect(found).toEqual({ whole: 50 });
});

/** A migrated store whose rows are filled with whatever their columns take. */
function openStore() {
  const directory = mkdtempSync(join(tmpdir(), 'patchbay-seed-'));
  const db = new Database(join(directory, 'hub.db'));
  for (const file of readdirSync(migrations)
    .filter((name) => name.endsWith('.sql'))
    .toSorted()) {
    db.exec(readFileSync(new URL(file, migrations), 'utf8').replaceAll('--> statement-breakpoint', ''));
  }
  const insert = (table: string, given: Record<string, unknown>): void => {
    const columns = db.pragma(`table_info(${table})`) as { name: string; type: string; pk: number }[];
    const kept = columns.filter(({ name, pk }) => name in given || pk === 0);
    const values = kept.map(({ name, type }) =>
      name in given ? given[name] : type === 'INTEGER' ? 0 : '{}',
    );
    const names = kept.map(({ name }) => name);
    db.prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`).run(
      ...values,
    );
  };
  const read = (sql: string, params: Record<string, unknown>) =>
    db.prepare(sql).all(params) as Record<string, unknown>[];
  return { directory, insert, read };
}
