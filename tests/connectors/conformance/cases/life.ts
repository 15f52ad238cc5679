import { type Health, NoAnswer } from '#kit';
import { cut, type Faulty, neverEnds, page, refusal } from '../faulty-answers.ts';
import { exercise } from '../exercise.ts';
import { hold, holdJson, same, sameSet, Unmet } from '../hold.ts';
import { connect, type Hub, inboundSecret, open, reconcile, scopesOf, setUp } from '../hub.ts';
import { outcomeOf } from '../outcome.ts';
import { publicAnswer, secretsOf } from '../secrets.ts';
import { arrange, type Case, copy, distinct, holdNoBreach, type Proved } from '../story.ts';
import type { Connection } from '../types.ts';

/** Null: no answer at all. */
const troubles: readonly { title: string; answer: Faulty | null }[] = [
  { title: '401', answer: () => refusal(401) },
  { title: '403', answer: () => refusal(403) },
  { title: '404', answer: () => refusal(404) },
  { title: '429', answer: () => refusal(429, { 'retry-after': '7' }) },
  { title: '500', answer: () => page(500) },
  { title: 'HTML with 200', answer: () => page(200) },
  { title: 'a cut body', answer: cut },
  { title: 'a body that never ends', answer: neverEnds },
  { title: 'silence', answer: null },
];

