/** The reference connector with one thing broken, and the cases that must find it. */
import { type Connector, type ConnectorCtx, NoAnswer, type Op, type Outcome, readObject } from '#kit';
import type { Conformance } from '../conformance/index.ts';
import { conformance as goodConformance } from './conformance.ts';
import { connector as good } from './connector.ts';

export type Broken = {
  what: string;
  /** Titles, or how they begin. */
  fires: readonly string[];
  connector?: Partial<Connector>;
  manifest?: Record<string, unknown>;
  conformance?: Partial<Conformance>;
  /** Another plan than that of the connector. */
  golden?: unknown;
};

const { manifest } = good;
const plain: Connector = good;
const transient = { ok: false, kind: 'transient', code: 'busy', slow: 'call' } as const;
const permanent = { ok: false, kind: 'permanent', code: 'no' } as const;
const done = { ok: true, applied: 'updated' } as const;

export const broken: readonly Broken[] = [
  { what: 'a version that is none', manifest: { version: '1' }, fires: ['manifest: fits its schema'] },
  {
    what: 'a tier that asks for a scope nobody explained',
    manifest: {
      tiers: [
        { ...manifest.tiers[0], scopes: ['me:read', 'walls:write', 'cards:write', 'notes:write', 'all'] },
      ],
    },
    fires: ['manifest: every scope is asked for by a tier'],
  },
  {
    what: 'no way to ask',
    connector: { reconcile: undefined as never },
    fires: ['manifest: a kind that the vendor'],
  },
  {
    what: 'verify without inbound',
    manifest: { inbound: undefined },
    fires: ['manifest: what it says of itself'],
  },
  {
    what: 'an option without a field',
    manifest: { form: manifest.form.slice(1) },
    fires: ['manifest: the form has'],
  },
  {
    what: 'a tier that nothing proves',
    manifest: { tiers: [...manifest.tiers, { ...manifest.tiers[0], id: 'more' }] },
    fires: ['manifest: every tier'],
  },
  {
    what: 'a host too many',
    manifest: { hosts: [...manifest.hosts, 'x.example.com'] },
    fires: ['manifest: hosts are'],
  },
  {
    what: 'an approval that nobody asks for',
    manifest: { approvals: { notes: 'Why.' } },
    fires: ['manifest: an option that'],
  },
  {
    what: 'a scope too many',
    manifest: {
      tiers: [{ ...manifest.tiers[0], scopes: [...Object.keys(manifest.scopes), 'all:read'] }],
      scopes: { ...manifest.scopes, 'all:read': { why: 'One never knows.', kinds: ['health'] } },
    },
    fires: ['manifest: without any one scope', 'life: health: a scope is missing'],
  },

  { what: 'a plan with a counter', connector: planning(counting()), fires: ['plan: is the same each time'] },
  {
    what: 'a plan with a date in it',
    connector: planning((op) => ({ ...op, body: { at: new Date(0) } })),
    fires: ['plan: is JSON'],
  },
  {
    what: 'a key of the subscription',
    connector: {
      plan: (event, ...rest) =>
        plain.plan(event, ...rest).map((op) => ({ ...op, key: op.key + event.subscription })),
    },
    fires: ['plan: keys stay'],
  },
  {
    what: 'a seq of its own',
    connector: planning((op) => ({ ...op, seq: op.seq + 1 })),
    fires: ['plan: seq'],
  },
  {
    what: 'all of the data in the body',
    connector: {
      plan: (event, ...rest) => plain.plan(event, ...rest).map((op) => ({ ...op, body: event.data })),
    },
    fires: ['plan: fields that it does not know', 'plan: no personal field'],
  },
  {
    what: 'a field that not everybody may see',
    connector: {
      plan: (event, ...rest) =>
        plain
          .plan(event, ...rest)
          .map((op) => ({ ...op, body: { title: String(at(event.data, 'buyer')?.['phone']) } })),
    },
    fires: ['plan: an event with its own scope', 'plan: no personal field'],
  },
  {
    what: 'more is consumed than planned',
    manifest: { consumes: ['booking.*', 'review.published', 'rfp.created'] },
    fires: ['plan: what it consumes'],
  },
  {
    what: 'more is planned than consumed',
    manifest: { consumes: ['booking.*'] },
    fires: ['plan: what it consumes'],
  },
  { what: 'another plan than was reviewed', golden: {}, fires: ['plan: as in fixtures'] },

  {
    what: 'a delivery that does nothing',
    connector: { deliver: () => Promise.resolve(done) },
    fires: ['delivery: the story is delivered'],
  },
  {
    what: 'two changes for one op',
    connector: {
      deliver: async (op, ctx) => {
        await plain.deliver({ ...op, key: `${op.key}:twin` }, ctx);
        return plain.deliver(op, ctx);
      },
    },
    fires: ['delivery: the story is delivered'],
  },
  {
    what: 'after silence it sends blindly',
    connector: { reconcile: () => Promise.resolve('absent' as const) },
    fires: [
      'delivery: the vendor commits, the answer is lost, we try again',
      'delivery: the vendor commits, a gateway answers 502',
      'delivery: the vendor commits, a gateway answers 504',
      'delivery: the vendor commits, the answer is cut',
      'delivery: the hub dies',
    ],
  },
  {
    what: 'after silence it takes it for done',
    connector: { reconcile: () => Promise.resolve(done) },
    fires: ['delivery: nothing arrived'],
  },
  {
    what: 'a refused connection is the end',
    connector: {
      deliver: (op, ctx) =>
        plain.deliver(op, ctx).catch((error: unknown) => {
          if (error instanceof NoAnswer && !error.sent) return permanent;
          throw error;
        }),
    },
    fires: ['delivery: nothing left'],
  },
  {
    what: 'nothing is taken down without a ref',
    connector: {
      deliver: async (op, ctx) =>
        op.kind === 'drop' && !(await ctx.ref(op.key))
          ? { ok: true, applied: 'unchanged' }
          : plain.deliver(op, ctx),
    },
    fires: ['delivery: the vendor commits, the answer is lost, and the next event overtakes'],
  },
  {
    what: 'a key for each event, and one card for all of them',
    connector: {
      ...planning((op) => ({ ...op, key: `${op.key}#${op.seq}` })),
      deliver: (op, ctx) => plain.deliver({ ...op, key: op.key.replace(/#\d+$/, '') }, ctx),
    },
    fires: ['delivery: whatever the order'],
  },
  {
    what: 'what is not there cannot be taken down',
    connector: delivering(({ status }, op) => (op.kind === 'drop' && status === 404 ? permanent : null)),
    fires: ['delivery: each event may be the first', 'answers: the card is gone already'],
  },
  {
    what: 'undo that puts it up again',
    connector: {
      undo: ({ key, seq }) => ({ key, seq, kind: 'card', body: { title: 'x', text: 'x', lane: 'todo' } }),
    },
    fires: ['delivery: what was made is taken back'],
  },

  {
    what: 'a code of its own',
    connector: delivering(({ status }) => (status === 404 ? permanent : null)),
    fires: ['answers: the wall is gone'],
  },
  {
    what: 'everybody waits',
    connector: delivering(({ status }) => (status === 429 ? { ...transient, slow: 'app' } : null)),
    fires: ['answers: a note and too many of them', 'answers: 429 with seconds', 'answers: 429 with a date'],
  },
  ...([400, 413, 422, 401] as const).map((status) => answering(status, transient)),
  answering(403, { ok: false, kind: 'unknown', code: 'x' }),
  ...([404, 409, 412] as const).map((status) => answering(status, 'throws')),
  ...([500, 502, 503, 504] as const).map((status) => answering(status, permanent)),
  {
    ...answering(429, permanent),
    fires: ['answers: 429 with nothing', 'answers: 429 with seconds', 'answers: 429 with a date'],
  },
  {
    what: 'a page is taken for success',
    connector: delivering(({ status }, _, text) =>
      status === 200 && text.startsWith('<!doctype') ? done : null,
    ),
    fires: ['answers: HTML with 200'],
  },
  {
    what: 'an empty answer is taken for success',
    connector: delivering(({ status }, _, text) => (status === 200 && text === '' ? done : null)),
    fires: ['answers: an empty body'],
  },
  {
    what: 'a cut body throws',
    connector: delivering((_, __, text) => {
      if (text !== '' && !text.startsWith('<')) JSON.parse(text);
      return null;
    }),
    fires: ['answers: a cut body'],
  },
  {
    what: 'a body that breaks off throws something else',
    connector: {
      deliver: (op, ctx) =>
        plain.deliver(op, ctx).catch((error: unknown) => {
          throw new TypeError('terminated', { cause: error });
        }),
    },
    fires: ['answers: a body that never ends'],
  },
  {
    what: 'it follows a redirect',
    connector: {
      deliver: (op, ctx) =>
        plain.deliver(op, {
          ...ctx,
          fetch: async (url, init) => {
            const answer = await ctx.fetch(url, init);
            const location = answer.headers.get('location');
            return location === null ? answer : ctx.fetch(location, init);
          },
        }),
    },
    fires: ['answers: a redirect'],
  },
  {
    what: 'two rows of one name',
    conformance: { answers: [...goodConformance.answers, ...goodConformance.answers] },
    fires: ['answers: every row'],
  },

  {
    what: 'verify takes nothing',
    connector: { verify: () => Promise.resolve({ ok: false, why: 'no' }) },
    fires: ['messages: what the vendor signed'],
  },
  {
    what: 'verify takes everything',
    connector: { verify: () => Promise.resolve({ ok: true }) },
    fires: [
      'messages: another secret',
      'messages: what is stale',
      'messages: a flipped byte',
      'messages: the same written anew',
      'messages: without any one header',
    ],
  },
  {
    what: 'verify that counts on a header',
    connector: {
      verify: (received, ...rest) => {
        received.headers.get('pinwall-signature')!.trim();
        return plain.verify!(received, ...rest);
      },
    },
    fires: ['messages: without any one header'],
  },
  {
    what: 'no answer to a challenge',
    connector: { receive: () => Promise.resolve(new Response(null, { status: 204 })) },
    fires: ['messages: is answered, and asks'],
  },
  {
    what: 'an intent that the manifest does not have',
    manifest: { inbound: { ...manifest.inbound, intents: [] } },
    fires: ['messages: is answered, and asks'],
  },
  {
    what: 'the same is done twice',
    connector: {
      receive: (received, hub) => plain.receive!(received, { ...hub, once: () => Promise.resolve(true) }),
    },
    fires: ['messages: the same twice'],
  },
  {
    what: 'it counts on a connection',
    connector: {
      receive: async (received, hub) => {
        await hub.own!.status();
        return plain.receive!(received, hub);
      },
    },
    fires: ['messages: is answered where nobody'],
  },

  {
    what: 'connected counts on a field',
    connector: {
      connected: ({ team }) => ({ account: { id: (team as { id: string }).id, label: '' }, facts: {} }),
    },
    fires: ['life: what connected tells'],
  },
  {
    what: 'setUp makes another one each time',
    connector: {
      setUp: async (ctx) => {
        const made = await ctx.fetch('https://api.pinwall.example/v1/walls', {
          method: 'POST',
          body: '{"name":"Bookings"}',
        });
        return { ok: true, facts: { wall: String((await readObject(made))?.['id']) } };
      },
    },
    fires: ['life: set up twice'],
  },
  {
    what: 'health takes two calls',
    connector: {
      health: async (ctx) => {
        await plain.health(ctx);
        return plain.health(ctx);
      },
    },
    fires: ['life: health: well'],
  },
  {
    what: 'health is always good',
    connector: {
      health: async (ctx) => {
        await ctx.fetch('https://api.pinwall.example/v1/me').catch(() => null);
        return { ok: true };
      },
    },
    fires: ['life: health: broken by', 'life: health: a scope is missing'],
  },
  {
    what: 'what cannot be read is absent',
    connector: {
      reconcile: async (op, ctx) => {
        const told = await plain.reconcile!(op, ctx);
        return told !== 'absent' && !told.ok ? 'absent' : told;
      },
    },
    fires: ['life: reconcile that cannot read'],
  },
  {
    what: 'no choices',
    connector: { choices: () => Promise.resolve({ ok: true, choices: [] }) },
    fires: ['life: choices: a form field'],
  },
  {
    what: 'choices out of nothing',
    connector: {
      choices: async (field, ctx) => {
        const told = await plain.choices!(field, ctx).catch(() => null);
        return told?.ok ? told : { ok: true, choices: [{ id: 'todo', label: 'To do' }] };
      },
    },
    fires: ['life: choices: a form field in trouble'],
  },
  {
    what: 'sync asks for what was long ago',
    connector: {
      sync: () =>
        Promise.resolve({
          intents: [{ kind: 'rfp.stage', key: 'x', subject: 'rfps/rfp_1', stage: 'won' }],
          cursor: 'c',
          hasMore: false,
        }),
    },
    fires: ['life: sync'],
  },
  {
    what: 'tearDown throws where nothing is left',
    connector: {
      tearDown: async (ctx) => {
        const answer = await ctx.fetch('https://api.pinwall.example/v1/hook', { method: 'DELETE' });
        if (!answer.ok) throw new Error('it is gone');
      },
    },
    fires: ['life: torn down'],
  },
  {
    what: 'something goes on by itself',
    connector: {
      deliver: async (op, ctx) => {
        const outcome = await plain.deliver(op, ctx);
        setTimeout(() => void plain.health(ctx).catch(() => null), 0);
        return outcome;
      },
    },
    fires: ['life: nothing is fetched'],
  },
  {
    what: 'the vendor’s own words are told, with what they repeat',
    connector: delivering(({ status }, _, text) =>
      status === 400 ? { ...permanent, fix: text.slice(0, 300) } : null,
    ),
    fires: ['life: no secret'],
  },
];

/** What is proved when nothing but this is broken. */
export function asBroken({ connector, manifest: over, conformance }: Broken): {
  connector: Connector;
  conformance: Conformance;
} {
  // Typed parts that are wrong on purpose: an undefined part is a part that is not there.
  const whole = { ...plain, ...connector, manifest: { ...manifest, ...over } } as Connector;
  return { connector: whole, conformance: { ...goodConformance, ...conformance } };
}

function planning(change: (op: Op) => Op): Partial<Connector> {
  return { plan: (...given) => plain.plan(...given).map(change) };
}

function counting(): (op: Op) => Op {
  const state = { count: 0 };
  return (op) => ({ ...op, body: { title: String((state.count += 1)) } });
}

/** Another outcome where the vendor's last answer is of this kind; null: as it was. */
function delivering(see: (answer: Response, op: Op, text: string) => Outcome | null): Partial<Connector> {
  return {
    deliver: async (op, ctx: ConnectorCtx) => {
      const seen: { answer: Response; text: string }[] = [];
      const outcome = await plain.deliver(op, {
        ...ctx,
        fetch: async (url, init) => {
          const answer = await ctx.fetch(url, init);
          seen.push({ answer, text: await answer.clone().text() });
          return answer;
        },
      });
      const last = seen.at(-1);
      return (last && see(last.answer, op, last.text)) ?? outcome;
    },
  };
}

function answering(status: number, outcome: Outcome | 'throws'): Broken {
  return {
    what: `${status} is made into ${outcome === 'throws' ? 'an error' : outcome.ok ? 'success' : outcome.kind}`,
    connector: delivering((answer) => {
      if (answer.status !== status) return null;
      if (outcome === 'throws') throw new Error(`HTTP ${status}`);
      return outcome;
    }),
    fires: [`answers: ${status} at any call`],
  };
}

const at = (data: Record<string, unknown>, name: string): Record<string, unknown> | undefined =>
  data[name] as Record<string, unknown> | undefined;
