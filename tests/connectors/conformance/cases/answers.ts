import type { Outcome } from '#kit';
import { cut, type Faulty, neverEnds, page, refusal, throttles } from '../faulty-answers.ts';
import { hold, isSameSet, same, sameSet } from '../hold.ts';
import type { Hub } from '../hub.ts';
import { arrange, type Case, distinct, holdNoBreach, type Proved, type Told } from '../story.ts';
import type { Answer } from '../types.ts';

type Kind = 'ok' | Extract<Outcome, { ok: false }>['kind'];

/** What a connector may make of an answer that its own table does not have, whichever call meets it. */
const anyVendor: readonly { title: string; answer: Faulty; may: readonly Kind[] }[] = [
  { title: '400', answer: () => refusal(400), may: ['permanent'] },
  { title: '401', answer: () => refusal(401), may: ['auth', 'permanent'] },
  // A vendor may throttle with 403, and only its table knows.
  { title: '403', answer: () => refusal(403), may: ['auth', 'permanent', 'transient'] },
  { title: '404', answer: () => refusal(404), may: ['ok', 'auth', 'permanent', 'transient', 'unknown'] },
  { title: '409', answer: () => refusal(409), may: ['ok', 'permanent', 'transient', 'unknown'] },
  { title: '412', answer: () => refusal(412), may: ['ok', 'permanent', 'transient', 'unknown'] },
  { title: '413', answer: () => refusal(413), may: ['permanent'] },
  { title: '422', answer: () => refusal(422), may: ['permanent'] },
  ...[500, 502, 503, 504].map((status) => ({
    title: `${status}`,
    answer: () => page(status),
    may: ['transient', 'unknown'] as const,
  })),
  { title: 'HTML with 200', answer: () => page(200), may: ['ok', 'transient', 'unknown', 'permanent'] },
  { title: 'a cut body', answer: cut, may: ['ok', 'transient', 'unknown', 'permanent'] },
  {
    title: 'an empty body with 200',
    answer: () => new Response('', { status: 200 }),
    may: ['ok', 'transient', 'unknown', 'permanent'],
  },
  { title: 'a body that never ends', answer: neverEnds, may: ['ok', 'transient', 'unknown'] },
  {
    title: 'a redirect to another host',
    answer: () => page(307, { location: 'https://attacker.example/' }),
    may: ['auth', 'permanent', 'transient', 'unknown'],
  },
];

export function answerCases(proved: Proved): Case[] {
  const { conformance } = proved;
  return [
    ...conformance.answers.map((row): Case => ({
      title: `answers: ${row.when}`,
      prove: () => proveRow(proved, row),
    })),
    ...anyVendor.map(({ title, answer, may }): Case => ({
      title: `answers: ${title} at any call is an outcome`,
      prove: () =>
        eachCall(proved, async (hub, run, index) => {
          const words = `${title} at ${run.words}, call ${index + 1}`;
          const outcome = await meet(hub, run, index, answer);
          hold(
            may.includes(kindOf(outcome)),
            `${words}: ${JSON.stringify(outcome)}, not ${may.join(' or ')}`,
          );
          await afterwards(proved, hub, run, outcome, words);
        }),
    })),
    ...throttles.map(({ title, headers, leastMs }): Case => ({
      title: `answers: ${title} at any call waits as long as it says`,
      prove: () =>
        eachCall(proved, async (hub, run, index) => {
          const words = `${title} at ${run.words}, call ${index + 1}`;
          const outcome = await meet(hub, run, index, () => refusal(429, headers));
          hold(
            !outcome.ok && outcome.kind === 'transient',
            `${words}: ${JSON.stringify(outcome)}, not transient`,
          );
          hold(
            leastMs === 0 || (outcome.retryAfterMs ?? 0) >= leastMs,
            `${words}: retryAfterMs is ${outcome.retryAfterMs}, and the vendor asked for ${leastMs}`,
          );
          await afterwards(proved, hub, run, outcome, words);
        }),
    })),
    {
      title: 'answers: every row is about a kind of the manifest, and no two have one name',
      prove: async () => {
        const names = conformance.answers.map(({ when }) => when);
        same([...new Set(names)], names, 'two rows of answers have one name');
        for (const { kind, when } of conformance.answers)
          hold(
            kind === undefined || Object.hasOwn(proved.connector.manifest.idempotency, kind),
            `${when}: ${kind} is no kind of the manifest`,
          );
      },
    },
  ];
}

