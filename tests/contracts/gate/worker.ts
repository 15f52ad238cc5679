import type { D1Database, DurableObjectNamespace } from '@cloudflare/workers-types';
import { createDurableObjectGate, GateObject } from '../../../src/adapters/gate-durable-object.ts';
import { openD1Store } from '../../../src/adapters/store-d1.ts';
import { gateCases, proveGateCase } from './cases.ts';

export { GateObject };

/** The contract where the objects live: each case runs inside workerd; `GET /3` proves the fourth. */
export default {
  async fetch(request: Request, env: { DB: D1Database; GATE: DurableObjectNamespace }): Promise<Response> {
    const each = gateCases[Number(new URL(request.url).pathname.slice(1))];
    if (!each) return new Response('no such case', { status: 404 });
    try {
      const store = await openD1Store(env.DB);
      const open = () => createDurableObjectGate({ objects: env.GATE, store });
      // workerd's simulator takes a millisecond and more for each of hundreds of calls.
      await proveGateCase(each, { store, open, propertyRuns: 4 });
      return new Response('proved');
    } catch (error) {
      return new Response(error instanceof Error ? error.stack : String(error), { status: 500 });
    }
  },
};
