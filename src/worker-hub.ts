import type { DurableObjectNamespace, Fetcher, Queue } from '@cloudflare/workers-types';
import { createAuthenticator, recordTokenUse } from '#src/access';
import type { Pace } from '#src/deliveries';
import type { Queue as QueuePort } from '#src/ports';
import { openPull, type Pull } from '#src/pull';
import { createSigners, type SignerOf } from '#src/signatures';
import { createPace } from './adapters/pace-durable-object.ts';
import { createWakeSender, type Wake, type WakeSender } from './adapters/queue-cloudflare.ts';
import { openD1Store } from './adapters/store-d1.ts';
import { countQueries } from './adapters/store-d1/count-queries.ts';
import { createApp, type Hub } from './app.ts';
import { createOperatorDoor } from './operator.ts';
import { readReference } from './worker-files.ts';
import { type Bindings as PortBindings, eachMinute, openPorts } from './worker-ports.ts';

/** What wrangler.toml binds. */
export type Bindings = PortBindings & {
  SLOW: Queue<Wake>;
  PACE: DurableObjectNamespace;
  FILES: Fetcher;
  /** The Worker of the portal, and that of the console. */
  PAGES: Fetcher;
  CONSOLE: Fetcher;
};

export type EdgeHub = {
  hub: Hub;
  /** The API. */
  app: ReturnType<typeof createApp>;
  operate: ReturnType<typeof createOperatorDoor>;
  pace: Pace;
  signerOf: SignerOf;
  wake: WakeSender;
  wakeSlow: WakeSender;
  /** Null where it delivers itself. */
  pull: Pull | null;
  /** The hub over a store of its own that counts: for work of which nobody knows how long it is. */
  openCounted(): Promise<{ hub: Hub; queries: () => number }>;
  noteUse(): Promise<void>;
};

/** Everything that an isolate keeps between its invocations. No promise of one invocation is kept for another. */
export async function openEdgeHub(bindings: Bindings): Promise<EdgeHub> {
  const delivery = { pull: null as Pull | null };
  const { environment, ports, wake, scrape } = await openPorts(bindings, (queue) =>
    pulledFirst(queue, delivery),
  );
  const { clock, settings } = ports;
  const hub: Hub = { ...ports, authenticator: createAuthenticator(ports) };
  delivery.pull = openPull(environment, hub);
  const reference = readReference(bindings.FILES, settings.publicUrl);
  const app = createApp(hub, { scrape, reference }, delivery.pull);
  return {
    hub,
    app,
    operate: createOperatorDoor(hub, environment['PATCHBAY_OPERATOR_KEY'], (request) => app.fetch(request)),
    pace: createPace(bindings.PACE),
    signerOf: createSigners(ports),
    wake,
    wakeSlow: createWakeSender(bindings.SLOW, clock),
    pull: delivery.pull,
    openCounted: async () => {
      const counted = countQueries(bindings.DB);
      return { hub: { ...hub, store: await openD1Store(counted.d1) }, queries: () => counted.count() };
    },
    noteUse: eachMinute(ports, async () => {
      await recordTokenUse(hub, hub.authenticator);
      await hub.usage.flush();
      await hub.authenticator.exchangeBlocks();
    }),
  };
}

/** Where workers pull, whoever waits in this isolate looks at once; nobody needs a message. */
const pulledFirst = (queue: QueuePort, delivery: { pull: Pull | null }): QueuePort => ({
  ...queue,
  wake: (topic, ids) =>
    topic === 'deliveries' && delivery.pull ? delivery.pull.wake() : queue.wake(topic, ids),
});
