import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Admission, Cap, Gate } from '#src/ports';
import { askOf, capOf, type GateCase, newId, pause, staff } from './stand.ts';

export const capCases: GateCase[] = [
  {
    title: 'of 1,000 calls at once, 100 come through a cap of 100, over two processes',
    run: async ({ open }) => {
      const gates = [await open(), await open()];
      const cap = capOf(100);
      const token = { id: newId('tok'), locator: 'locator1' };
      const answers = await Promise.all(
        Array.from({ length: 1_000 }, (_, i) => gates[i % 2]!.admit(askOf({ token, caps: [cap] }))),
      );
      assert.equal(answers.filter((answer) => answer.refused === null).length, 100);
    },
  },
  {
    title: 'all levels or none: a call that one level refuses spends nothing at the others',
    run: async ({ open }) => {
      const gate = await open();
      const [wide, narrow] = [capOf(10), capOf(3, { level: 'grant', key: `grant:${newId('grt')}` })];
      for (let i = 0; i < 3; i += 1)
        assert.equal((await gate.admit(askOf({ caps: [wide, narrow] }))).refused, null);
      const refused = await gate.admit(askOf({ caps: [wide, narrow] }));
      assert.equal(refused.refused?.level, 'grant');
      assert.deepEqual(
        refused.caps.map((cap) => cap.remaining),
        [7, 0],
      );
      assert.equal((await gate.admit(askOf({ caps: [wide] }))).caps[0]?.remaining, 6);
    },
  },
  {
    title:
      'six levels under 1,000 calls at once from two processes: exact, and whichever refuses, none is spent',
    run: async ({ open }) => {
      const gates = [await open(), await open()];
      const token = { id: newId('tok'), locator: 'locator3' };
      const bursts = { token: 120, grant: 110, user: 60, app: 500, partner: 900, creates: 80 } as const;
      const caps = Object.entries(bursts).map(([level, burst]) =>
        capOf(burst, { level: level as Cap['level'], key: `${level}:${newId('tok')}` }),
      );
      const calls = Array.from({ length: 1_000 }, (_, i) => gates[i % 2]!.admit(askOf({ token, caps })));
      const answers = await Promise.all(calls);
      assert.equal(answers.filter(({ refused }) => refused === null).length, 60);
      assert.deepEqual(new Set(answers.map(({ refused }) => refused?.level)), new Set([undefined, 'user']));
      const after = await gates[0]!.admit(askOf({ token, caps }));
      assert.deepEqual(
        after.caps.map(({ remaining }) => remaining),
        Object.values(bursts).map((burst) => burst - 60),
      );
    },
  },
  {
    title: 'a call costs what it costs, and one that does not fit leaves room for a cheaper one',
    run: async ({ open }) => {
      const gate = await open();
      const cap = capOf(12);
      const remaining = async (cost: number) => {
        const { refused, caps } = await gate.admit(askOf({ caps: [{ ...cap, cost }] }));
        return [refused === null, caps[0]?.remaining];
      };
      assert.deepEqual(await remaining(5), [true, 7]);
      assert.deepEqual(await remaining(5), [true, 2]);
      assert.deepEqual(await remaining(5), [false, 2]);
      assert.deepEqual(await remaining(1), [true, 1]);
    },
  },
  {
    title:
      'a counter of a span is exact under 1,000 calls at once from two processes, beside a bucket; nothing comes back',
    run: async ({ open }) => {
      const gates = [await open(), await open()];
      const token = { id: newId('tok'), locator: 'locator4' };
      const [day, own] = [dayOf(300), capOf(900, { periodMs: 0.1 })];
      const ask = (cost: number) =>
        askOf({
          token,
          caps: [
            { ...own, cost },
            { ...day, cost },
          ],
        });
      const calls = Array.from({ length: 1_000 }, (_, i) => gates[i % 2]!.admit(ask(i % 3 === 0 ? 5 : 1)));
      const answers = await Promise.all(calls);
      const spent = answers.reduce((sum, { refused }, i) => sum + (refused ? 0 : i % 3 === 0 ? 5 : 1), 0);
      assert.equal(spent, 300);
      const { refused, caps } = await gates[0]!.admit(ask(1));
      assert.deepEqual(refused, { level: 'day', retryAfterMs: 3_600_000 });
      assert.deepEqual(caps[1], { remaining: 0, fullInMs: 3_600_000 });
      const next = await gates[1]!.admit(askOf({ token, caps: [dayOf(300)] }));
      assert.equal(next.caps[0]?.remaining, 299, 'another span has its own');
    },
  },
  {
    title: 'a counter that the gate has forgotten goes on from what the asker knows',
    run: async ({ open }) => {
      const gate = await open();
      const day = dayOf(10);
      const knowing = (usedAtLeast: number) =>
        gate.admit(askOf({ caps: [{ ...day, span: { ...day.span!, usedAtLeast } }] }));
      assert.equal((await knowing(7)).caps[0]?.remaining, 2);
      assert.equal((await knowing(0)).caps[0]?.remaining, 1);
      assert.equal((await knowing(10)).refused?.level, 'day');
    },
  },
  {
    title: 'a revoked or suspended caller spends nothing',
    run: async (stand) => {
      const gate = await stand.open();
      const [grant, app] = [newId('grt'), newId('app')];
      const [carried, beside] = [gate.snapshot({ grant }), gate.snapshot({ app })];
      await staff(stand, gate).revoke('grant', grant);
      await staff(stand, gate).suspend('app', app);
      const cap = capOf(2);
      for (const epochs of [[carried], [beside]]) {
        const answer = await gate.admit(askOf({ epochs, caps: [cap] }));
        assert.deepEqual(answer.caps, []);
        assert.equal(answer.refused, null);
      }
      assert.equal((await gate.admit(askOf({ caps: [cap] }))).caps[0]?.remaining, 1);
    },
  },
  {
    title: 'who waits as long as the answer says comes through',
    run: async ({ open }) => {
      const gate = await open();
      const cap = capOf(2, { periodMs: 60 });
      const untilRefused = async (): Promise<NonNullable<Admission['refused']>> =>
        (await gate.admit(askOf({ caps: [cap] }))).refused ?? untilRefused();
      const refused = await untilRefused();
      assert.ok(refused.retryAfterMs > 0 && refused.retryAfterMs <= 60, `${refused.retryAfterMs}`);
      await pause(Math.ceil(refused.retryAfterMs) + 1);
      assert.equal((await gate.admit(askOf({ caps: [cap] }))).refused, null);
    },
  },
  {
    title: 'in any interleaving no cap lets through more than its burst and what came back meanwhile',
    run: async ({ open, propertyRuns = 25 }) => {
      const gates = [await open(), await open()];
      await fc.assert(
        fc.asyncProperty(scenario, async (calls) => proveBound(gates, calls)),
        { numRuns: propertyRuns },
      );
    },
  },
];