async function proveRow(proved: Proved, row: Answer): Promise<void> {
  const met: string[] = [];
  for (const steps of await proved.runs()) {
    const run = steps.find(({ op, calls }) => calls > 0 && (row.kind === undefined || op.kind === row.kind));
    if (!run) continue;
    const hub = await arrange(proved, steps, run);
    const isMet = hub.line.break({
      committed: false,
      answer: () => answerOf(row),
      meets: ({ index, method, path }) =>
        row.on === undefined ? index === run.mutating : `${method} ${path}`.startsWith(row.on),
    });
    const outcome = await hub.attempt(run.op);
    if (!isMet()) continue;
    met.push(run.words);
    same(
      Object.fromEntries(Object.keys(row.outcome).map((name) => [name, outcome[name as keyof Outcome]])),
      row.outcome,
      `${run.words}: ${row.when} (${row.status}) is made into ${JSON.stringify(outcome)}`,
    );
    holdNoBreach(hub, run.words);
  }
  hold(
    met.length > 0,
    `no op of the story makes the call that is answered so: ${row.on ?? row.kind ?? 'any'}`,
  );
}

function answerOf({ status, headers = {}, body }: Answer): Response {
  if (typeof body === 'object') return Response.json(body, { status, headers });
  return new Response(body ?? null, { status, headers });
}

async function meet(hub: Hub, run: Told, index: number, answer: Faulty): Promise<Outcome> {
  // A cut or endless answer is cut out of a whole one, so the vendor has to have given it.
  const committed = answer === cut || answer === neverEnds;
  hub.line.break({ committed, answer, meets: (call) => call.index === index });
  const outcome = await hub.attempt(run.op);
  holdNoBreach(hub, run.words);
  return outcome;
}

/** Success that is none is found here; and what may be tried again comes out right in the end. */
async function afterwards(
  { connector }: Proved,
  hub: Hub,
  run: Told,
  outcome: Outcome,
  words: string,
): Promise<void> {
  if (outcome.ok) {
    // 404, 409 and 412 tell something true of the vendor, which the stand-in does not know.
    if (/^(?:404|409|412) /.test(words)) return;
    sameSet(hub.line.standIn.objects(), run.after, `${words}: it says that it has done it, and it has not`);
    return;
  }
  if (outcome.kind === 'permanent' || outcome.kind === 'auth') return;
  const settled = await hub.carry(run.op, outcome.kind === 'unknown');
  const objects = hub.line.standIn.objects();
  if (settled === 'unknown' && connector.manifest.idempotency[run.op.kind] === 'none') {
    hold(
      isSameSet(objects, run.before) || isSameSet(objects, run.after),
      `${words}: neither as before nor as it should be`,
    );
    return;
  }
  hold(settled === 'done' || settled === 'late', `${words}: tried again, it is ${settled}`);
  sameSet(objects, run.after, `${words}: tried again, it ends otherwise`);
}

async function eachCall(
  proved: Proved,
  prove: (hub: Hub, run: Told, index: number) => Promise<void>,
): Promise<void> {
  for (const steps of await proved.runs())
    for (const run of distinct(steps))
      for (let index = 0; index < run.calls; index += 1)
        await prove(await arrange(proved, steps, run), run, index);
}

const kindOf = (outcome: Outcome): Kind => (outcome.ok ? 'ok' : outcome.kind);
