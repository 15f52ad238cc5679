/**
 * What a durable row costs in PostgreSQL: rows of an event's size by `unnest`, a commit each batch.
 * `node bench/ceilings/postgres.ts <url> <rows a commit> <seconds> <bytes>`: one line of JSON.
 */
import { Client } from 'pg';
import { nowMicros } from '../clock.ts';
import { createStamps } from '../stamps.ts';

const [connectionString, rowsPerCommit, seconds, bytes] = process.argv.slice(2);
const client = new Client({ connectionString });
await client.connect();
await client.query(
  'CREATE TABLE IF NOT EXISTS ceiling (id text PRIMARY KEY, type text NOT NULL, at bigint NOT NULL, body text NOT NULL)',
);
const body = 'x'.repeat(Number(bytes));
const stamp = createStamps();
const rows = Number(rowsPerCommit);
const types = Array.from({ length: rows }, () => 'booking.confirmed');
const bodies = Array.from({ length: rows }, () => body);

const startedAt = performance.now();
const endsAt = startedAt + Number(seconds) * 1000;
const cpu = process.cpuUsage();
const written = { rows: 0 };
for (; performance.now() < endsAt; written.rows += rows) {
  const ids = Array.from({ length: rows }, () => stamp(nowMicros()));
  await client.query({
    name: 'insert',
    text: 'INSERT INTO ceiling SELECT id, type, 0, body FROM unnest($1::text[], $2::text[], $3::text[]) t(id, type, body)',
    values: [ids, types, bodies],
  });
}
const tookSeconds = (performance.now() - startedAt) / 1000;
const used = process.cpuUsage(cpu);
const micros = (used.user + used.system) / written.rows;
process.stdout.write(`${JSON.stringify({ perSecond: written.rows / tookSeconds, micros })}\n`);
await client.query('DROP TABLE ceiling');
await client.end();
