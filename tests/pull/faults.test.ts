import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq, like } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import { start } from '../cli/spawn.ts';
import { eventFor, startTestHub } from '../harness/hub.ts';
import { until } from '../harness/sink.ts';
import { freePort } from '../services/free-port.ts';
import { askOf, send, signed } from './signed.ts';
import { newKey, stand, type Stand } from './stand.ts';

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

const publish = async ({ hub, publisher, account }: Pick<Stand, 'hub' | 'publisher' | 'account'>) =>
  (await hub.call('POST', '/v1/events', publisher, eventFor([account.id]))).body.id as string;

/** What the hub finds once the lease has run out and nobody has heard of the worker: nobody waits a minute for it here. */
async function endLeases({ hub }: Pick<Stand, 'hub'>): Promise<void> {
  const { deliveries, marks } = hub.hub.store.tables;
  await hub.hub.store.write((db) => [
    db
      .update(deliveries)
      .set({ dueAt: new Date(Date.now() - 1) })
      .where(eq(deliveries.state, 'leased')),
    db.delete(marks).where(like(marks.name, 'pull:%')),
  ]);
}

describe('a worker that dies', () => {
  test('loses nothing: its lease ends, and another sends the same webhook-id', async () => {
    const here = await stand(undo);
    const { hub, sink, keys } = here;
    await here.subscribe();
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-worker-'));
    undo.push(async () => rmSync(folder, { recursive: true, force: true }));
    const { child, seen, done } = start(folder, ['worker', '--hub', hub.origin], {
      PATCHBAY_WORKER_KEYS: keys,
      PATCHBAY_ALLOW_LOOPBACK: '1',
    });
    undo.push(async () => void child.kill('SIGKILL'));
    // The first attempt hangs: the worker is killed in the middle of it.
    sink.answer(() => {});
    const event = await publish(here);
    await until('it is on its way', () => sink.received.length === 1);
    child.kill('SIGKILL');
    await done;
    expect(seen.err).toBe('');
    expect((await here.deliveries())[0]?.state).toBe('leased');

    sink.answer((_, response) => void response.end('ok'));
    await endLeases(here);
    here.worker();
    await until('another has delivered it', async () => (await here.deliveries())[0]?.state === 'delivered');
    expect(sink.received.length).toBe(2);
    expect(new Set(sink.received.map((one) => one.headers['webhook-id'])).size).toBe(1);
    expect((JSON.parse(sink.received[1]!.body) as { id: string }).id).toBe(event);
  });

  test('told to stop, gives back what it has not begun, tells what it has done, and ends with 0', async () => {
    const here = await stand(undo);
    const { hub, sink, keys } = here;
    const { id } = await here.subscribe({ max_per_second: 1 });
    const { subscriptions, deliveries } = hub.hub.store.tables;
    await hub.hub.store.write((db) => [
      db.update(subscriptions).set({ provenAt: new Date() }).where(eq(subscriptions.id, id)),
    ]);
    const { child, done } = start('.', ['worker', '--hub', hub.origin], {
      PATCHBAY_WORKER_KEYS: keys,
      PATCHBAY_ALLOW_LOOPBACK: '1',
    });
    const answers: (() => void)[] = [];
    sink.answer((_, response) => void answers.push(() => response.end('ok')));
    for (let i = 0; i < 5; i++) await publish(here);
    await until('one is on its way and the others wait', async () => {
      const leased = await hub.hub.store.db.select().from(deliveries).where(eq(deliveries.state, 'leased'));
      return sink.received.length === 1 && leased.length === 5;
    });
    child.kill('SIGTERM');
    await until('what waited is back', async () => {
      const rows = await here.deliveries();
      return rows.filter(({ state, reason }) => state === 'pending' && reason === 'handed_back').length === 4;
    });
    answers[0]!();
    expect((await done).code).toBe(0);
    const rows = await here.deliveries();
    expect(rows.filter(({ state }) => state === 'delivered').length).toBe(1);
    expect(rows.every(({ tries, state }) => tries === (state === 'delivered' ? 1 : 0))).toBe(true);
    expect(sink.received.length).toBe(1);
  });

  test('frozen past its lease, writes nothing when it thaws: neither state nor attempt', async () => {
    const here = await stand(undo);
    const { hub, keys } = here;
    await here.subscribe();
    await publish(here);
    const path = '/internal/v1/leases';
    const [frozen, next] = [hub.hub.ids.newId('wrk'), hub.hub.ids.newId('wrk')];
    const asked = async (worker: string) => {
      const { body } = await send(hub.origin, path, signed(keys, path, askOf(worker, { waitMs: 5_000 })));
      return (body.deliveries as { deliveryId: string; leaseId: string; permit: string }[])[0]!;
    };
    const result = {
      kind: 'answered',
      status: 200,
      headers: {},
      body: 'ok',
      bodyBytes: 2,
      answerEnd: 'complete',
    };
    const settle = async (
      worker: string,
      { deliveryId, leaseId, permit }: Awaited<ReturnType<typeof asked>>,
    ) => {
      const outcome = {
        deliveryId,
        leaseId,
        permit,
        agoMs: 5,
        result: { ...result, durationMs: 4, address: null },
      };
      const call = { worker, outcomes: [outcome], isLeaving: true };
      return (await send(hub.origin, `${path}/settle`, signed(keys, `${path}/settle`, call))).body as unknown;
    };
    const first = await asked(frozen);
    await endLeases(here);
    await settle(frozen, { ...first, leaseId: 'wrk_another' });
    const second = await asked(next);
    expect(second.deliveryId).toBe(first.deliveryId);
    expect(second.leaseId).not.toBe(first.leaseId);

    expect(await settle(frozen, first)).toEqual({ settled: [], lost: [first.deliveryId] });
    const { attempts } = hub.hub.store.tables;
    expect(await hub.hub.store.db.select().from(attempts)).toEqual([]);
    expect((await here.deliveries())[0]).toMatchObject({
      state: 'leased',
      leaseId: second.leaseId,
      tries: 0,
    });
    const renew = { leases: [{ deliveryId: first.deliveryId, leaseId: first.leaseId }] };
    const renewed = await send(hub.origin, `${path}/renew`, signed(keys, `${path}/renew`, renew));
    expect(renewed.body.lost).toEqual([first.deliveryId]);

    expect(await settle(next, second)).toEqual({ settled: [second.deliveryId], lost: [] });
    // Told twice, it is written once.
    expect(await settle(next, second)).toEqual({ settled: [], lost: [second.deliveryId] });
    expect((await hub.hub.store.db.select().from(attempts)).length).toBe(1);
  });
});