/** So many units until an hour from now, whichever gate counts them. */
const dayOf = (burst: number): Cap =>
  capOf(burst, {
    level: 'day',
    key: `day:${newId('acc')}`,
    periodMs: 0.001,
    span: { endsAtMs: Date.now() + 3_600_000, leftMs: 3_600_000, usedAtLeast: 0 },
  });

type Call = { gate: number; caps: number[]; cost: number; isAwaited: boolean };
/** Which process asks, of which of three caps, and whether the next call waits for the answer. */
const scenario = fc.array(
  fc.record({
    gate: fc.constantFrom(0, 1),
    caps: fc.subarray([0, 1, 2], { minLength: 1 }),
    cost: fc.integer({ min: 1, max: 4 }),
    isAwaited: fc.boolean(),
  }),
  { minLength: 1, maxLength: 60 },
);

async function proveBound(gates: Gate[], calls: Call[]): Promise<void> {
  const caps: Cap[] = [5, 9, 20].map((burst, i) =>
    capOf(burst, {
      level: i === 0 ? 'token' : 'app',
      key: `${i === 0 ? 'token' : 'app'}:${newId('app')}`,
      periodMs: 50,
    }),
  );
  const token = { id: newId('tok'), locator: 'locator2' };
  const spent = [0, 0, 0];
  const startedAtMs = Date.now();
  const asked: Promise<void>[] = [];
  for (const call of calls) {
    const ask = askOf({ token, caps: call.caps.map((i) => ({ ...caps[i]!, cost: call.cost })) });
    const answer = gates[call.gate]!.admit(ask).then(({ refused }) => {
      if (refused === null) for (const i of call.caps) spent[i]! += call.cost;
    });
    asked.push(answer);
    if (call.isAwaited) await answer;
  }
  await Promise.all(asked);
  const backUnits = (Date.now() - startedAtMs + 2) / 50;
  caps.forEach((cap, i) => assert.ok(spent[i]! <= cap.burst + backUnits, `${spent[i]} of ${cap.burst}`));
}
