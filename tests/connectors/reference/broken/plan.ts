import { plain, planning, counting, at, type Broken } from '../breaking.ts';

export const brokenInPlan: readonly Broken[] = [
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
];
