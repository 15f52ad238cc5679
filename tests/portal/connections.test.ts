import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../harness/sink.ts';
import { describeWith } from '../services/describe.ts';
import { type ConnectionsStand, openConnectionsStand } from './connections-stand.ts';
import { look } from './stand.ts';
import type { VendorName } from './vendors.ts';

await describeWith('chromium', 'connections in a real browser', ({ url }) => {
  const stands = {} as { browser: Browser; main: ConnectionsStand; drive: ConnectionsStand };
  let page: Page;
  beforeAll(async () => {
    stands.browser = await chromium.launch({
      executablePath: url,
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    });
    [stands.main, stands.drive] = await Promise.all([
      openConnectionsStand(stands.browser, ['slack', 'google-calendar', 'dropbox', 'hubspot']),
      openConnectionsStand(stands.browser, ['google-drive']),
    ]);
    ({ page } = await stands.main.signedIn());
  });
  afterAll(async () => {
    await stands.browser?.close();
    await Promise.all([stands.main?.stop(), stands.drive?.stop()]);
  });

  const heading = (on = page) => on.getByRole('heading', { level: 1 }).textContent();
  const at = (path: string, { main } = stands) => `${main.hub.origin}/portal${path}`;
  const standing = (stand: ConnectionsStand, vendor: VendorName) => stand.vendors[vendor].standIn.objects();

  /** From the gallery to the vendor and back. */
  async function connect(on: Page, origin: string, name: string): Promise<void> {
    await on.goto(`${origin}/portal/connections`);
    await on.getByRole('link', { name: `Connect ${name}` }).click();
    await on.getByRole('button', { name: `Go on to ${name}` }).click();
    await on.getByText('Connected.', { exact: true }).waitFor();
    await expect.poll(() => heading(on)).toBe(name);
  }
  async function disconnect(on: Page): Promise<void> {
    await on.getByRole('link', { name: 'Disconnect' }).click();
    await expect.poll(() => on.getByRole('dialog').textContent()).toMatch(/1 subscription ends/);
    await on.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
    await on.getByText('disconnected', { exact: true }).waitFor();
  }

  test('what there is to connect is told before anything is connected', async () => {
    await page.goto(at(''));
    await page.getByRole('navigation').getByRole('link', { name: 'Connections' }).click();
    await expect.poll(() => heading()).toBe('Connections');
    await page.getByRole('heading', { name: 'Connect the first' }).waitFor();
    expect(await page.getByRole('main').textContent()).not.toContain('Google Drive');
    expect(await look(page, 'connections-none')).toEqual([]);
  });

  test('Google Calendar: connected, chosen, seen on past events, switched on; ended, it is silent', async () => {
    const { main } = stands;
    const vendor = main.vendors['google-calendar'];
    await main.publish({ subject: 'bookings/before' });
    await connect(page, main.hub.origin, 'Google Calendar');
    expect(await look(page, 'connection-empty')).toEqual([]);
    await page.getByRole('link', { name: 'Choose what goes there' }).click();
    await page.getByLabel('Requests, too').check();
    await page.getByRole('button', { name: 'Preview' }).click();
    const preview = page.getByRole('complementary', { name: 'What would appear there' });
    await expect.poll(() => preview.textContent()).toMatch(/entry/);
    expect(standing(main, 'google-calendar')).toHaveLength(0);
    expect(await look(page, 'plug-calendar')).toEqual([]);
    await page.getByRole('button', { name: 'Switch it on' }).click();
    await page.getByText('It is on.').waitFor();
    await main.publish({ subject: 'bookings/after' });
    await until('it is in the calendar', () => standing(main, 'google-calendar').length === 1);
    await page.reload();
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText('All is well there.').waitFor();
    expect(await page.getByRole('region', { name: 'What was made there' }).textContent()).toContain('there');
    expect(await look(page, 'connection')).toEqual([]);
    await disconnect(page);
    expect(vendor.revoked).toHaveLength(1);
    expect(await look(page, 'connection-ended')).toEqual([]);
    const calls = vendor.received.length;
    await main.publish({ subject: 'bookings/silence' });
    expect(vendor.received).toHaveLength(calls);
  });
});
