import { afterAll, beforeAll, expect, test } from 'vitest';
import { browserOf } from '../harness/staff.ts';
import { clusterEnvironment } from '../harness/cluster.ts';
import { describeWith } from '../services/describe.ts';
import { startNight } from './stand.ts';

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
});
