import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RevocationRow, revoke } from '../../src/access/index.ts';
import { findReceipt, listReceipts } from '../../src/revocations/index.ts';
import { eventFor, startTestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

const state = {} as { folder: string; sink: Sink };
beforeEach(async () => {
  state.folder = mkdtempSync(join(tmpdir(), 'patchbay-receipt-'));
  state.sink = await startSink();
});
afterEach(async () => {
  await state.sink.close();
  rmSync(state.folder, { recursive: true, force: true });
});

const start = () =>
  startTestHub({
    PATCHBAY_DATA: state.folder,
    PATCHBAY_ATTEMPT_DEADLINE_MS: '1500',
    PATCHBAY_LEASE_MS: '3000',
  });

test('a receipt that was still filling when the hub stopped completes after it starts again, and counts once', async () => {
  const first = await start();
  const account = await first.account();
  const open: (() => void)[] = [];
  state.sink.answer((_, response) => void open.push(() => response.end('ok')));
  await first.call('POST', '/v1/subscriptions', account.token, {
    endpoint: { type: 'webhook', url: state.sink.origin },
    event_types: ['booking.*'],
  });
  const events = Array.from({ length: 30 }, () => eventFor([account.id]));
  await first.call('POST', '/v1/events', await first.service(), { events });
  await until('one is on its way', () => open.length === 1);
  const { id } = await revoke(first.hub, {
    level: 'account',
    id: account.id,
    reason: 'abuse',
    actor: 'test',
  });
  // What is on its way keeps the receipt open.
  expect((await findReceipt(first.hub, id)).completed_at).toBeNull();
  const stopping = first.stop();
  state.sink.answer((_, response) => void response.end('ok'));
  for (const answer of open) answer();
  await stopping;

  const second = await start();
  const receipt = () => findReceipt(second.hub, id);
  await until('the receipt is complete', async () => (await receipt()).completed_at !== null);
  const { deliveries } = second.hub.store.tables;
  const rows = await second.hub.store.db.select().from(deliveries);
  const done = await receipt();
  expect(rows.filter((row) => row.state === 'cancelled')).toHaveLength(done.cancelled);
  expect(rows.every((row) => row.state === 'cancelled' || row.state === 'delivered')).toBe(true);
  expect(done).toMatchObject({ stopped: { tokens: 1, grants: 1, subscriptions: 1 } });
  expect(state.sink.received.length).toBeLessThan(3);
  await second.stop();
});

test('a receipt from before anything was counted is shown with what it has', async () => {
  const hub = await start();
  const { revocations } = hub.hub.store.tables;
  const id = hub.hub.ids.newId('rvk');
  const old: Partial<RevocationRow> & Pick<RevocationRow, 'id'> = { id };
  await hub.hub.store.write((db) => [
    db.insert(revocations).values({
      ...old,
      level: 'user',
      subjectId: 'usr_x',
      reason: 'odd traffic',
      actor: 'cli',
      createdAt: hub.hub.clock.now(),
      cancelled: 4,
    }),
  ]);
  expect((await listReceipts(hub.hub, { limit: 10 })).data).toMatchObject([
    { id, cancelled: 4, effect_ms: null, stopped: { tokens: null, grants: null, subscriptions: null } },
  ]);
  await hub.stop();
});
