/** The worker with a person beside it: pages are the portal's, so a test says here what somebody decided. */
import type { ExecutionContext } from '@cloudflare/workers-types';
import { addMember, createAccount } from '../../src/access/index.ts';
import { decide, type Decision } from '../../src/oauth/index.ts';
import { type Bindings, openEdgeHub } from '../../src/worker-hub.ts';
import worker from '../../src/worker.ts';

export * from '../../src/worker.ts';

type Asked = { interaction?: string; decision?: Decision };

export default {
  ...worker,
  async fetch(request: Request, bindings: Bindings, context: ExecutionContext): Promise<Response> {
    if (new URL(request.url).pathname !== '/person') return worker.fetch(request, bindings, context);
    const { hub } = await openEdgeHub(bindings);
    const { interaction, decision } = (await request.json()) as Asked; // The test of this very folder.
    if (interaction && decision) return Response.json(await decide(hub, interaction, decision));
    const account = await createAccount(hub, 'test', { name: 'Luna', kind: 'organisation' });
    const userId = await addMember(hub, 'test', { accountId: account.id, userName: 'Ada', role: 'owner' });
    return Response.json({ accountId: account.id, userId });
  },
};
