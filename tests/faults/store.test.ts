import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isNotNull, sql } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import type { Lent } from '../../src/node.ts';
import { type Answer, eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';
import { jumpingClock } from './jumping-clock.ts';

/** The store refuses writes under a running hub. What is answered must be true, and nothing may need a restart. */
describe('a store that cannot be written', () => {
  const undo: (() => unknown)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  });

  test.skipIf(!mayMount())(
    'a disk that fills up: 503 and nothing accepted; with space again, all that was accepted arrives',
    { timeout: 120_000 },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'patchbay-disk-'));
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', folder]);
      undo.push(() => {
        execFileSync('umount', ['-l', folder]);
        rmSync(folder, { recursive: true, force: true });
      });
      const clock = jumpingClock();
      const { hub, sink, account, publish } = await stand({ PATCHBAY_DATA: folder }, { clock });
      const filler = join(folder, 'filler');
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(filler, Buffer.alloc(bavail * bsize - 256 * 1024));

      const accepted: string[] = [];
      for (;;) {
        const answer = await publish(eventFor([account.id]));
        if (answer.status !== 202) {
          expectUnavailable(answer);
          break;
        }
        accepted.push(answer.body.id as string);
        expect(accepted.length, 'the disk never became full').toBeLessThan(2_000);
      }
      // A batch is refused whole, as one event is; its first event is then known to nobody.
      const refused = eventFor([account.id], { id: 'evt_refused' });
      const batch = Array.from({ length: 100 }, () => eventFor([account.id]));
      expectUnavailable(await publish({ events: [refused, ...batch] }));
      expect((await hub.call('GET', '/v1/events/evt_refused', account.token)).status).toBe(404);
      expect((await hub.call('GET', '/healthz', null)).status).toBe(200);
      expect((await hub.call('GET', '/v1/events', account.token)).status).toBe(200);

      rmSync(filler);
      const again = await publish(refused);
      expect(again.body).toMatchObject({ id: 'evt_refused', status: 'accepted' });
      const expected = new Set([...accepted, 'evt_refused']);
      // What was sent and could not be settled is due again when its lease ends, which need not be waited for.
      clock.jump(61_000);
      await until('all that was accepted has arrived', () => missing(sink, expected) === 0);
      await until('all is settled', async () => (await openIn(hub)).length === 0);
      const pairs = new Set(
        sink.received.map((one) => `${eventOf(one)} ${String(one.headers['webhook-id'])}`),
      );
      expect(pairs.size).toBe(new Set(sink.received.map(eventOf)).size);
      expect(new Set(sink.received.map(eventOf)).size).toBe(expected.size + 1);
      expect((await hub.call('GET', '/readyz', null)).status).toBe(200);
    },
  );

  test('a store that turns read-only: 503, reads go on; writable again, what was under way is settled', async () => {
    const clock = jumpingClock();
    const { hub, sink, account, publish } = await stand({}, { clock });
    const open: (() => void)[] = [];
    sink.answer((_, response) => void open.push(() => response.end('ok')));
    const underWay = await publish(eventFor([account.id]));
    await until('it is on its way', () => open.length === 1);
    const mend = await refuseWrites(hub);
    open[0]?.();
    expectUnavailable(await publish(eventFor([account.id])));
    const change = await hub.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: sink.origin },
      event_types: ['booking.*'],
    });
    expectUnavailable(change);
    expect((await hub.call('GET', '/v1/deliveries', account.token)).status).toBe(200);
    expect((await hub.call('GET', '/v1/events', account.token)).status).toBe(200);
    expect((await hub.call('GET', '/healthz', null)).status).toBe(200);

    await mend();
    sink.answer((_, response) => void response.end('ok'));
    const after = await publish(eventFor([account.id]));
    expect(after.body.status).toBe('accepted');
    // Its lease ends.
    clock.jump(61_000);
    await until('what could not be settled is sent again, and settled', async () => {
      const { body } = await hub.call('GET', `/v1/deliveries?event=${underWay.body.id}`, account.token);
      return body.data[0]?.state === 'delivered';
    });
    const ids = sink.received
      .filter((one) => eventOf(one) === underWay.body.id)
      .map((one) => one.headers['webhook-id']);
    expect(ids.length).toBe(2);
    expect(new Set(ids).size).toBe(1);
  });

  async function stand(environment: Record<string, string>, lent: Lent = {}) {
    const hub = await startTestHub(environment, lent);
    undo.push(() => hub.stop());
    const sink = await startSink();
    undo.push(() => sink.close());
    const account = await hub.account();
    const publisher = await hub.service();
    const publish = (body: unknown) => hub.call('POST', '/v1/events', publisher, body);
    await hub.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: sink.origin },
      event_types: ['booking.*'],
    });
    // Proven, so that nothing waits for its second.
    await publish(eventFor([account.id]));
    await until('the endpoint is proven', () => sink.received.length === 1);
    return { hub, sink, account, publish };
  }
});

const eventOf = (received: Sink['received'][number]): string =>
  (JSON.parse(received.body) as { id: string }).id;

function missing(sink: Sink, expected: ReadonlySet<string>): number {
  const here = new Set(sink.received.map(eventOf));
  return [...expected].filter((id) => !here.has(id)).length;
}

/** What is still to be sent, or was sent and not settled. */
function openIn({ hub: { store } }: TestHub) {
  const { deliveries } = store.tables;
  return store.db.select().from(deliveries).where(isNotNull(deliveries.dueAt));
}

function expectUnavailable(answer: Answer): void {
  expect(answer.status).toBe(503);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(answer.body).toMatchObject({ code: 'store_unavailable', status: 503 });
  expect(JSON.stringify(answer.body)).not.toMatch(/sqlite|disk|readonly/i);
}

/**
 * SQLite itself says SQLITE_READONLY to every write from here on. An open file cannot be made read-only from outside:
 * modes do not bind root, and a mount with writers is not remounted.
 */
async function refuseWrites({ hub: { store } }: TestHub): Promise<() => Promise<unknown>> {
  const set = (value: 0 | 1) => store.db.run(sql.raw(`PRAGMA query_only = ${value}`));
  await set(1);
  return () => set(0);
}

/** Only where the tests run as root, with mounts allowed. */
function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
