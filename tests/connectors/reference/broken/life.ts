import { readObject } from '#kit';
import { plain, delivering, permanent, type Broken } from '../breaking.ts';

export const brokenInLife: readonly Broken[] = [
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
    what: 'reconcile that never looks, and never knows',
    connector: { reconcile: () => Promise.resolve({ ok: false, kind: 'unknown', code: 'no_idea' }) },
    fires: ['life: reconcile that can read'],
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
