import { randomBytes } from 'node:crypto';
import { startPullWorker } from '../../src/node-pull.ts';
import { memoryLog, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink } from '../harness/sink.ts';

export const newKey = (): string => randomBytes(32).toString('base64');
export type Stand = Awaited<ReturnType<typeof stand>>;
export type StandWorker = ReturnType<typeof startPullWorker> & { log: ReturnType<typeof memoryLog> };

/** A hub that hands out what is to be delivered, a receiver, and workers as many as are asked for. */
export async function stand(undo: (() => Promise<unknown>)[], environment: Record<string, string> = {}) {
  const keys = `1:${newKey()}`;
  const hub: TestHub = await startTestHub({
    PATCHBAY_DELIVERY: 'pull',
    PATCHBAY_WORKER_KEYS: keys,
    ...environment,
  });
  undo.push(() => hub.stopAndForget());
  const sink: Sink = await startSink();
  undo.push(() => sink.close());
  const account = await hub.account();
  const publisher = await hub.service();

  const worker = (over: Record<string, string> = {}): StandWorker => {
    const log = memoryLog();
    const running = startPullWorker(
      {
        PATCHBAY_HUB_URL: hub.origin,
        PATCHBAY_WORKER_KEYS: keys,
        PATCHBAY_ALLOW_LOOPBACK: '1',
        ...over,
      },
      log,
    );
    let stopping: Promise<void> | null = null;
    const stop = () => (stopping ??= running.stop());
    undo.push(stop);
    return { ...running, stop, log };
  };
  const subscribe = async (over: Record<string, unknown> = {}): Promise<{ id: string; secret: string }> => {
    const { body } = await hub.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: sink.origin },
      event_types: ['booking.*'],
      ...over,
    });
    return { id: body.id as string, secret: body.secret as string };
  };
  const deliveries = () => hub.hub.store.db.select().from(hub.hub.store.tables.deliveries);
  /** What is going to happen against all intent has happened by then. */
  const aWhile = () => new Promise((resolve) => setTimeout(resolve, 400));
  return { hub, aWhile, sink, keys, account, publisher, worker, subscribe, deliveries };
}
