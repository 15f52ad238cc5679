import type { ClusterHome } from './cluster.ts';

/**
 * So many delivered deliveries of the past, each with its event and its attempt: copies of the last one that the
 * hub itself wrote, straight into a database that no hub is running on. What is known of the schema stands here.
 */
export async function seedClusterHistory(home: ClusterHome, database: string, count: number): Promise<void> {
  const id = (prefix: string): string => `'${prefix}_' || lpad(i::text, 26, '0')`;
  const copy = async (table: string, where: string, changed: Record<string, string>): Promise<void> => {
    const columns = await home.query(
      database,
      `SELECT column_name AS name FROM information_schema.columns WHERE table_name = '${table}' ORDER BY ordinal_position`,
    );
    const names = columns.map((row) => String(row['name']));
    const unknown = Object.keys(changed).filter((name) => !names.includes(name));
    if (unknown.length > 0) throw new Error(`${table} has no ${unknown.join(', ')}`);
    const values = names.map((name) => changed[name] ?? `o."${name}"`);
    await home.query(
      database,
      `INSERT INTO ${table} (${names.map((name) => `"${name}"`).join(', ')})
       SELECT ${values.join(', ')} FROM (SELECT * FROM ${table} WHERE ${where} LIMIT 1) o, generate_series(0, ${count - 1}) i`,
    );
  };
  const [last] = await home.query(
    database,
    `SELECT e.position, d.id FROM events e JOIN deliveries d ON d.event_position = e.position WHERE d.state = 'delivered' ORDER BY e.position DESC LIMIT 1`,
  );
  if (last === undefined) throw new Error('there is no delivered event to copy');
  const place = `${String(last['position'])} + 1 + i`;
  const next = (table: string): string => `nextval(pg_get_serial_sequence('${table}', 'position'))`;
  await copy('attempts', `delivery_id = '${String(last['id'])}'`, {
    position: next('attempts'),
    id: id('att'),
    delivery_id: id('dlv'),
  });
  await copy('deliveries', `id = '${String(last['id'])}'`, {
    position: next('deliveries'),
    id: id('dlv'),
    event_position: place,
  });
  await copy('events', `position = ${String(last['position'])}`, {
    position: place,
    id: id('evt'),
    subject: `'bookings/bkg_' || lpad(i::text, 26, '0')`,
    receipt_id: id('rcp'),
  });
  const [{ end } = {}] = await home.query(database, 'SELECT max(position) AS end FROM events');
  await home.query(
    database,
    `SELECT setval(pg_get_serial_sequence('events', 'position'), ${String(end)}::bigint)`,
  );
  await home.query(database, 'VACUUM ANALYZE');
}