describe('a hub that goes away', () => {
  test('is waited for: the worker says so once, and goes on when it is back', async () => {
    const port = String(await freePort());
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-test-'));
    undo.push(async () => rmSync(folder, { recursive: true, force: true }));
    const here = await stand(undo, { PORT: port, PATCHBAY_DATA: folder });
    const { sink, keys } = here;
    await here.subscribe();
    const worker = here.worker();
    await publish(here);
    await until('it delivers', () => sink.received.length === 1);
    await here.hub.stop();
    await until('it says so', () => worker.log.lines.some((line) => line.includes('hub.trouble')));
    const again = await startTestHub({
      PORT: port,
      PATCHBAY_DATA: folder,
      PATCHBAY_DELIVERY: 'pull',
      PATCHBAY_WORKER_KEYS: keys,
    });
    undo.push(() => again.stop());
    await publish({ ...here, hub: again });
    await until('it goes on', () => sink.received.length === 2);
    expect(worker.log.lines.filter((line) => line.includes('hub.trouble')).length).toBeLessThanOrEqual(4);
    expect(worker.log.lines.find((line) => line.includes('hub.trouble'))).toContain('does not answer at');
    expect(worker.log.lines.some((line) => line.includes('hub.back'))).toBe(true);
    await worker.stop();
  });

  test('what was answered meanwhile is told when it is back, and not sent again', async () => {
    const port = String(await freePort());
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-test-'));
    undo.push(async () => rmSync(folder, { recursive: true, force: true }));
    const here = await stand(undo, { PORT: port, PATCHBAY_DATA: folder });
    const { sink, keys } = here;
    await here.subscribe();
    const answers: (() => void)[] = [];
    sink.answer((_, response) => void answers.push(() => response.end('ok')));
    here.worker();
    await publish(here);
    await until('it is on its way', () => answers.length === 1);
    await here.hub.stop();
    answers[0]!();
    const again = await startTestHub({
      PORT: port,
      PATCHBAY_DATA: folder,
      PATCHBAY_DELIVERY: 'pull',
      PATCHBAY_WORKER_KEYS: keys,
    });
    undo.push(() => again.stop());
    const { deliveries } = again.hub.store.tables;
    await until(
      'it is told',
      async () => (await again.hub.store.db.select().from(deliveries))[0]?.state === 'delivered',
    );
    expect(sink.received.length).toBe(1);
  });
});

describe('what a worker says', () => {
  const words = async (over: Record<string, string>, hubEnvironment: Record<string, string> = {}) => {
    const here = await stand(undo, hubEnvironment);
    const worker = here.worker(over);
    const said = () => worker.log.lines.find((line) => line.includes('hub.trouble'));
    await until('it says what is wrong', () => said() !== undefined);
    return said()!;
  };

  test('of a wrong key, of a hub without pull, and of what is no hub', async () => {
    expect(await words({ PATCHBAY_WORKER_KEYS: `1:${newKey()}` })).toContain(
      'worker key 1 is another one here',
    );
    expect(await words({}, { PATCHBAY_DELIVERY: 'here' })).toContain('Set PATCHBAY_DELIVERY=pull');
    const port = await freePort();
    expect(await words({ PATCHBAY_HUB_URL: `http://127.0.0.1:${port}` })).toContain('ECONNREFUSED');
  });

  test('before it starts, where it was not told its hub or its key', async () => {
    const run = (environment: Record<string, string>) => start('.', ['worker'], environment).done;
    expect(await run({ PATCHBAY_WORKER_KEYS: `1:${newKey()}` })).toMatchObject({ code: 1, out: '' });
    expect((await run({ PATCHBAY_HUB_URL: 'https://hub.example' })).err).toContain(
      'PATCHBAY_WORKER_KEYS is not set',
    );
  });
});
