/** Outbound booking webhooks as a receiver lives them: signed, again after a failure, in order, in measure, through rotations. */
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPersonalToken } from '../../src/access/index.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Received, type Sink, startSink, until } from '../harness/sink.ts';

type Account = Awaited<ReturnType<TestHub['account']>>;

describe('booking webhooks', () => {
  let hub: TestHub;
  let sink: Sink;
  let publisher: string;
  let count = 0;
  beforeAll(async () => {
    hub = await startTestHub();
    sink = await startSink();
    publisher = await hub.service();
  });
  afterAll(async () => {
    await hub.stopAndForget();
    await sink.close();
  });

  const subscribe = async ({ token }: Account, over: Record<string, unknown> = {}) => {
    const path = `/b${(count += 1)}`;
    const made = await hub.call('POST', '/v1/subscriptions', token, {
      endpoint: { type: 'webhook', url: sink.origin + path },
      event_types: ['booking.*'],
      ...over,
    });
    expect(made.status).toBe(201);
    const id = made.body.id as string;
    const got = () => sink.received.filter((one) => one.path === path);
    return { id, path, got, secret: made.body.secret as string };
  };
  const publish = async (me: Account, subject: string): Promise<string> => {
    const { body } = await hub.call('POST', '/v1/events', publisher, eventFor([me.id], { subject }));
    expect(body).toMatchObject({ status: 'accepted' });
    return body.id as string;
  };
  const verified = (secret: string, { body, headers }: Received) =>
    new Webhook(secret).verify(body, headers as Record<string, string>) as { id: string; sequence: number };
  /** A first success, after which the endpoint has its own rate. */
  const proven = async (me: Account, { got, id }: { got(): Received[]; id: string }) => {
    await publish(me, 'bookings/bkg_first');
    await until('the endpoint is proven', async () => {
      const { body } = await hub.call('GET', `/v1/subscriptions/${id}`, me.token);
      return body.proven_at !== null && got().length > 0;
    });
  };

  test('are signed, come again under the same webhook-id after a failure, and keep the order of a booking [S2-31]', async () => {
    const me = await hub.account();
    const one = await subscribe(me, { ordering: 'subject' });
    await proven(me, one);
    sink.answer(({ path }, response) => {
      const isFirst = path === one.path && one.got().length === 2;
      response.writeHead(isFirst ? 503 : 204).end();
    });
    const ids = [];
    for (let i = 0; i < 3; i++) ids.push(await publish(me, 'bookings/bkg_1'));
    await until('all three arrived', () => one.got().length >= 5);
    sink.answer((_, response) => void response.end('ok'));

    const after = one.got().slice(1);
    const seen = after.map((received) => verified(one.secret, received));
    expect(seen.map(({ id }) => id)).toEqual([ids[0], ...ids]);
    expect(seen.map(({ sequence }) => sequence)).toEqual([1, 1, 2, 3]);
    const names = after.map(({ headers }) => headers['webhook-id']);
    expect(names[1]).toBe(names[0]);
    expect(new Set(names).size).toBe(3);
  });

  test("a burst far above an endpoint's rate waits its turn, and none is lost [S2-49]", async () => {
    const me = await hub.account();
    const one = await subscribe(me, { max_per_second: 50 });
    await proven(me, one);
    const events = Array.from({ length: 150 }, (_, i) => eventFor([me.id], { subject: `bookings/bkg_${i}` }));
    const answer = await hub.call('POST', '/v1/events', publisher, { events });
    const accepted = (answer.body.results as { id: string; status: string }[]).map(({ id, status }) => {
      expect(status).toBe('accepted');
      return id;
    });
    await until('all are here', () => one.got().length >= 151);
    const burst = one.got().slice(1);
    expect(new Set(burst.map((received) => verified(one.secret, received).id))).toEqual(new Set(accepted));
    // A lower bound only: how slow a machine may be is not told. Without the rate they are here in a blink.
    expect((burst.at(-1)?.at ?? 0) - (burst[0]?.at ?? 0)).toBeGreaterThan(1_500);
    const { body } = await hub.call('GET', `/v1/deliveries?subscription=${one.id}&limit=100`, me.token);
    const tries = (body.data as { attempt_count: number }[]).map(({ attempt_count }) => attempt_count);
    // Waiting spends no try.
    expect(new Set(tries)).toEqual(new Set([1]));
  });

  test('while a secret and then the token are rotated nothing is lost, and the old ones die after their grace [S2-78]', async () => {
    const me = await hub.account(['bookings:read', 'webhooks:manage', 'tokens:manage']);
    const one = await subscribe(me);
    await proven(me, one);
    const rotated = await hub.call('POST', `/v1/subscriptions/${one.id}/secret/rotate`, me.token, {
      overlap_seconds: 1,
    });
    const fresh = rotated.body.secret as string;
    const during = await publish(me, 'bookings/bkg_during');
    await until('it came in the overlap', () => one.got().length === 2);
    const ended = Date.parse(rotated.body.old_secrets_until as string);
    await until('the overlap has ended', () => Date.now() > ended);

    const next = await createPersonalToken(hub.hub, 'test', {
      label: 'next',
      env: 'live',
      scopes: ['bookings:read', 'webhooks:manage'],
      accountId: me.id,
    });
    expect((await hub.call('DELETE', `/v1/tokens/${me.tokenId}?reason=rotated`, me.token)).status).toBe(202);
    expect((await hub.call('GET', '/v1/me', me.token)).status).toBe(401);
    const after = await publish(me, 'bookings/bkg_after');
    await until('it came after both', () => one.got().length === 3);

    const [, second, third] = one.got();
    if (!second || !third) throw new Error('there are three');
    expect([verified(one.secret, second).id, verified(fresh, second).id]).toEqual([during, during]);
    expect(verified(fresh, third).id).toBe(after);
    expect(() => verified(one.secret, third)).toThrow();
    expect((await hub.call('GET', `/v1/subscriptions/${one.id}`, next.token)).status).toBe(200);
  });
});
