import { eq } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import { revoke, suspend, unsuspend } from '../../src/access/index.ts';
import { eventFor } from '../harness/hub.ts';
import { until } from '../harness/sink.ts';
import { askOf, send, signed } from './signed.ts';
import { stand, type Stand } from './stand.ts';

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

/** Six deliveries of which a worker holds the leases: one a second may go, the first has gone. */
async function holding(): Promise<
  Stand & { subscription: string; stopped: (state: string) => Promise<number> }
> {
  const here = await stand(undo);
  const { hub, account, publisher, sink } = here;
  const { id } = await here.subscribe({ max_per_second: 1 });
  const { subscriptions } = hub.hub.store.tables;
  await hub.hub.store.write((db) => [
    db.update(subscriptions).set({ provenAt: new Date() }).where(eq(subscriptions.id, id)),
  ]);
  for (let i = 0; i < 6; i++) await hub.call('POST', '/v1/events', publisher, eventFor([account.id]));
  here.worker();
  await until('the first came', () => sink.received.length === 1);
  const stopped = async (state: string) =>
    (await here.deliveries()).filter((row) => row.state === state).length;
  await until(
    'the rest is leased',
    async () => (await stopped('leased')) + (await stopped('delivered')) === 6,
  );
  return { ...here, subscription: id, stopped };
}

describe('what is leased and has not left', () => {
  test('is not sent once its grant is revoked, and is cancelled without waiting for its lease to end', async () => {
    const { hub, account, sink, stopped } = await holding();
    await revoke(hub.hub, { level: 'grant', id: account.grantId ?? '', reason: 'test', actor: 'test' });
    const arrived = sink.received.length;
    await until(
      'all that waited is cancelled',
      async () => (await stopped('cancelled')) + (await stopped('delivered')) === 6,
    );
    const after = sink.received.length;
    // More than a second, after which a worker that had not heard of it would send the next.
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(sink.received.length).toBe(after);
    expect(after).toBeLessThanOrEqual(arrived + 1);
  });

  test('is held while its subscription is paused, and goes on with its resumption', async () => {
    const { hub, account, sink, subscription, stopped } = await holding();
    await hub.call('POST', `/v1/subscriptions/${subscription}/pause`, account.token);
    await until(
      'all that waited is held',
      async () => (await stopped('held')) + (await stopped('delivered')) === 6,
    );
    expect(await stopped('held')).toBeGreaterThan(0);
    await hub.call('POST', `/v1/subscriptions/${subscription}/resume`, account.token);
    await until('all came', async () => (await stopped('delivered')) === 6);
    expect(new Set(sink.received.map((one) => one.headers['webhook-id'])).size).toBe(6);
  });

  test('is held while its account is suspended', async () => {
    const { hub, account, stopped } = await holding();
    await suspend(hub.hub, { level: 'account', id: account.id, reason: 'test', actor: 'test' });
    await until(
      'all that waited is held',
      async () => (await stopped('held')) + (await stopped('delivered')) === 6,
    );
    expect(await stopped('held')).toBeGreaterThan(0);
    await unsuspend(hub.hub, { level: 'account', id: account.id, actor: 'test' });
    await until('all came', async () => (await stopped('delivered')) === 6);
  });

  test('is cancelled with its subscription', async () => {
    const { hub, account, subscription, stopped } = await holding();
    await hub.call('DELETE', `/v1/subscriptions/${subscription}`, account.token);
    await until(
      'the rest is cancelled',
      async () => (await stopped('cancelled')) + (await stopped('delivered')) === 6,
    );
    expect(await stopped('cancelled')).toBeGreaterThan(0);
  });

  test('is prepared anew where its address has changed', async () => {
    const { hub, account, sink, subscription, stopped } = await holding();
    const { body, headers } = await hub.call('GET', `/v1/subscriptions/${subscription}`, account.token);
    const changed = await hub.call(
      'PATCH',
      `/v1/subscriptions/${subscription}`,
      account.token,
      { endpoint: { type: 'webhook', url: `${sink.origin}/moved` } },
      { 'if-match': headers.get('etag') ?? '' },
    );
    expect(body.id).toBe(subscription);
    expect(changed.status).toBe(200);
    const before = sink.received.length;
    await until('all came', async () => (await stopped('delivered')) === 6);
    expect(sink.received.slice(before + 1).every(({ path }) => path === '/moved')).toBe(true);
  });
});

describe('the hub’s word on what may still be sent', () => {
  test('comes at once when something is withdrawn, and after the asked time when nothing is', async () => {
    const here = await stand(undo);
    const { hub, keys, account, publisher } = here;
    await here.subscribe();
    await hub.call('POST', '/v1/events', publisher, eventFor([account.id]));
    const worker = hub.hub.ids.newId('wrk');
    const ask = '/internal/v1/leases';
    const { body } = await send(hub.origin, ask, signed(keys, ask, askOf(worker, { waitMs: 5_000 })));
    const [{ permit }] = body.deliveries as [{ permit: string }];
    const path = `${ask}/withdrawn`;
    const asked = (waitMs: number) =>
      send(hub.origin, path, signed(keys, path, { permits: [permit], waitMs }));
    const standing = await asked(0);
    expect(standing.body).toMatchObject({ withdrawn: [] });

    const waiting = asked(5_000);
    await revoke(hub.hub, { level: 'grant', id: account.grantId ?? '', reason: 'test', actor: 'test' });
    const answer = await waiting;
    expect(answer.body.withdrawn).toEqual([permit]);
    // It was seen in the wait, not at its end.
    expect(answer.body.asOfMs).toBeLessThan(4_000);
  });

  test('tells a worker neither scopes nor secrets nor tokens', async () => {
    const here = await stand(undo);
    const { hub, keys, account, publisher } = here;
    const { secret } = await here.subscribe();
    await hub.call('POST', '/v1/events', publisher, eventFor([account.id]));
    const path = '/internal/v1/leases';
    const { body } = await send(
      hub.origin,
      path,
      signed(keys, path, askOf(hub.hub.ids.newId('wrk'), { waitMs: 5_000 })),
    );
    expect(body.deliveries.length).toBe(1);
    const text = JSON.stringify(body);
    for (const kept of [secret, secret.slice(6), account.token, 'bookings:read', 'pbt_'])
      expect(text).not.toContain(kept);
    expect(Object.keys(body.deliveries[0] as object).sort()).toEqual(
      ['deliveryId', 'isCritical', 'isOrdered', 'lane', 'leaseId', 'leaseMs', 'permit', 'request'].sort(),
    );
  });
});
