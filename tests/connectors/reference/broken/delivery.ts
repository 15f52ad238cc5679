import { type ConnectorCtx, NoAnswer } from '#kit';
import { plain, permanent, done, delivering, planning, type Broken } from '../breaking.ts';

export const brokenInDelivery: readonly Broken[] = [
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
    what: 'a card for each lane, and one key for all of them',
    connector: {
      deliver: (op, ctx) => plain.deliver({ ...op, key: `${laneOf(ctx)}/${op.key}` }, ctx),
    },
    fires: ['places: what another option sends'],
  },
  {
    what: 'a lane has a limit of its own, and one key for all of them',
    connector: {
      deliver: (op, ctx) =>
        plain.deliver(op, {
          ...ctx,
          fetch: (url, init) => ctx.fetch(url, { ...init, resource: laneOf(ctx) }),
        }),
    },
    fires: ['places: what another option sends'],
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
];

const laneOf = ({ options }: ConnectorCtx): string => (options as { lane: string }).lane;
