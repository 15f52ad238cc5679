import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scopeNames, scopes } from '#src/catalog';
import { describeApi } from '../../src/describe.ts';
import { startTestHub, type TestHub } from '../harness/hub.ts';

type Operation = { method: string; path: string };

/** What writes and is neither staff's nor the marketplace's own: all that a caller from outside can change. */
const open: Operation[] = Object.entries(
  describeApi('http://127.0.0.1').paths as Record<string, Record<string, { security?: object[] }>>,
).flatMap(([path, operations]) =>
  Object.keys(operations)
    .filter((method) => !['get', 'head', 'parameters'].includes(method))
    .filter(() => path.startsWith('/v1/'))
    .map((method) => ({ method: method.toUpperCase(), path })),
);
const ofAccounts = scopeNames.filter((name) => !scopes[name].serviceOnly);

describe('what comes in from outside', () => {
  const on = {} as { hub: TestHub };
  beforeAll(async () => void (on.hub = await startTestHub({ PATCHBAY_TOKEN_UNITS_PER_MINUTE: '2500' })));
  afterAll(() => on.hub.stopAndForget());
  const marketplace = async () => {
    const { db, tables } = on.hub.hub.store;
    const [events, entities] = [
      await db.select().from(tables.events),
      await db.select().from(tables.entities),
    ];
    return { events: events.length, entities: entities.length };
  };

  test('changes nothing of the marketplace and breaks nothing, whatever is sent to whatever writes; past the cap it is 429 [S2-36]', async () => {
    const { token } = await on.hub.account([...ofAccounts]);
    expect(open.length).toBeGreaterThan(15);
    const call = fc.record({
      at: fc.nat(open.length - 1),
      body: fc.jsonValue({ maxDepth: 3 }),
      id: fc.string(),
    });
    await fc.assert(
      fc.asyncProperty(call, async ({ at, body, id }) => {
        const { method, path } = open[at]!;
        const target = path.replaceAll(/\{\w+\}/g, encodeURIComponent(id || 'x'));
        const { status } = await on.hub.call(method, target, token, body);
        expect(status, `${method} ${target}`).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
    expect(await marketplace()).toEqual({ events: 0, entities: 0 });
    const flood = await Promise.all(
      Array.from({ length: 600 }, () => on.hub.call('POST', '/v1/subscriptions', token, {})),
    );
    expect(new Set(flood.map(({ status }) => status))).toEqual(new Set([422, 429]));
  });
});
