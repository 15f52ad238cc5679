/**
 * Makes the accounts and tokens of a run in a new store, through the hub's own doors, and ends:
 * `PATCHBAY_DATA=<directory> node bench/hub-tokens.ts`. All else that is done to a hub goes over HTTP.
 */
import { createAccount, createPersonalToken, createServiceToken } from '../src/access/index.ts';
import { openNodeHub } from '../src/node.ts';

export type HubTokens = { publisher: string; subscribers: { account: string; token: string }[] };

const PUBLISHER_SCOPES = ['events:publish'];
const SUBSCRIBER_SCOPES = ['webhooks:manage', 'bookings:read'];

const { hub } = await openNodeHub({ ...process.env, LOG_LEVEL: 'error' });
const publisher = await createServiceToken(hub, 'bench', {
  label: 'bench',
  env: 'live',
  scopes: PUBLISHER_SCOPES,
});
const tokens: HubTokens = { publisher: publisher.token, subscribers: [] };
for (const name of ['bench-one', 'bench-two']) {
  const { id } = await createAccount(hub, 'bench', { name, kind: 'organisation', city: 'houston' });
  const wish = { label: 'bench', env: 'live', scopes: SUBSCRIBER_SCOPES, accountId: id } as const;
  const { token } = await createPersonalToken(hub, 'bench', wish);
  tokens.subscribers.push({ account: id, token });
}
await hub.store.close();
process.stdout.write(`${JSON.stringify(tokens)}\n`, () => process.exit(0));