export function lifeCases(proved: Proved): Case[] {
  const { connector, conformance } = proved;
  const each = (title: string, prove: (connection: Connection) => Promise<void>): Case => ({
    title: `life: ${title}`,
    prove: async () => {
      for (const connection of conformance.connections) await prove(connection);
    },
  });
  return [
    each('what connected tells is plain, and short of an answer it does not throw', async (connection) => {
      const { auth } = connector.manifest;
      if (auth.type !== 'oauth2' || !connector.connected) return;
      for (const answer of [publicAnswer(auth, connection.tokenAnswer ?? {}), {}]) {
        const { account, facts } = connector.connected(answer);
        hold(
          typeof account.id === 'string' && typeof account.label === 'string',
          'connected: account is no two texts',
        );
        holdJson(facts, 'connected: facts');
      }
    }),
    each('set up twice, or with an answer lost, there is one of everything', async (connection) => {
      if (!connector.setUp) return;
      const clean = await connect(proved, connection);
      const once = copy(clean.line.standIn.objects());
      const facts = copy(clean.facts);
      await setUp(clean);
      sameSet(clean.line.standIn.objects(), once, 'set up twice, there is more than one');
      same(clean.facts, facts, 'set up twice, it finds other facts');
      for (let index = 0; index < clean.line.calls.length; index += 1)
        for (const committed of [true, false]) {
          const hub = open(proved, connection, scopesOf(connector, connection));
          hub.line.break({ committed, answer: null, meets: (call) => call.index === index });
          await quietly(() => setUp(hub));
          await setUp(hub);
          sameSet(
            hub.line.standIn.objects(),
            once,
            `set up after a lost answer (call ${index + 1}), there is more than one`,
          );
        }
    }),
    each('health: well; one reading call at most', async (connection) => {
      const hub = await connect(proved, connection);
      const [calls, objects] = [hub.line.calls.length, copy(hub.line.standIn.objects())];
      const health = healthOf(await hub.call((ctx) => connector.health(ctx)));
      hold(health.ok, `health of a connection that is well: ${JSON.stringify(health)}`);
      hold(hub.line.calls.length - calls <= 1, 'health makes more than one call');
      sameSet(hub.line.standIn.objects(), objects, 'health changes something at the vendor');
    }),
    ...troubles.map(({ title, answer }) =>
      each(`health: broken by ${title}`, async (connection) => {
        const hub = await connect(proved, connection);
        const isMet = hub.line.break({ committed: true, answer, meets: () => true });
        const health = await quietly(async () => healthOf(await hub.call((ctx) => connector.health(ctx))));
        if (!isMet() || health === null) return;
        hold(!health.ok, `health is ok although the vendor answers ${title}`);
        hold(health.failure !== undefined, `health: broken by ${title}, and it does not say how (failure)`);
        holdNoBreach(hub, 'health');
      }),
    ),
    each('health: a scope is missing', async (connection) => {
      for (const [scope, { kinds }] of Object.entries(connector.manifest.scopes)) {
        const scopes = scopesOf(connector, connection);
        if (!kinds.includes('health') || !scopes.delete(scope)) continue;
        const hub = open(proved, connection, scopes);
        await quietly(() => setUp(hub));
        const health = healthOf(await hub.call((ctx) => connector.health(ctx)));
        hold(!health.ok || (health.missingScopes?.length ?? 0) > 0, `health is ok without ${scope}`);
      }
    }),
    {
      title: 'life: reconcile that can read finds out, or says that nobody can',
      prove: async () => {
        if (!connector.reconcile) return;
        for (const steps of await proved.runs())
          for (const step of steps) {
            const hub = await arrange(proved, steps, step);
            await hub.attempt(step.op);
            const told = await reconcile(hub, step.op);
            hold(
              told === 'absent' || told.ok || told.kind === 'permanent',
              `${step.words}: the vendor is well, and reconcile answers ${JSON.stringify(told)}; it looks, or says with \`permanent\` that nobody can`,
            );
          }
      },
    },
    {
      title: 'life: reconcile that cannot read knows nothing',
      prove: async () => {
        if (!connector.reconcile) return;
        for (const steps of await proved.runs())
          for (const step of distinct(steps))
            for (const { title, answer } of troubles.filter((trouble) => trouble.title !== '404')) {
              const hub = await arrange(proved, steps, step);
              await hub.attempt(step.op);
              const isMet = hub.line.break({ committed: true, answer, meets: () => true });
              const told = await reconcile(hub, step.op);
              hold(
                !isMet() || told !== 'absent',
                `${step.words}: reconcile says absent although the vendor answers ${title}`,
              );
              holdNoBreach(hub, step.words);
            }
      },
    },
    ...['a form field', 'a form field in trouble'].map((title, inTrouble) =>
      each(`choices: ${title}`, async (connection) => {
        for (const { name, type } of connector.manifest.form) {
          if (type !== 'vendor-choice') continue;
          for (const { title: trouble, answer } of inTrouble === 0
            ? [{ title: '', answer: null }]
            : troubles) {
            const hub = await connect(proved, connection);
            const isMet =
              inTrouble === 0 ? () => false : hub.line.break({ committed: true, answer, meets: () => true });
            const listed = await quietly(() => hub.call(async (ctx) => connector.choices?.(name, ctx)));
            if (!listed) continue;
            if (!listed.ok) {
              outcomeOf(listed, 'choices');
              hold(isMet(), `${name} has no choices: ${JSON.stringify(listed)}`);
              continue;
            }
            hold(!isMet(), `${name} has choices although the vendor answers ${trouble}`);
            hold(listed.choices.length > 0, `${name} has no choices; let the stand-in have some`);
          }
        }
      }),
    ),
    each('sync: from now on, and then nothing new', async (connection) => {
      if (!connector.sync) return;
      const hub = await connect(proved, connection);
      const objects = copy(hub.line.standIn.objects());
      const first = await hub.call(async (ctx) => connector.sync?.(undefined, ctx));
      hold(typeof first?.cursor === 'string', 'sync gives no cursor');
      same(first.intents, [], 'sync without a cursor is from now on, and yet asks for something');
      const next = await hub.call(async (ctx) => connector.sync?.(first.cursor, ctx));
      same(next?.intents, [], 'sync asks for something although nothing has happened');
      sameSet(hub.line.standIn.objects(), objects, 'sync changes something at the vendor');
    }),
    each('torn down twice, and with a vendor that is gone', async (connection) => {
      if (!connector.tearDown) return;
      const hub = await connect(proved, connection);
      for (let time = 0; time < 2; time += 1) await tearDown(hub);
      for (const { answer } of troubles) {
        const other = await connect(proved, connection);
        other.line.break({ committed: false, answer, meets: () => true });
        await tearDown(other);
      }
    }),
    each('nothing is fetched after it has answered', async (connection) => {
      const hub = await exercise(proved, connection);
      const calls = hub.line.calls.length;
      // What a connector left running would run now.
      for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => void setTimeout(resolve, 0));
      hold(hub.line.calls.length === calls, 'something is fetched by itself');
      holdNoBreach(hub, connection.name);
    }),
    each('no secret in what it tells the hub', async (connection) => {
      const secrets = secretsOf(connector.manifest.auth, connection, inboundSecret);
      const told = [...(await exercise(proved, connection)).told];
      for (const steps of await proved.runs())
        for (const step of distinct(steps).filter((one) => one.connection === connection))
          for (const answer of [...troubles.map((trouble) => trouble.answer), () => refusal(400)]) {
            const hub = await arrange(proved, steps, step);
            hub.line.break({ committed: true, answer, meets: () => true });
            await hub.attempt(step.op);
            told.push(...hub.told);
          }
      const text = JSON.stringify(told);
      for (const secret of secrets)
        hold(
          !text.includes(JSON.stringify(secret).slice(1, -1)),
          `a secret is told: ${secret.slice(0, 12)}…`,
        );
    }),
  ];
}

async function tearDown(hub: Hub): Promise<void> {
  await quietly(() => hub.call(async (ctx) => hub.connector.tearDown?.(ctx)));
  holdNoBreach(hub, 'tearDown');
}

/** A connector need not catch `NoAnswer`, and throws nothing else. Null: it let one pass. */
async function quietly<T>(act: () => Promise<T>): Promise<T | null> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof NoAnswer || error instanceof Unmet) return null;
    throw new Unmet(`it throws ${String(error)}`);
  }
}

function healthOf(health: Health): Health {
  holdJson(health, 'health');
  if (health.failure) outcomeOf(health.failure, 'health.failure');
  return health;
}
