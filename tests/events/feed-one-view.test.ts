import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPersonalToken } from '../../src/access/index.ts';
import { eventTypes, hiddenFields, readScopes, sampleEvent, type Scope } from '../../src/catalog/index.ts';
import { type Answer, eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

type Json = Answer['body'];

const entityPaths = {
  booking: 'bookings',
  rfp: 'rfps',
  deliverable: 'deliverables',
  review: 'reviews',
} as const;
const types = [...eventTypes.values()].filter(({ system }) => !system).map(({ type }) => type);

describe('one view', () => {
  let hub: TestHub;
  let sink: Sink;
  let publisher: string;
  beforeAll(async () => {
    hub = await startTestHub();
    sink = await startSink();
    publisher = await hub.service();
  });
  afterAll(async () => {
    await hub.stopAndForget();
    await sink.close();
  });

  test('webhook, feed, event and current state show the same, whatever the scopes, and nothing hidden [S2-77]', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.subarray([...readScopes], { minLength: 1 }),
        fc.constantFrom(...types),
        fc.integer({ min: 1, max: 10_000 }),
        async (scopes, type, seed) => {
          const shown = await show([...scopes, 'webhooks:manage'], type, seed);
          const known = eventTypes.get(type)!;
          const isRevealed = scopes.includes(known.scope);
          expect([shown.webhook, shown.feed, shown.event].map((one) => one !== null)).toEqual(
            Array(3).fill(isRevealed),
          );
          if (!isRevealed) return;
          const { subscription: _, ...webhook } = shown.webhook!;
          expect(shown.feed).toEqual(webhook);
          expect(shown.event).toEqual(webhook);
          if (known.entity) expect(shown.entity.data).toEqual(webhook['data']);
          const hidden = hiddenFields(
            type,
            webhook['schema_version'] as number,
            new Set<Scope>([...scopes, 'webhooks:manage']),
          );
          for (const path of hidden.keys())
            expect(valuesAt(webhook['data'], path.split('.')), path).toEqual([]);
        },
      ),
      { numRuns: 60, seed: 21 },
    );
  });

  type Body = Record<string, unknown>;
  type Shown = { webhook: Body | null; feed: Body | null; event: Body | null; entity: Json };

  async function show(scopes: string[], type: string, seed: number): Promise<Shown> {
    const { id } = await hub.account();
    const { token } = await createPersonalToken(hub.hub, 'test', {
      label: 'x',
      env: 'live',
      scopes,
      accountId: id,
    });
    const known = eventTypes.get(type)!;
    const isRevealed = scopes.includes(known.scope);
    const subscription = isRevealed
      ? await hub.call('POST', '/v1/subscriptions', token, {
          endpoint: { type: 'webhook', url: `${sink.origin}/${id}` },
          event_types: [type],
        })
      : null;
    if (subscription) expect(subscription.status).toBe(201);
    const event = eventFor([id], { type, data: sampleEvent(type, undefined, seed) });
    // An entity of its own each time: the same seed gives the same id again.
    if (known.entity) {
      const [kind] = String(event['data'][known.entity.idField]).split('_');
      event['data'][known.entity.idField] = `${kind}_${id.slice('acc_'.length)}`;
    }
    const published = await hub.call('POST', '/v1/events', publisher, event);
    expect(published.body.status).toBe('accepted');
    const arrived = () => sink.received.find(({ path }) => path === `/${id}`);
    if (isRevealed) await until('it arrives', () => arrived() !== undefined);
    const webhook = arrived();
    const feed = await hub.call('GET', `/v1/events?types=${type}`, token);
    const one = await hub.call('GET', `/v1/events/${published.body.id}`, token);
    const entity = known.entity
      ? (
          await hub.call(
            'GET',
            `/v1/${entityPaths[known.entity.kind]}/${String(event['data'][known.entity.idField])}`,
            token,
          )
        ).body
      : null;
    return {
      webhook: webhook ? (JSON.parse(webhook.body) as Body) : null,
      feed: feed.body.data[0] ?? null,
      event: one.status === 200 ? one.body : null,
      entity,
    };
  }
});

/** All that stands at a dotted path, through lists. */
function valuesAt(value: unknown, path: string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((entry) => valuesAt(entry, path));
  const [first, ...rest] = path;
  if (first === undefined) return value === undefined ? [] : [value];
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, first)) return [];
  return valuesAt((value as Record<string, unknown>)[first], rest);
}
