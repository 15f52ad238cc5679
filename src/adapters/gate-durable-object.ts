import type { D1Database, DurableObjectNamespace, DurableObjectState } from '@cloudflare/workers-types';
import type { Admission, Ask, Gate, Store } from '#src/ports';
import { createEpochCopy } from './gate/epoch-copy.ts';
import { followStore } from './gate/follow-store.ts';
import { createCaller } from './gate-durable-object/caller.ts';
import { createEpochLeases, leaseMs } from './gate-durable-object/epoch-leases.ts';
import { createSharedBuckets, lend, type Lent, type LoanAsk } from './gate-durable-object/quota.ts';

/** What an object needs of the Worker's bindings: the store, and the objects that lend quotas. */
type Bindings = { DB: D1Database; GATE: DurableObjectNamespace };

/**
 * One user, wherever its calls arrive, named by the locator of the token: validity and caps in one call. Others of this
 * class, named by the key of a bucket, lend units of what several users share. In memory alone: an object that the
 * platform moves begins with rested buckets.
 */
export class GateObject {
  readonly #admit: (ask: Ask) => Promise<Admission>;
  readonly #buckets = createSharedBuckets();

  constructor(_: DurableObjectState, { DB, GATE }: Bindings) {
    this.#admit = createCaller(createEpochLeases(DB), (key, ask) =>
      call<Lent>(GATE, `cap:${key}`, 'lend', ask),
    );
  }

  async fetch(request: Request): Promise<Response> {
    const asked: unknown = await request.json();
    // Only this hub's own Workers and objects reach it, with the forms that `call` is given.
    if (request.url.endsWith('/lend')) return Response.json(lend(this.#buckets, asked as LoanAsk));
    return Response.json(await this.#admit(asked as Ask));
  }
}

async function call<T>(
  objects: DurableObjectNamespace,
  name: string,
  verb: string,
  ask: unknown,
): Promise<T> {
  const object = objects.get(objects.idFromName(name));
  const answer = await object.fetch(`https://gate/${verb}`, { method: 'POST', body: JSON.stringify(ask) });
  return answer.json<T>();
}

/**
 * The gate of the edge. Nothing that was read from the store is believed for longer than half a second, neither by an
 * object nor by an isolate; nothing pushes, so `freshen` comes before `standing`.
 */
export async function createDurableObjectGate(options: {
  objects: DurableObjectNamespace;
  store: Pick<Store, 'db' | 'tables'>;
}): Promise<Gate> {
  const { objects, store } = options;
  const copy = createEpochCopy();
  const follower = followStore(store, copy);
  const seen = { atMs: 0 };
  // Not shared with other invocations: workerd lets none wait for the input of another.
  const freshen = async (): Promise<void> => {
    const nowMs = Date.now();
    if (nowMs - seen.atMs < leaseMs) return;
    await follower.catchUp();
    seen.atMs = nowMs;
  };
  await freshen();

  return {
    freshen,
    standing: (...snapshots) => copy.standing(...snapshots),
    snapshot: (subjects) => copy.snapshot(subjects),
    note: async (marks) => {
      for (const mark of marks) copy.merge(mark);
      // Whoever read the store before this write has to ask it again by then.
      await new Promise((resolve) => setTimeout(resolve, leaseMs + marginMs));
    },
    admit: (ask) => call<Admission>(objects, `caller:${ask.token.locator}`, 'admit', ask),
    generation: () => 0,
    close: async () => undefined,
  };
}

/** Clocks of isolates stand still between their inputs. */
const marginMs = 50;
