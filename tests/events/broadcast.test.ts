import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type JumpingClock, jumpingClock } from '../faults/jumping-clock.ts';
import { clusterEnvironment } from '../harness/cluster.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';
import { describeWith } from '../services/describe.ts';

describe('a broadcast, on SQLite', () => flows(async () => ({})));
await describeWith('postgres', 'a broadcast, on PostgreSQL', ({ url }) =>
  flows(() => clusterEnvironment(url)),
);

type Person = { id: string; token: string; grantId: string; subscription: string };
type Shown = {
  id: string;
  event: string;
  type: string;
  state: string;
  reason: string;
  next_attempt_at: string | null;
};
const hourMs = 3_600_000;

function flows(environment: () => Promise<Record<string, string>>): void {
  const on = {} as { hub: TestHub; sink: Sink; clock: JumpingClock; core: string };
  beforeAll(async () => {
    on.clock = jumpingClock();
    on.hub = await startTestHub(
      {
        ...(await environment()),
        PATCHBAY_BROADCASTS_PER_RECIPIENT_PER_HOUR: '2',
        PATCHBAY_EXPAND_CHUNK: '3',
      },
      { clock: on.clock },
    );
    on.sink = await startSink('127.0.0.1');
    on.core = await on.hub.service();
  });
  afterAll(async () => {
    await on.hub?.stopAndForget();
    await on.sink?.close();
  });

  const person = async (
    scopes = ['rfps:read', 'webhooks:manage'],
    wish: Record<string, unknown> = {},
  ): Promise<Person> => {
    const account = await on.hub.account(scopes);
    const made = await on.hub.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: `${on.sink.origin}/${account.id}` },
      event_types: ['*'],
      ...wish,
    });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    return { ...account, subscription: made.body.id };
  };
  const deliveries = async ({ token, subscription }: Person): Promise<Shown[]> =>
    (
      await on.hub.call('GET', `/v1/deliveries?limit=100&subscription=${subscription}`, token)
    ).body.data.toReversed();
  const statesOf = async (who: Person) =>
    (await deliveries(who)).map(({ state, reason }) => `${state} ${reason}`);
  const inStates = async (who: Person, wanted: string[]) => {
    await until(
      `${wanted.join()} of ${who.id}`,
      async () => String(await statesOf(who)) === String(wanted),
    ).catch(async () => expect(await statesOf(who)).toEqual(wanted));
    return deliveries(who);
  };
  /** One RFP; each call is an event of it. */
  const rfp = () => {
    const first = eventFor(['acc_none'], { type: 'rfp.broadcast' });
    const id: string = first['data'].rfp_id;
    return {
      id,
      say: async (
        type: string,
        audience: string[],
        over: Record<string, unknown> = {},
        data: Record<string, unknown> = {},
      ) => {
        const event = eventFor(audience, { type, subject: `rfps/${id}`, ...over });
        Object.assign(event['data'], { rfp_id: id, revision: 1 }, data);
        const answer = await on.hub.call('POST', '/v1/events', on.core, event);
        expect(answer.body, JSON.stringify(answer.body)).toMatchObject({ status: 'accepted' });
        return answer.body.id as string;
      },
    };
  };

  test('reaches who has consented, once for each revision, whatever is published again [S2-35]', async () => {
    const [yes, no] = [await person(), await person(['bookings:read', 'webhooks:manage'])];
    const one = rfp();
    await one.say('rfp.broadcast', [yes.id, no.id]);
    await inStates(yes, ['delivered delivered']);
    await one.say('rfp.broadcast', [yes.id, no.id]);
    const other = await person();
    const again = await one.say('rfp.broadcast', [other.id, yes.id]);
    await inStates(other, ['delivered delivered']);
    const trace = await on.hub.call('GET', `/v1/events/${again}/trace`, yes.token);
    expect(trace.body.subscriptions).toMatchObject([{ verdict: 'not_sent', code: 'already_broadcast' }]);
    expect(await statesOf(yes)).toEqual(['delivered delivered']);
    await one.say('rfp.broadcast', [yes.id], {}, { revision: 2 });
    await inStates(yes, ['delivered delivered', 'delivered delivered']);
    expect(await deliveries(no)).toEqual([]);
  });

  test('past an account’s cap it waits, and none is lost; the next account has a cap of its own [S2-35]', async () => {
    const [busy, calm] = [await person(), await person()];
    for (let i = 0; i < 4; i += 1) await rfp().say('rfp.broadcast', i === 0 ? [busy.id, calm.id] : [busy.id]);
    const waiting = ['pending recipient_cap', 'pending recipient_cap'];
    const rows = await inStates(busy, ['delivered delivered', 'delivered delivered', ...waiting]);
    await inStates(calm, ['delivered delivered']);
    const [third, fourth] = rows.slice(2).map(({ next_attempt_at }) => Date.parse(next_attempt_at ?? ''));
    expect(fourth! - third!).toBe(hourMs / 2);
    expect(third).toBeGreaterThan(on.clock.ms() + hourMs / 4);
    const why = await on.hub.call('GET', `/v1/deliveries/${rows[2]!.id}`, busy.token);
    expect(JSON.stringify(why.body)).toContain('as many RFPs as it gets in an hour');
    on.clock.jump(2 * hourMs);
    await inStates(
      busy,
      Array.from({ length: 4 }, () => 'delivered delivered'),
    );
  });

  test('of its own RFP the buyer hears whatever its cap is', async () => {
    const buyer = await person();
    for (let i = 0; i < 3; i += 1)
      await rfp().say('rfp.broadcast', [buyer.id], {}, { buyer: { account_id: buyer.id, kind: 'brand' } });
    const rows = await inStates(
      buyer,
      Array.from({ length: 3 }, () => 'delivered delivered'),
    );
    expect(new Set(rows.map(({ event }) => event)).size).toBe(3);
  });

  test('what has not left when it is withdrawn does not leave; who has a copy hears of the withdrawal [S2-35]', async () => {
    const [got, waits, paused] = [await person(), await person(), await person()];
    for (let i = 0; i < 2; i += 1) await rfp().say('rfp.broadcast', [waits.id]);
    await inStates(waits, ['delivered delivered', 'delivered delivered']);
    expect(
      (await on.hub.call('POST', `/v1/subscriptions/${paused.subscription}/pause`, paused.token)).status,
    ).toBe(200);
    const one = rfp();
    await one.say('rfp.broadcast', [got.id, waits.id, paused.id]);
    await inStates(got, ['delivered delivered']);
    await inStates(waits, ['delivered delivered', 'delivered delivered', 'pending recipient_cap']);
    await until('it is held', async () => (await deliveries(paused)).length === 1);
    await one.say('rfp.withdrawn', [got.id, waits.id]);
    await inStates(waits, [
      'delivered delivered',
      'delivered delivered',
      'cancelled rfp_withdrawn',
      'delivered delivered',
    ]);
    await inStates(paused, ['cancelled rfp_withdrawn']);
    await inStates(got, ['delivered delivered', 'delivered delivered']);
    on.clock.jump(2 * hourMs);
    await inStates(paused, ['cancelled rfp_withdrawn']);
    const bodies = on.sink.received.filter(({ path }) => path === `/${waits.id}`).map(({ body }) => body);
    expect(bodies.filter((body) => body.includes(one.id) && body.includes('"rfp.broadcast"'))).toEqual([]);
  });

  test('that waits in a lane when it is withdrawn does not leave either [S2-35]', async () => {
    const slow = await person(undefined, { max_per_second: 1 });
    const [first, second] = [rfp(), rfp()];
    await first.say('rfp.broadcast', [slow.id]);
    await inStates(slow, ['delivered delivered']);
    // One a second: these go before it.
    for (let i = 0; i < 4; i += 1)
      expect(
        (await on.hub.call('POST', `/v1/subscriptions/${slow.subscription}/test`, slow.token)).status,
      ).toBe(202);
    await second.say('rfp.broadcast', [slow.id]);
    await until('it has been leased', async () =>
      (await deliveries(slow)).some(({ type, state }) => type === 'rfp.broadcast' && state === 'leased'),
    );
    await second.say('rfp.withdrawn', [(await on.hub.account()).id]);
    await until('nothing waits', async () =>
      (await statesOf(slow)).every((one) => /^(?:delivered|cancelled)/.test(one)),
    );
    expect((await statesOf(slow)).filter((one) => one === 'cancelled rfp_withdrawn')).toHaveLength(1);
    expect(on.sink.received.filter(({ body }) => body.includes(second.id))).toEqual([]);
  });

  test('that is accepted late, after the withdrawal, does not leave; one of a new revision does [S2-35]', async () => {
    const [late, again] = [await person(), await person()];
    const one = rfp();
    const event = eventFor([late.id], { type: 'rfp.broadcast', subject: `rfps/${one.id}` });
    Object.assign(event['data'], { rfp_id: one.id, revision: 1 });
    const broken = { ...event, data: { ...event['data'], title: 7 } };
    const { body } = await on.hub.call('POST', '/v1/events', on.core, broken);
    expect(body.status).toBe('quarantined');
    await one.say('rfp.withdrawn', [again.id]);
    await inStates(again, ['delivered delivered']);
    const mended = { data: event['data'] };
    const redriven = await on.hub.call('POST', `/v1/quarantine/${body.id}/redrive`, on.core, mended);
    expect(redriven.status, JSON.stringify(redriven.body)).toBe(200);
    const { tasks } = on.hub.hub.store.tables;
    await until('every task is done', async () =>
      (await on.hub.hub.store.db.select().from(tasks)).every(({ state }) => state === 'done'),
    );
    await one.say('rfp.broadcast', [again.id], {}, { revision: 2 });
    await inStates(again, ['delivered delivered', 'delivered delivered']);
    expect(await deliveries(late)).toEqual([]);
  });

  test('goes to whom the marketplace’s floor lets it, in chunks; to nobody else by any way, and tells nobody who is new [S1-12]', async () => {
    const sellers = await Promise.all(Array.from({ length: 8 }, () => person()));
    const candidates = sellers.map(({ id }) => id);
    const new_sellers = candidates.slice(5);
    const buyer = await person();
    const id = await rfp().say('rfp.broadcast', [buyer.id], {
      exposure: { candidates, new_sellers, floor: 0.4, limit: 5 },
    });
    const chosen = [5, 0, 6, 1, 2].map((i) => sellers[i]!);
    for (const one of [buyer, ...chosen]) await inStates(one, ['delivered delivered']);
    for (const one of sellers.filter((seller) => !chosen.includes(seller))) {
      expect(await deliveries(one)).toEqual([]);
      expect((await on.hub.call('GET', '/v1/events', one.token)).body.data).toEqual([]);
      expect((await on.hub.call('GET', `/v1/events/${id}`, one.token)).status).toBe(404);
    }
    // Who joins later is not of it: the audience is what it was.
    const joined = await on.hub.call('POST', '/v1/subscriptions', sellers[7]!.token, {
      endpoint: { type: 'webhook', url: `${on.sink.origin}/late` },
      event_types: ['rfp.*'],
    });
    expect(joined.status).toBe(201);
    expect(on.sink.received.filter(({ path }) => path === '/late')).toEqual([]);
    for (const { body } of on.sink.received) expect(body).not.toMatch(/new_sellers|exposure|floor/);
  });

  test.each([
    [{ candidates: ['acc_1'], new_sellers: [], floor: 2 }, '/exposure/floor'],
    [{ candidates: [], new_sellers: [], floor: 0 }, '/exposure/candidates'],
    [{ candidates: ['acc_1'], new_sellers: [], floor: 0, price: 1 }, '/exposure/price'],
  ])('refuses an exposure that says nothing: %j', async (exposure, pointer) => {
    const event = eventFor(['acc_1'], { type: 'rfp.broadcast', exposure });
    const answer = await on.hub.call('POST', '/v1/events', on.core, event);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  });

  test('refuses an exposure of anything else', async () => {
    const exposure = { candidates: ['acc_1'], new_sellers: [], floor: 0 };
    const answer = await on.hub.call('POST', '/v1/events', on.core, eventFor(['acc_1'], { exposure }));
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/exposure' }] } });
  });
}
