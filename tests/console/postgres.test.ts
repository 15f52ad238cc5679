import { afterAll, beforeAll, expect, test } from 'vitest';
import { browserOf, mightyStaffToken } from '../harness/staff.ts';
import { clusterEnvironment } from '../harness/cluster.ts';
import { describeWith } from '../services/describe.ts';
import { eventFor } from '../harness/hub.ts';
import { oddCursors, oddRequests } from '../wire/odd-requests.ts';
import { type OpenApi, type Operation, operationsOf } from '../wire/operations.ts';
import { startNight } from './stand.ts';

const serviceScopes = new Set(['events:publish', 'intents:read', 'accounts:write']);
const accountScopes = [
  'bookings:read',
  'deliverables:read',
  'rfps:read',
  'rfps:create',
  'reviews:read',
  'webhooks:manage',
  'connections:manage',
  'tokens:manage',
];

async function inTurns<T>(many: number, all: readonly T[], each: (one: T) => Promise<void>): Promise<void> {
  const rest = all.values();
  await Promise.all(
    Array.from({ length: many }, async () => {
      for (const one of rest) await each(one);
    }),
  );
}

/** What the pages read by themselves is SQL, too: the day over all partners, and whose cord is pulled. */
await describeWith('postgres', 'the console on PostgreSQL', (postgres) => {
  let night: Awaited<ReturnType<typeof startNight>>;
  beforeAll(async () => {
    night = await startNight(await clusterEnvironment(postgres.url));
  });
  afterAll(() => night?.stop());

  test('every page is drawn, and the front says what flows and what is suspended', async () => {
    const { cookie } = await browserOf(night.hub, night.people.security);
    const show = async (path: string): Promise<string> => {
      const answer = await fetch(`${night.issuer}/admin${path}`, { headers: { cookie } });
      expect([path, answer.status]).toEqual([path, 200]);
      return answer.text();
    };
    const front = await show('');
    expect(front).toMatch(/Blurry Ads.*nowhere.*unplugged/s);
    expect(front).toMatch(/Shutterline CRM.*houston.*3 delivered/s);
    expect(await show('?by=host')).toMatch(/Shutterline CRM.*127\.0\.0\.1.*8 delivered/s);
    const app = `/apps/${night.crm.client.clientId}`;
    for (const path of [
      '/search?q=shutter',
      '/cases?state=all',
      `/cases/${night.caseId}`,
      app,
      `${app}/timeline?kinds=deed&kinds=look`,
      `${app}/stop`,
      `/partners/${night.ads.partnerId}/lift`,
      `/accounts/${night.account.id}`,
      `/users/${night.people.nobody}`,
      `/grants/${night.account.grantId}`,
      `/tokens/${night.account.tokenId}`,
      '/suspensions',
      `/revocations?level=token&state=complete&subject=${night.account.tokenId}`,
      `/revocations/${night.receiptId}`,
      '/staff',
      '/approvals',
      `/approvals/${night.waiting.refused}`,
      '/approvals/rules',
      `/intents?state=all&kind=rfp.create&from=${night.waiting.origin}`,
      `/intents/${night.waiting.answered}`,
      '/intents/origins?state=pending',
      `/intents/origin?source=${night.waiting.newcomer}&kind=rfp.create`,
    ])
      await show(path);
    expect(front).toMatch(/2 subscriptions wait for approval.*2 intents wait for a review/s);
  });

  /** The rest of tests/flows/bad-input.test.ts asks no store anything. */
  test('what stores may differ over is refused here as on SQLite: on every route, with the cursor of every list', async () => {
    const { hub } = night;
    const document = (await hub.call('GET', '/openapi.json', null)).body as OpenApi;
    const operations = operationsOf(document).filter(({ scopes }) => scopes !== null);
    const staff = await mightyStaffToken(hub.hub);
    const service = await hub.service(['events:publish', 'intents:read', 'accounts:write']);
    const own = await hub.account(accountScopes);
    const made: Record<string, string> = {};
    for (const path of ['one', 'two']) {
      const endpoint = { type: 'webhook', url: `${night.sinks.good.origin}/${path}` };
      const asked = { endpoint, event_types: ['booking.*'] };
      made['sub'] = (await hub.call('POST', '/v1/subscriptions', own.token, asked)).body.id;
      made['evt'] = (await hub.call('POST', '/v1/events', service, eventFor([own.id]))).body.id;
    }
    made['dlv'] = (await hub.call('GET', '/v1/deliveries', own.token)).body.data[0].id;
    const tokenFor = ({ path, scopes }: Operation): string => {
      if (path.startsWith('/admin/')) return staff;
      return scopes?.some((scope) => serviceScopes.has(scope)) ? service : own.token;
    };
    const pathOf = (operation: Operation, over?: (prefix: string) => string): string =>
      operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
        const pattern = operation.pathParameters.find((one) => one.name === name)?.pattern;
        const prefix = /\^?([a-z]{3})_/.exec(pattern ?? '')?.[1] ?? 'x';
        if (over) return over(prefix);
        return (
          (operation.method === 'DELETE' ? null : made[prefix]) ?? `${prefix}_01kam0000000000000000000zz`
        );
      });

    const asked = oddRequests(operations, document, pathOf).map((one) => ({
      ...one,
      token: tokenFor(operations.find(({ name }) => name === one.name) ?? operations[0]!),
    }));
    const lists = operations.filter(
      ({ method, queryParameters }) =>
        method === 'GET' && queryParameters.some((one) => one === 'after' || one === 'cursor'),
    );
    const paged: string[] = [];
    for (const list of lists) {
      const path = pathOf(list);
      const cursors = oddCursors(await hub.call('GET', `${path}?limit=1`, tokenFor(list)));
      if (cursors.length > 0) paged.push(list.name);
      for (const cursor of cursors)
        asked.push({
          name: list.name,
          method: 'GET',
          path: `${path}?after=${cursor}`,
          token: tokenFor(list),
        });
    }
    expect(paged.length).toBeGreaterThan(9);
    const faults: string[] = [];
    await inTurns(8, asked, async ({ name, method, path, body, token }) => {
      const answer = await fetch(hub.origin + path, {
        method,
        redirect: 'manual',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body }),
      });
      await answer.text();
      const { status } = answer;
      if (status >= 500 || status === 429) faults.push(`${name}: ${path} ${body ?? ''} → ${status}`);
    });
    expect(faults).toEqual([]);
  });
});
