/**
 * What a durable row costs: better-sqlite3 in WAL at `synchronous=FULL`, rows of an event's size under growing
 * keys. `node bench/ceilings/sqlite.ts <directory> <rows a commit> <seconds> <bytes>`: one line of JSON.
 */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { nowMicros } from '../clock.ts';
import { createStamps } from '../stamps.ts';

const [directory, rowsPerCommit, seconds, bytes] = process.argv.slice(2);
const db = new Database(join(directory ?? '.', `ceiling-${rowsPerCommit}.db`));
db.pragma('journal_mode = WAL');
// Setting WAL makes better-sqlite3 13 fall back to NORMAL: FULL comes after it, and is looked at.
db.pragma('synchronous = FULL');
if (db.pragma('synchronous', { simple: true }) !== 2) throw new Error('synchronous is not FULL');
db.exec(
  'CREATE TABLE events (id TEXT PRIMARY KEY, type TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID',
);

const insert = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?)');
const body = 'x'.repeat(Number(bytes));
const stamp = createStamps();
const commit = db.transaction((rows: number) => {
  for (let row = 0; row < rows; row += 1)
    insert.run(stamp(nowMicros()), 'booking.confirmed', Date.now(), body);
});

const startedAt = performance.now();
const endsAt = startedAt + Number(seconds) * 1000;
const cpu = process.cpuUsage();
const written = { rows: 0 };
for (; performance.now() < endsAt; written.rows += Number(rowsPerCommit)) commit(Number(rowsPerCommit));

const tookSeconds = (performance.now() - startedAt) / 1000;
const used = process.cpuUsage(cpu);
const micros = (used.user + used.system) / written.rows;
process.stdout.write(`${JSON.stringify({ perSecond: written.rows / tookSeconds, micros })}\n`);
db.close();
