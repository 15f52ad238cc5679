import { isSameSet, same, sameSet, hold } from '../hold.ts';
import { connect, type Hub } from '../hub.ts';
import { cut, gatewayError } from '../faulty-answers.ts';
import type { Fault } from '../line.ts';
import { arrange, copy, type Case, holdNoBreach, type Proved, type Told } from '../story.ts';

/** What can happen to one call, and be mended by trying again. */
const faults: readonly (Pick<Fault, 'committed' | 'answer' | 'sent'> & { title: string })[] = [
  {
    title: 'the vendor commits, the answer is lost, we try again: exactly one object',
    committed: true,
    answer: null,
  },
  {
    title: 'the vendor commits, a gateway answers 502: exactly one object',
    committed: true,
    answer: gatewayError(502),
  },
  {
    title: 'the vendor commits, a gateway answers 504: exactly one object',
    committed: true,
    answer: gatewayError(504),
  },
  { title: 'the vendor commits, the answer is cut: exactly one object', committed: true, answer: cut },
  {
    title: 'nothing arrived, and nobody knows: exactly one object, or a person is told',
    committed: false,
    answer: null,
  },
  { title: 'nothing left: it is sent again', committed: false, answer: null, sent: false },
];

export function deliveryCases(proved: Proved): Case[] {
  return [
    {
      title: 'delivery: the story is delivered, one change for each op at most',
      prove: async () => {
        const runs = await proved.runs();
        const planned = new Set(runs.flat().map(({ op }) => op.kind));
        const undone = await undoneKinds(proved, runs);
        for (const kind of Object.keys(proved.connector.manifest.idempotency))
          hold(
            planned.has(kind) || undone.has(kind),
            `no event of the story plans ${kind}, so nothing of it is proved`,
          );
        hold(
          runs.flat().some(({ before, after }) => !isSameSet(before, after)),
          'the story changes nothing that objects() shows, so nothing can be counted',
        );
      },
    },
    ...faults.map((fault): Case => ({
      title: `delivery: ${fault.title}`,
      prove: () =>
        eachCall(proved, async (hub, run, index) => {
          const met = hub.line.break({ ...fault, meets: (call) => call.index === index });
          const settled = await hub.carry(run.op);
          const words = `${run.words}, call ${index + 1}`;
          hold(
            met(),
            `${words}: the call was not made again in the same order; deliver is not deterministic`,
          );
          holdEnd(proved, hub, run, settled, words, fault.committed && index === run.mutating);
        }),
    })),
    {
      title: 'delivery: the hub dies before it writes the outcome down: exactly one object',
      prove: () =>
        eachStep(proved, async (hub, run) => {
          const refs = new Map(hub.refs);
          await hub.attempt(run.op);
          hub.refs = refs;
          const settled = await hub.carry(run.op, true);
          holdEnd(proved, hub, run, settled, run.words, true);
        }),
    },
    {
      title:
        'delivery: the vendor commits, the answer is lost, and the next event overtakes: it ends the same',
      prove: async () => {
        for (const steps of await proved.runs())
          for (const run of steps) {
            const next = steps.slice(run.index + 1).find(({ op }) => op.key === run.op.key);
            if (next && run.calls > 0) await overtake(proved, steps, run, next);
          }
      },
    },
    {
      title: 'delivery: whatever the order, it ends the same',
      prove: async () => {
        for (const run of await proved.runs()) {
          const [first] = run;
          if (!first) continue;
          const events = eventsOf(run);
          const inOrder = await connect(proved, first.connection);
          for (const { op } of run) await inOrder.carry(op);
          const end = inOrder.line.standIn.objects();
          for (const order of [
            events.toReversed().flat(),
            [...events.slice(1), ...events.slice(0, 1)].flat(),
          ]) {
            const hub = await connect(proved, first.connection);
            for (const { op, words } of order) {
              const settled = await hub.carry(op);
              hold(settled === 'done' || settled === 'late', `${words}, out of order: is ${settled}`);
            }
            sameSet(
              hub.line.standIn.objects(),
              end,
              `${order.map(({ event, op }) => `${op.kind} after ${event.type}`).join(', then ')}: ends otherwise than in order`,
            );
          }
        }
      },
    },
    {
      title: 'delivery: each event may be the first that arrives, a cancellation too',
      prove: async () => {
        for (const run of await proved.runs())
          for (const steps of eventsOf(run)) {
            const hub = await connect(proved, steps[0]!.connection);
            for (const { op, words } of steps)
              hold((await hub.carry(op)) === 'done', `${words}: fails where nothing came before it`);
            holdNoBreach(hub, steps[0]!.words);
          }
      },
    },
    {
      title: 'delivery: what was made is taken back, however often',
      prove: async () => {
        await undoneKinds(proved, await proved.runs());
      },
    },
  ];
}

