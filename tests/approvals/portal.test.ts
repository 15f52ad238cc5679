import { type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mightyStaffToken } from '../harness/staff.ts';
import { findings, look, openStand, type Stand } from '../portal/stand.ts';
import { describeWith } from '../services/describe.ts';

await describeWith('chromium', 'a subscription that waits for approval, in a real browser', ({ url }) => {
  let stand: Stand;
  let page: Page;
  let staff: string;
  beforeAll(async () => {
    stand = await openStand(url);
    staff = await mightyStaffToken(stand.hub.hub);
    ({ page } = await stand.signedIn());
    await admin('POST', '/approval-rules', { event_types: ['deliverable.*'], note: 'files leave' });
  });
  afterAll(() => stand?.stop());

  const admin = (method: string, path: string, body?: unknown) =>
    stand.hub.call(method, `/admin/v1${path}`, staff, body);
  const subscribed = async (description: string): Promise<string> => {
    const wish = {
      endpoint: { type: 'webhook', url: stand.sinks.good.origin },
      event_types: ['deliverable.*'],
      description,
    };
    return (await stand.hub.call('POST', '/v1/subscriptions', stand.account.token, wish)).body.id as string;
  };

  test('the list and its page say that it waits, and offer nothing that would send [S2-51]', async () => {
    const id = await subscribed('Zap: files to a folder');
    await page.goto(`${stand.hub.origin}/portal/subscriptions`);
    expect(await page.getByRole('row', { name: 'Zap: files' }).textContent()).toContain(
      'waiting for approval',
    );
    await page.getByLabel('State').selectOption('waiting for approval');
    await page.getByRole('button', { name: 'Show' }).click();
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    expect(await look(page, 'approval-list')).toEqual([]);

    await page.goto(`${stand.hub.origin}/portal/subscriptions/${id}`);
    expect(await page.getByText('The marketplace looks at it first.').count()).toBe(1);
    for (const name of ['Resume', 'Send a test event', 'Replay'])
      expect(await page.getByRole('button', { name }).count(), name).toBe(0);
    for (const name of ['Delete', 'Change'])
      expect(await page.getByRole('link', { name, exact: true }).count(), name).toBe(1);
    expect(await page.getByText('It is waiting for approval').count()).toBe(1);
    expect(await look(page, 'approval-waits')).toEqual([]);
    const { page: small } = await stand.signedIn({ width: 390, scheme: 'dark' });
    await small.goto(page.url());
    expect(await look(small, 'approval-waits-390-dark')).toEqual([]);
  });

  test('refused, it says so; approved, it is as any other', async () => {
    const [refused, approved] = [await subscribed('To be refused'), await subscribed('To be approved')];
    const decision = { version: 1, note: 'looked at' };
    await admin('POST', `/approvals/${refused}/refuse`, decision);
    await admin('POST', `/approvals/${approved}/approve`, decision);
    await page.goto(`${stand.hub.origin}/portal/subscriptions/${refused}`);
    expect(await page.getByText('The marketplace has refused it.').count()).toBe(1);
    expect(await page.getByRole('button', { name: 'Resume' }).count()).toBe(0);
    expect(await findings(page)).toEqual([]);
    await page.goto(`${stand.hub.origin}/portal/subscriptions/${approved}`);
    expect(await page.getByRole('button', { name: 'Send a test event' }).count()).toBe(1);
  });
});
