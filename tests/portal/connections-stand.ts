/** A hub with vendors beside it, and a person in a browser: less than openStand, as nothing of it is about webhooks. */
import { type Browser, type BrowserContext, type Page } from 'playwright-core';
import { addMember } from '../../src/access/index.ts';
import { createSignInLink } from '../../src/sessions/index.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { freePort } from '../services/free-port.ts';
import { desk, type Look, openContext } from './stand.ts';
import { startVendors, type VendorName, type Vendors } from './vendors.ts';

export type ConnectionsStand = {
  hub: TestHub;
  vendors: Vendors;
  discord: Awaited<ReturnType<typeof startVendors>>['discord'];
  accountId: string;
  token: string;
  publish(over?: Record<string, unknown>): Promise<string>;
  signedIn(look?: Look, who?: 'linh' | 'theo'): Promise<{ context: BrowserContext; page: Page }>;
  stop(): Promise<void>;
};

export async function openConnectionsStand(
  browser: Browser,
  names: readonly VendorName[],
): Promise<ConnectionsStand> {
  const { vendors, discord, environment, close } = await startVendors(names);
  const port = await freePort();
  const hub = await startTestHub({
    ...environment,
    PORT: String(port),
    PATCHBAY_PUBLIC_URL: `http://127.0.0.1:${port}`,
  });
  const account = await hub.account([
    'bookings:read',
    'bookings.contact:read',
    'deliverables:read',
    'rfps:read',
    'webhooks:manage',
    'connections:manage',
  ]);
  const publisher = await hub.service();
  const named = await hub.call('PUT', `/v1/accounts/${account.id}`, publisher, {
    name: 'Linh Tran Studio',
    kind: 'organisation',
    actor: 'photographer',
    city: 'houston',
  });
  if (named.status >= 300) throw new Error(JSON.stringify(named.body));
  const memberOf = (userName: string) =>
    addMember(hub.hub, 'test', { accountId: account.id, userName, role: 'owner' });
  const people = { linh: await memberOf('Linh Tran'), theo: await memberOf('Theo Tran') };
  return {
    hub,
    vendors,
    discord,
    accountId: account.id,
    token: account.token,
    publish: async (over = {}) => {
      const { status, body } = await hub.call('POST', '/v1/events', publisher, eventFor([account.id], over));
      if (status !== 202) throw new Error(JSON.stringify(body));
      return body.id as string;
    },
    signedIn: async (look = desk, who = 'linh') => {
      const context = await openContext(browser, look);
      const page = await context.newPage();
      await page.goto((await createSignInLink(hub.hub, 'test', people[who])).url);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL('**/portal*');
      return { context, page };
    },
    stop: async () => {
      await hub.stopAndForget();
      await close();
    },
  };
}
