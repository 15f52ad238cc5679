import { asc, inArray } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPostgresStore } from '../../src/adapters/store-postgres.ts';
import { describeWith } from '../services/describe.ts';
import { freshDatabase } from '../services/postgres.ts';
import { migrationsFolder, openRivals } from './store/rivals.ts';
import { type Stand, atMs, eventOf, fillLane, lease, publish, settlementOf } from './store/stand.ts';

/** What PGlite cannot prove: several processes' connections at once. Each rival has a store, and a pool, of its own. */
await describeWith('postgres', 'rival stores on PostgreSQL', (server) => {
  const at = { url: '' };
  const stands: Stand[] = [];

  beforeAll(async () => {
    at.url = await freshDatabase(server.url);
    stands.push(...(await openRivals(at.url, 4)));
  });
  afterAll(() => Promise.all(stands.map((stand) => stand.store.close())));

  test('rivals that start at once migrate an empty database once', async () => {
    const url = await freshDatabase(server.url);
    const stores = await Promise.all([0, 1, 2, 3, 4].map(() => openPostgresStore({ url, migrationsFolder })));
    expect(await Promise.all(stores.map((store) => store.version()))).toEqual([1, 1, 1, 1, 1]);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('eight publishers on fifty subjects leave every sequence unique and without a gap', async () => {
    const subjects = Array.from({ length: 50 }, (_, i) => `bookings/rival${i}`);
    const answers = await Promise.all(
      [...stands, ...stands].map(async (stand, k) => {
        const events = [];
        for (let n = 0; n < 25; n += 1) {
          // Rivals walk the subjects in different directions: the order of locks must not be the order of events.
          const walk = Array.from(
            { length: 8 },
            (_, i) => subjects[(k % 2 ? 500 - n * 7 - i * 3 : n * 7 + i * 3 + k) % 50]!,
          );
          events.push(
            ...(
              await publish(
                stand,
                walk.map((subject) => eventOf(stand, { subject })),
              )
            ).events,
          );
        }
        return events;
      }),
    );
    expect(answers.flat().every((event) => event.outcome === 'written')).toBe(true);
    const { events } = stands[0]!.store.tables;
    const rows = await stands[0]!.store.db
      .select({ subject: events.subject, sequence: events.sequence })
      .from(events)
      .where(inArray(events.subject, subjects))
      .orderBy(asc(events.sequence));
    expect(rows.length).toBe(8 * 25 * 8);
    for (const subject of subjects) {
      const sequences = rows.filter((row) => row.subject === subject).map((row) => row.sequence);
      expect(sequences).toEqual(sequences.map((_, i) => i + 1));
    }
  });

  test('of rivals that publish one id exactly one writes it, and the others know it', async () => {
    const twins = Array.from({ length: 40 }, () =>
      eventOf(stands[0]!, { audience: [stands[0]!.name('acc')] }),
    );
    const answers = await Promise.all(
      stands.map((stand, k) => publish(stand, k % 2 ? twins.toReversed() : twins)),
    );
    const outcomes = answers.map((answer, k) => (k % 2 ? answer.events.toReversed() : answer.events));
    twins.forEach((_, i) => {
      expect(outcomes.map((events) => events[i]!.outcome).sort()).toEqual([
        'known',
        'known',
        'known',
        'written',
      ]);
      expect(new Set(outcomes.map((events) => events[i]!.position)).size).toBe(1);
    });
    const { feed } = stands[0]!.store.tables;
    const shown = await stands[0]!.store.db
      .select()
      .from(feed)
      .where(
        inArray(
          feed.accountId,
          twins.flatMap((event) => event.audience),
        ),
      );
    expect(shown.length).toBe(40);
  });

  test('of rivals with one idempotency key exactly one writes', async () => {
    const answers = await Promise.all(
      stands.map((stand) => publish(stand, [eventOf(stand)], { idempotencyId: 'tok_1:rival' })),
    );
    expect(answers.map((answer) => answer.events[0]!.outcome).sort()).toEqual([
      'claimed',
      'claimed',
      'claimed',
      'written',
    ]);
    expect(new Set(answers.flatMap((answer) => answer.claim?.eventIds ?? [])).size).toBe(1);
  });

  test('rival leasers never take the same delivery, and leave none', async () => {
    const lanes = Array.from({ length: 5 }, () => stands[0]!.name('sub'));
    const ids = await Promise.all(
      lanes.map((lane) =>
        fillLane(
          stands[0]!,
          lane,
          Array.from({ length: 80 }, (_, i) => atMs + i),
        ),
      ),
    );
    const taken = await Promise.all([...stands, ...stands].map((stand) => leaseAll(stand, lanes)));
    expect(taken.flat().sort()).toEqual(ids.flat().sort());
  });

  test('rival leasers keep the order of a line', async () => {
    const lane = stands[0]!.name('sub');
    const ids = await fillLane(
      stands[0]!,
      lane,
      Array.from({ length: 40 }, () => atMs),
      { line: 'bookings/ordered' },
    );
    const sent: string[] = [];
    await Promise.all(
      stands.map(async (stand) => {
        while (sent.length < ids.length) {
          for (const leased of await lease(stand, [[lane, 10]], atMs, atMs + 100)) {
            sent.push(leased.id);
            await stand.store.settle([settlementOf(stand, leased)]);
          }
        }
      }),
    );
    expect(sent).toEqual(ids);
  });
});

async function leaseAll(stand: Stand, lanes: string[]): Promise<string[]> {
  const taken: string[] = [];
  // SKIP LOCKED may leave a rival's rows for a moment: nobody is done before a lease finds nothing twice.
  for (let empty = 0; empty < 2;) {
    const leased = await lease(
      stand,
      lanes.map((lane) => [lane, 3]),
      atMs + 100,
      atMs + 900,
    );
    empty = leased.length === 0 ? empty + 1 : 0;
    taken.push(...leased.map((delivery) => delivery.id));
  }
  return taken;
}
