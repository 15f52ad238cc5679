import { deepEqual, equal } from 'node:assert/strict';
import { asc, eq } from 'drizzle-orm';
import { type Case, type Stand, atMs, fillLane, lease, settlementOf } from './stand.ts';

export const settleCases: Case[] = [
  {
    title: 'a settlement writes the state and its attempt',
    prove: async (stand) => {
      const [leased] = await leaseOne(stand);
      const settlement = settlementOf(stand, leased!, {
        state: 'retrying',
        reason: 'status_500',
        dueAtMs: atMs + 900,
      });
      deepEqual([...(await stand.store.settle([settlement]))], [leased!.id]);
      const row = await deliveryRow(stand, leased!.id);
      deepEqual(
        [row.state, row.reason, row.dueAt, row.attempts, row.tries, row.leaseId, row.mark, row.updatedAt],
        ['retrying', 'status_500', new Date(atMs + 900), 1, 1, null, settlement.mark, new Date(atMs + 50)],
      );
      deepEqual(await attemptRows(stand, leased!.id), [
        {
          id: settlement.mark,
          deliveryId: leased!.id,
          number: 1,
          startedAt: new Date(atMs + 10),
          durationMs: 12,
          outcome: 'delivered',
          status: 200,
          stage: 'after',
          detail: '',
          answer: 'ok',
        },
      ]);
    },
  },
  {
    title: 'a lost lease writes neither state nor attempt',
    prove: async (stand) => {
      const [leased] = await leaseOne(stand);
      const [again] = await lease(stand, [[leased!.subscriptionId, 1]], atMs + 100, atMs + 200);
      equal(again!.id, leased!.id);
      deepEqual([...(await stand.store.settle([settlementOf(stand, leased!)]))], []);
      equal((await deliveryRow(stand, leased!.id)).state, 'leased');
      deepEqual(await attemptRows(stand, leased!.id), []);
      deepEqual([...(await stand.store.settle([settlementOf(stand, again!)]))], [again!.id]);
    },
  },
  {
    title: 'a settlement that comes twice writes once',
    prove: async (stand) => {
      const [leased] = await leaseOne(stand);
      const settlement = settlementOf(stand, leased!);
      deepEqual([...(await stand.store.settle([settlement]))], [leased!.id]);
      deepEqual([...(await stand.store.settle([settlement]))], []);
      equal((await attemptRows(stand, leased!.id)).length, 1);
      equal((await deliveryRow(stand, leased!.id)).attempts, 1);
    },
  },
  {
    title: 'of two settlements of one lease in one turn one is written, and only its caller is told so',
    prove: async (stand) => {
      const [leased] = await leaseOne(stand);
      const rivals = [
        settlementOf(stand, leased!),
        settlementOf(stand, leased!, { state: 'dead', reason: 'gone' }),
      ];
      const answers = await Promise.all(rivals.map((settlement) => stand.store.settle([settlement])));
      deepEqual(
        answers.flatMap((answer) => [...answer]),
        [leased!.id],
      );
      const winner = rivals[answers.findIndex((answer) => answer.size === 1)]!;
      const row = await deliveryRow(stand, leased!.id);
      deepEqual([row.mark, row.state, row.attempts], [winner.mark, winner.state, 1]);
      deepEqual(
        (await attemptRows(stand, leased!.id)).map((attempt) => attempt.id),
        [winner.mark],
      );
    },
  },
  {
    title: 'attempts are numbered on; a settlement without one counts none',
    prove: async (stand) => {
      const [leased] = await leaseOne(stand);
      await stand.store.settle([settlementOf(stand, leased!, { state: 'retrying', dueAtMs: atMs + 100 })]);
      const [second] = await lease(stand, [[leased!.subscriptionId, 1]], atMs + 100, atMs + 200);
      deepEqual([second!.attempts, second!.tries], [1, 1]);
      await stand.store.settle([
        settlementOf(stand, second!, { state: 'pending', dueAtMs: atMs + 200, attempt: null }),
      ]);
      const [third] = await lease(stand, [[leased!.subscriptionId, 1]], atMs + 200, atMs + 300);
      await stand.store.settle([settlementOf(stand, third!)]);
      deepEqual(
        (await attemptRows(stand, leased!.id)).map((attempt) => attempt.number),
        [1, 2],
      );
      equal((await deliveryRow(stand, leased!.id)).attempts, 2);
    },
  },
  {
    title: 'settlements of one turn are answered each with its own',
    prove: async (stand) => {
      const lane = stand.name('sub');
      await fillLane(
        stand,
        lane,
        Array.from({ length: 30 }, () => atMs),
      );
      const leased = await lease(stand, [[lane, 30]], atMs, atMs + 100);
      equal(leased.length, 30);
      const lost = { id: leased[3]!.id, leaseId: 'lse_lost' };
      const answers = await Promise.all([
        ...leased.map((each, i) => stand.store.settle([settlementOf(stand, i === 3 ? lost : each)])),
        stand.store.settle([]),
      ]);
      deepEqual(
        answers.map((answer) => [...answer]),
        [...leased.map((each, i) => (i === 3 ? [] : [each.id])), []],
      );
    },
  },
  {
    title: 'a bad settlement rejects alone, and the delivery keeps its lease',
    prove: async (stand) => {
      const lane = stand.name('sub');
      await fillLane(stand, lane, [atMs, atMs, atMs]);
      const leased = await lease(stand, [[lane, 3]], atMs, atMs + 100);
      const settlements = leased.map((each) => settlementOf(stand, each));
      const stage = null as unknown as 'after'; // What the types forbid and a defect may still bring.
      settlements[1] = { ...settlements[1]!, attempt: { ...settlements[1]!.attempt!, stage } };
      const outcomes = await Promise.allSettled(
        settlements.map((settlement) => stand.store.settle([settlement])),
      );
      deepEqual(
        outcomes.map((outcome) => outcome.status),
        ['fulfilled', 'rejected', 'fulfilled'],
      );
      deepEqual(await Promise.all(leased.map(async (each) => (await deliveryRow(stand, each.id)).state)), [
        'delivered',
        'leased',
        'delivered',
      ]);
    },
  },
  {
    title: 'an answer of any characters is settled: NUL, half a surrogate pair, quotes',
    prove: async (stand) => {
      const [leased] = await leaseOne(stand);
      const settlement = settlementOf(stand, leased!);
      const answer = 'a\0b\ud83d"\\\u001f é';
      deepEqual(
        [...(await stand.store.settle([{ ...settlement, attempt: { ...settlement.attempt!, answer } }]))],
        [leased!.id],
      );
      const [attempt] = await attemptRows(stand, leased!.id);
      equal(attempt!.answer.startsWith('a'), true);
    },
  },
];

async function leaseOne(stand: Stand) {
  const lane = stand.name('sub');
  await fillLane(stand, lane, [atMs]);
  return lease(stand, [[lane, 1]], atMs, atMs + 100);
}

async function deliveryRow(stand: Stand, id: string) {
  const { deliveries } = stand.store.tables;
  return (await stand.store.db.select().from(deliveries).where(eq(deliveries.id, id)))[0]!;
}

async function attemptRows(stand: Stand, deliveryId: string) {
  const { attempts } = stand.store.tables;
  const rows = await stand.store.db
    .select()
    .from(attempts)
    .where(eq(attempts.deliveryId, deliveryId))
    .orderBy(asc(attempts.position));
  return rows.map(({ position: _, ...row }) => row);
}
