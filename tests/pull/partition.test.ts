import { connect, createServer, type Socket } from 'node:net';
import { eq } from 'drizzle-orm';
import { afterEach, expect, test } from 'vitest';
import { revoke } from '../../src/access/index.ts';
import { eventFor } from '../harness/hub.ts';
import { until } from '../harness/sink.ts';
import { freePort } from '../services/free-port.ts';
import { stand } from './stand.ts';

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

/** The network between worker and hub: it can be cut, and then swallows what is sent, as a dropped route does. */
async function startWire(to: number) {
  const port = await freePort();
  const sockets = new Set<Socket>();
  const state = { isCut: false };
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => void (state.isCut || into.write(chunk)));
      from.on('close', () => void (state.isCut || into.destroy()));
      from.on('error', () => {});
    }
  });
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  return {
    port,
    cut: () => {
      state.isCut = true;
    },
    mend: () => {
      state.isCut = false;
      for (const socket of sockets) socket.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(resolve);
      }),
  };
}

test('a worker that is cut off from the hub sends nothing after a second, and no revocation is missed', async () => {
  const here = await stand(undo);
  const { hub, account, publisher, sink } = here;
  const wire = await startWire(Number(new URL(hub.origin).port));
  undo.push(() => wire.close());
  const { id } = await here.subscribe({ max_per_second: 2 });
  const { subscriptions } = hub.hub.store.tables;
  await hub.hub.store.write((db) => [
    db.update(subscriptions).set({ provenAt: new Date() }).where(eq(subscriptions.id, id)),
  ]);
  for (let i = 0; i < 8; i++) await hub.call('POST', '/v1/events', publisher, eventFor([account.id]));
  const worker = here.worker({ PATCHBAY_HUB_URL: `http://127.0.0.1:${wire.port}` });
  await until('it has begun', () => sink.received.length >= 1);
  await until('it holds the rest', () => worker.stats().waiting > 3);

  wire.cut();
  const before = sink.received.length;
  await revoke(hub.hub, { level: 'grant', id: account.grantId ?? '', reason: 'test', actor: 'test' });
  await until('it has given up what waited', () => worker.stats().waiting === 0);
  wire.mend();
  await until('the hub has cancelled the rest', async () =>
    (await here.deliveries()).every(({ state }) => state === 'cancelled' || state === 'delivered'),
  );
  // Two a second may have gone in the second for which the last yes was good.
  expect(sink.received.length).toBeLessThanOrEqual(before + 3);
  expect((await here.deliveries()).filter(({ state }) => state === 'cancelled').length).toBeGreaterThan(2);
});
