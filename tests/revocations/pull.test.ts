import { afterEach, expect, test } from 'vitest';
import { revoke } from '../../src/access/index.ts';
import { until } from '../harness/sink.ts';
import { stand } from '../pull/stand.ts';
import { appToken, partnerApp } from '../subscriptions/partner-app.ts';

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

test('a worker elsewhere delivers the notice of an end, though the grant that it is sent under is dead', async () => {
  const here = await stand(undo);
  const { hub, sink, account } = here;
  const app = await partnerApp(hub);
  const { grantId } = await appToken(hub, app, account.id, ['bookings:read']);
  const own = await appToken(hub, app, null, ['webhooks:manage']);
  const made = await hub.call('POST', '/v1/subscriptions', own.token, {
    owner: 'app',
    endpoint: { type: 'webhook', url: `${sink.origin}/notices` },
    event_types: ['grant.revoked'],
  });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  here.worker();
  await revoke(hub.hub, { level: 'grant', id: grantId ?? '', reason: 'leaked', actor: 'test' });
  await until('it arrives', () => sink.received.length === 1);
  expect(JSON.parse(sink.received[0]!.body)).toMatchObject({
    type: 'grant.revoked',
    data: { grant_id: grantId, reason: 'leaked' },
  });
  await until('it is settled', async () => {
    const rows = await hub.hub.store.db.select().from(hub.hub.store.tables.deliveries);
    return rows.every(({ state }) => state === 'delivered');
  });
});
