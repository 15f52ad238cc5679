import { createAccount, createPersonalToken, createServiceToken } from '#src/access';
import type { Ports } from '#src/context';
import { accounts } from './cast.ts';
import { endpointPlans } from './endpoints.ts';

/** Tokens by the key of the endpoint that each is for; `core` is the marketplace's own. */
export type Tokens = { core: string; byEndpoint: ReadonlyMap<string, string> };

/** What an operator does once: accounts and the first tokens. All that follows goes through the public API. */
export async function setUp(hub: Ports): Promise<Tokens> {
  for (const { id, name, kind } of accounts)
    await createAccount(hub, 'demo', { id, name, kind, city: 'houston' });
  const core = await createServiceToken(hub, 'demo', {
    label: 'the marketplace',
    env: 'live',
    scopes: ['events:publish'],
  });
  const byEndpoint = new Map<string, string>();
  for (const { key, ownerId, title, scopes } of endpointPlans) {
    const { token } = await createPersonalToken(hub, 'demo', {
      label: title,
      env: 'live',
      scopes: [...scopes],
      accountId: ownerId,
    });
    byEndpoint.set(key, token);
  }
  return { core: core.token, byEndpoint };
}
