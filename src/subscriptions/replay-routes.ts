import * as z from 'zod';
import { idPattern } from '#src/columns';
import { type Door, mount } from '#src/wire';
import { countMissing } from './count-missing.ts';
import { findReplay, replay } from './replay.ts';
import { shownReplay } from './replay-shape.ts';
import { replaySpec } from './spec.ts';
import { stopReplay } from './stop-replay.ts';

const path = '/v1/subscriptions/{id}';
const id = z.string().regex(idPattern('sub'));
const params = z.strictObject({ id });
const shared = { tag: 'Subscriptions', scope: 'webhooks:manage' } as const;

export function replayRoutes(door: Door): void {
  mount(
    door,
    {
      ...shared,
      method: 'post',
      path: `${path}/replay`,
      id: 'replaySubscription',
      summary: 'Send again what failed, is missing, or all',
      description:
        'By when events were accepted; 30 days at most. A delivery that is sent again keeps its `webhook-id`.',
      params,
      body: replaySpec,
      answers: { 202: { description: 'Under way.', schema: shownReplay } },
      errors: ['state_conflict', 'forbidden'],
    },
    async ({ ctx, params: { id: one }, body }) => {
      const started = await replay(ctx, one, body);
      const location = `/v1/subscriptions/${one}/replays/${started.id}`;
      return { status: 202, body: started, headers: { location } };
    },
  );
  mount(
    door,
    {
      ...shared,
      method: 'get',
      path: `${path}/missing`,
      id: 'countMissing',
      summary: 'Count what a replay of what is missing would bring',
      params,
      query: replaySpec.pick({ since: true }),
      answers: {
        200: {
          description:
            'Of the newest 4,000 events of its types, and of an app’s first 100 grants; `is_more` where that is not all.',
          schema: z.strictObject({
            events: z.int(),
            subjects: z.int().meta({ description: 'How many things they are about.' }),
            there: z.int().meta({ description: 'Events of the span that have their delivery.' }),
            is_more: z.boolean(),
          }),
        },
      },
      errors: ['forbidden'],
    },
    async ({ ctx, params: { id: one }, query }) => {
      const [count] = await countMissing(ctx, one, [Date.parse(query.since)]);
      const { isMore = false, ...counts } = count ?? { events: 0, subjects: 0, there: 0 };
      return { status: 200, body: { ...counts, is_more: isMore } };
    },
  );
  mount(
    door,
    {
      ...shared,
      method: 'get',
      path: `${path}/replays/{task}`,
      id: 'getReplay',
      summary: 'How far a replay is',
      params: z.strictObject({ id, task: z.string().regex(idPattern('rpl')) }),
      answers: { 200: { description: 'Its state.', schema: shownReplay } },
      errors: ['forbidden'],
    },
    async ({ ctx, params: { id: one, task } }) => ({ status: 200, body: await findReplay(ctx, one, task) }),
  );
  mount(
    door,
    {
      ...shared,
      method: 'post',
      path: `${path}/replays/{task}/stop`,
      id: 'stopReplay',
      summary: 'Stop a replay of what is missing',
      description:
        'What it made and was not tried yet is taken out again; another replay finds it missing as before.',
      params: z.strictObject({ id, task: z.string().regex(idPattern('rpl')) }),
      answers: { 200: { description: 'As it is now.', schema: shownReplay } },
      errors: ['state_conflict', 'forbidden'],
    },
    async ({ ctx, params: { id: one, task } }) => ({ status: 200, body: await stopReplay(ctx, one, task) }),
  );
}
