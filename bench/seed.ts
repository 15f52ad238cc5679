import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/**
 * Rows in numbers that no API should be asked for, written straight into the store of a hub that is not running.
 * A row that the hub itself wrote is copied with other ids, so that a column this file has never heard of still
 * holds something the hub accepts. What is known about the schema: the tables and columns named here.
 */
const PER_ACCOUNT = 10;
// Twenty-six digits are a valid id, and sort before every id made by a clock.
const digits = (number: string): string => `printf('%026d', ${number})`;

/**
 * So many paused subscriptions, ten an account, each account with its own grant: copies of the one subscription
 * in the store. An event for any of these accounts matches ten and is delivered to none.
 */
export function seedSubscriptions(directory: string, count: number): { accounts: number } {
  const accounts = Math.ceil(count / PER_ACCOUNT);
  withStore(directory, (db) => {
    const [subscription] = rows<{ id: string; account_id: string; grant_id: string }>(
      db,
      'SELECT * FROM subscriptions LIMIT 1',
    );
    if (subscription === undefined) throw new Error('there is no subscription to copy');
    const { account_id: account, grant_id: grant } = subscription;
    // Epoch snapshots name what they hang below.
    const moved = (column: string, number: string): string =>
      `replace(replace(o.${column}, '${account}', 'acc_' || ${digits(number)}), '${grant}', 'grt_' || ${digits(number)})`;
    copy(db, 'accounts', `id = '${account}'`, accounts, { id: moved('id', 'i'), name: `o.name || ' ' || i` });
    copy(db, 'grants', `id = '${grant}'`, accounts, {
      id: moved('id', 'i'),
      account_id: moved('account_id', 'i'),
      epochs: moved('epochs', 'i'),
    });
    copy(db, 'subscriptions', `id = '${subscription.id}'`, accounts * PER_ACCOUNT, {
      id: `'sub_' || ${digits('i')}`,
      state: `'paused'`,
      account_id: moved('account_id', `i / ${PER_ACCOUNT}`),
      grant_id: moved('grant_id', `i / ${PER_ACCOUNT}`),
      epochs: moved('epochs', `i / ${PER_ACCOUNT}`),
    });
  });
  return { accounts };
}

/** So many delivered events of the past, each with all that the hub keeps about one: copies of the last one delivered. */
export function seedHistory(directory: string, count: number): void {
  withStore(directory, (db) => {
    const [event] = rows<{ position: number; id: string; subject: string; receipt_id: string }>(
      db,
      `SELECT e.* FROM events e JOIN deliveries d ON d.event_position = e.position
       WHERE d.state = 'delivered' ORDER BY e.position DESC LIMIT 1`,
    );
    if (event === undefined) throw new Error('there is no delivered event to copy');
    const entity = event.subject.slice(event.subject.lastIndexOf('/') + 1);
    const place = `${event.position} + 1 + i`;
    const another = (column: string): string => `replace(o.${column}, '${entity}', 'bkg_' || ${digits('i')})`;
    const delivery = `SELECT id FROM deliveries WHERE event_position = ${event.position}`;

    copy(db, 'attempts', `delivery_id IN (${delivery})`, count, {
      id: `'att_' || ${digits('i')}`,
      delivery_id: `'dlv_' || ${digits('i')}`,
      position: 'NULL',
    });
    copy(db, 'deliveries', `event_position = ${event.position}`, count, {
      id: `'dlv_' || ${digits('i')}`,
      event_position: place,
      position: 'NULL',
    });
    copy(db, 'feed', `event_position = ${event.position}`, count, {
      event_position: place,
      position: 'NULL',
    });
    copy(db, 'entity_accounts', `id LIKE '%:${entity}'`, count, {
      id: another('id'),
      entity: another('entity'),
    });
    copy(db, 'entities', `entity_id = '${entity}'`, count, {
      id: another('id'),
      entity_id: another('entity_id'),
      event_position: place,
    });
    copy(db, 'subjects', `id LIKE '%${event.subject}'`, count, { id: another('id') });
    copy(db, 'receipts', `id = '${event.receipt_id}'`, count, {
      id: `'rcp_' || ${digits('i')}`,
      body: `'{}'`,
      position: 'NULL',
    });
    copy(db, 'events', `position = ${event.position}`, count, {
      position: place,
      id: `'evt_' || ${digits('i')}`,
      subject: another('subject'),
      data: another('data'),
      receipt_id: `'rcp_' || ${digits('i')}`,
    });
  });
}

/** Copies the one row that `where` finds; `i` counts the copies, `o` is the original. */
function copy(
  db: Database.Database,
  table: string,
  where: string,
  count: number,
  changed: Record<string, string>,
): void {
  const columns = rows<{ name: string }>(db, `PRAGMA table_info(${table})`).map(({ name }) => name);
  const unknown = Object.keys(changed).filter((name) => !columns.includes(name));
  if (unknown.length > 0) throw new Error(`${table} has no ${unknown.join(', ')}`);
  const values = columns.map((name) => changed[name] ?? `o.${name}`);
  const { changes } = db
    .prepare(
      `WITH RECURSIVE series(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM series WHERE i + 1 < ${count})
       INSERT INTO ${table} (${columns.join(', ')})
       SELECT ${values.join(', ')} FROM (SELECT * FROM ${table} WHERE ${where} LIMIT 1) o CROSS JOIN series`,
    )
    .run();
  if (changes !== count) throw new Error(`${table}: ${changes} of ${count} rows were copied`);
}

function rows<Row>(db: Database.Database, sql: string): Row[] {
  // The caller names the columns it reads; SQLite fails the statement if one is missing.
  return db.prepare(sql).all() as Row[];
}

function withStore(directory: string, write: (db: Database.Database) => void): void {
  const name = readdirSync(directory).find((file) => /\.(db|sqlite|sqlite3)$/.test(file));
  if (name === undefined) throw new Error('the data directory holds no SQLite file');
  const db = new Database(join(directory, name));
  // A store that is thrown away needs no journal; the hub sets its own way again when it opens the file.
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.pragma('journal_mode = MEMORY');
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -400000');
  db.transaction(() => {
    write(db);
  })();
  db.close();
}
