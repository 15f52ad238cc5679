import type { D1Database } from '@cloudflare/workers-types';
import { openD1Store } from '../../../src/adapters/store-d1.ts';
import { proveCase, storeCases } from './cases.ts';

/** The contract where D1 lives: each case runs inside workerd, beside the adapter; `GET /3` proves the fourth. */
export default {
  async fetch(request: Request, env: { DB: D1Database }): Promise<Response> {
    const each = storeCases[Number(new URL(request.url).pathname.slice(1))];
    if (!each) return new Response('no such case', { status: 404 });
    try {
      await proveCase(each, await openD1Store(env.DB));
      return new Response('proved');
    } catch (error) {
      return new Response(error instanceof Error ? error.stack : String(error), { status: 500 });
    }
  },
};