/** The ops of one event go out in the order in which they are planned: the tie of two things after both of them. */
const eventsOf = (run: readonly Told[]): Told[][] => [...Map.groupBy(run, ({ event }) => event.id).values()];

/** The first try of `run` is lost on its way back; `next`, about the same thing, is carried before it is tried again. */
async function overtake(proved: Proved, steps: readonly Told[], run: Told, next: Told): Promise<void> {
  const words = `${run.words}, overtaken by ${next.event.type}`;
  const clean = await arrange(proved, steps, run);
  for (const { op } of [run, next]) await clean.carry(op);

  const hub = await arrange(proved, steps, run);
  hub.line.break({ committed: true, answer: null, meets: ({ index }) => index === run.mutating });
  await hub.attempt(run.op);
  const settled = await hub.carry(next.op, true);
  holdNoBreach(hub, words);
  const { idempotency } = proved.connector.manifest;
  if (settled === 'unknown' && [run, next].some(({ op }) => idempotency[op.kind] === 'none')) {
    sameSet(hub.line.standIn.objects(), run.after, words);
    return;
  }
  hold(settled === 'done', `${words}: is ${settled}`);
  hold((await hub.carry(run.op, true)) === 'late', `${words}: it is applied after what came later`);
  sameSet(hub.line.standIn.objects(), clean.line.standIn.objects(), words);
}

/** Where it stands after the fault and all that followed it. */
function holdEnd(
  { connector }: Proved,
  hub: Hub,
  run: Told,
  settled: string,
  words: string,
  isThere: boolean,
): void {
  holdNoBreach(hub, words);
  const objects = hub.line.standIn.objects();
  const mayBeUnknown = connector.manifest.idempotency[run.op.kind] === 'none';
  if (settled === 'unknown' && mayBeUnknown) {
    // Nobody can know, so nothing was sent again: what was there is there once.
    sameSet(objects, isThere ? run.after : isSameSet(objects, run.before) ? run.before : run.after, words);
    return;
  }
  hold(settled === 'done' || settled === 'late', `${words}: is ${settled}`);
  sameSet(objects, run.after, words);
}

async function eachStep(proved: Proved, prove: (hub: Hub, run: Told) => Promise<void>): Promise<void> {
  for (const steps of await proved.runs())
    for (const run of steps) {
      const hub = await arrange(proved, steps, run);
      if (run.calls > 0) await prove(hub, run);
    }
}

async function eachCall(
  proved: Proved,
  prove: (hub: Hub, run: Told, index: number) => Promise<void>,
): Promise<void> {
  for (const steps of await proved.runs())
    for (const run of steps)
      for (let index = 0; index < run.calls; index += 1)
        await prove(await arrange(proved, steps, run), run, index);
}

/** Takes everything of the story back, twice, and tells which kinds that takes. */
async function undoneKinds(proved: Proved, runs: readonly Told[][]): Promise<Set<string>> {
  const kinds = new Set<string>();
  const changed = new Set<string>();
  const { connector } = proved;
  for (const run of runs.flatMap((steps) => steps.map((step) => ({ steps, step })))) {
    const { steps, step } = run;
    const hub = await arrange(proved, steps, step);
    await hub.carry(step.op);
    const kept = hub.refs.get(step.op.key);
    if (!connector.undo || !kept || kept.isGone) continue;
    const undo = connector.undo({ key: step.op.key, seq: kept.seq, ref: kept.ref }, hub.facts);
    if ('manual' in undo) {
      hold(undo.manual.trim() !== '', `${step.words}: undo tells nobody what to do by hand`);
      continue;
    }
    kinds.add(undo.kind);
    same(
      connector.undo({ key: step.op.key, seq: kept.seq, ref: kept.ref }, hub.facts),
      undo,
      `${step.words}: undo is not the same twice`,
    );
    hold(undo.key === step.op.key, `${step.words}: undo is about another key`);
    const before = copy(hub.line.standIn.objects());
    // Lost and tried again, then once more: taking back bears repetition.
    hub.line.break({ committed: true, answer: null, meets: () => true });
    await hub.attempt(undo);
    for (const time of ['after a lost answer', 'twice']) {
      const outcome = await hub.attempt(undo);
      hold(outcome.ok, `${step.words}: taken back ${time}, it answers ${JSON.stringify(outcome)}`);
    }
    const left = hub.line.standIn.objects();
    hold(left.length <= before.length, `${step.words}: taken back, and more stands there than before`);
    if (!isSameSet(left, before)) changed.add(undo.kind);
    holdNoBreach(hub, step.words);
  }
  for (const kind of kinds)
    hold(changed.has(kind), `everything is taken back by ${kind}, and nothing has changed`);
  return kinds;
}
