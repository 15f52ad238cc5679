import { openSqliteStore } from '../../../src/adapters/store-sqlite.ts';
import { atMs, eventOf, lease, publish, standOn } from './stand.ts';

/** A process of its own on a file that others write too: publishes, then leases what is due. Prints what it did. */
const [file = '', tag = '', lane = '', waitForMs = '0'] = process.argv.slice(2);
const store = openSqliteStore({ file, migrationsFolder: 'migrations/sqlite' });
const stand = standOn(store, tag);
// All begin at one instant, or the first is done before the last has started.
await new Promise((resolve) => setTimeout(resolve, Number(waitForMs) - Date.now()));

const written: number[] = [];
for (let n = 0; n < 30; n += 1) {
  const events = Array.from({ length: 5 }, (_, i) =>
    eventOf(stand, { subject: `bookings/shared${(n + i) % 10}` }),
  );
  const answer = await publish(stand, events);
  written.push(
    ...answer.events.filter((event) => event.outcome === 'written').map((event) => event.position),
  );
}
const taken: string[] = [];
for (;;) {
  const leased = await lease(stand, [[lane, 3]], atMs + 100, atMs + 900);
  if (leased.length === 0) break;
  taken.push(...leased.map((delivery) => delivery.id));
}
await store.close();
process.stdout.write(JSON.stringify({ written, taken }));
