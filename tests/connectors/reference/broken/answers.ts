import { plain, transient, permanent, delivering, answering, done, type Broken } from '../breaking.ts';
import { conformance as goodConformance } from '../conformance.ts';

export const brokenInAnswers: readonly Broken[] = [
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
];
