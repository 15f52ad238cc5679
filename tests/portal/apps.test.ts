import { type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../harness/sink.ts';
import { describeWith } from '../services/describe.ts';
import { type Connected, connect } from './connect.ts';
import { desk, findings, look, openStand, type Stand } from './stand.ts';

await describeWith('chromium', 'connected apps in a real browser', ({ url }) => {
  let stand: Stand;
  let page: Page;
  beforeAll(async () => {
    stand = await openStand(url);
    ({ page } = await stand.signedIn());
  });
  afterAll(() => stand?.stop());

  const heading = (on = page) => on.getByRole('heading', { level: 1 }).textContent();
  const anApp = (name: string): Promise<Connected> =>
    connect(stand.hub, {
      accountId: stand.account.id,
      userId: stand.userId,
      name,
      partner: `${name} Ltd`,
      scopes: ['bookings:read', 'reviews:read', 'webhooks:manage'],
      isVerified: false,
    });
  const subscribed = async ({ token }: Connected): Promise<string> => {
    const wish = {
      endpoint: { type: 'webhook', url: stand.sinks.bad.origin },
      event_types: ['booking.*', 'review.published'],
    };
    return (await stand.hub.call('POST', '/v1/subscriptions', token, wish)).body.id as string;
  };

  test('the list says whose app it is and whether it was reviewed, and leads to what it may', async () => {
    await page.goto(`${stand.hub.origin}/portal`);
    await page.getByRole('link', { name: 'Apps', exact: true }).click();
    await expect.poll(() => heading()).toBe('Connected apps');
    const row = page.getByRole('row', { name: 'Shot List' });
    expect(await row.textContent()).toMatch(/Acme Tools.*verified.*connected/);
    expect(await page.getByRole('row', { name: 'Bayou' }).textContent()).toContain('not verified');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await expect.poll(() => heading()).toBe('Shot List');
    const scopes = page.getByRole('region', { name: 'What it may' });
    expect(await scopes.textContent()).toContain('names, addresses, e-mail, phone, notes');
    await scopes.getByText('Reveals 6 events').click();
    await scopes.getByRole('link', { name: 'booking.confirmed' }).waitFor();
    expect(await page.getByRole('region', { name: 'Its subscriptions' }).textContent()).toContain(
      'booking.*, review.published',
    );
    expect(await page.getByRole('region', { name: 'Lately sent to it' }).textContent()).toContain(
      'booking.confirmed',
    );
    expect(await findings(page)).toEqual([]);
  });

  test('one scope is taken away after what stops was said; the app goes on without it', async () => {
    const app = await anApp('Narrow');
    const subscription = await subscribed(app);
    await stand.publish({ type: 'review.published', subject: 'reviews/narrowed' });
    await page.goto(`${stand.hub.origin}/portal/apps/${app.grantId}`);
    await page.getByRole('link', { name: 'Take away reviews:read' }).click();
    const dialog = page.getByRole('dialog');
    await expect
      .poll(() => dialog.textContent())
      .toMatch(/1 event no more: review\.published.*1 subscription.*1 queued delivery/s);
    expect(await look(page, 'narrow-dialog')).toEqual([]);
    await dialog.getByRole('button', { name: 'Take it away' }).click();
    await page.getByText('Taken away. The app goes on without it.').waitFor();
    expect(await page.getByRole('region', { name: 'What it may' }).textContent()).not.toContain(
      'reviews:read',
    );
    expect((await stand.hub.call('GET', '/v1/me', app.token)).status).toBe(401);
    const { body } = await stand.hub.call('GET', `/v1/grants/${app.grantId}`, stand.account.token);
    expect(body.scopes).toEqual(['bookings:read', 'webhooks:manage']);
    expect(subscription).toMatch(/^sub_/);
  });

  test('an app is disconnected after its reach was said, and its receipt completes while one looks', async () => {
    const app = await anApp('Leaver');
    await subscribed(app);
    await stand.publish({ subject: 'bookings/leaver' });
    await page.goto(`${stand.hub.origin}/portal/apps/${app.grantId}`);
    await page.getByRole('link', { name: 'Disconnect' }).click();
    const dialog = page.getByRole('dialog');
    await expect
      .poll(() => dialog.textContent())
      .toMatch(/2 tokens end.*1 subscription of it stops.*1 queued delivery is cancelled/s);
    await dialog.getByText('Somebody else may have got hold').click();
    await dialog.getByRole('button', { name: 'Disconnect' }).click();
    await expect.poll(() => heading()).toBe('Disconnected');
    expect((await stand.hub.call('GET', '/v1/me', app.token)).status).toBe(401);
    await page.getByText('complete', { exact: true }).waitFor();
    expect(await page.locator('main').textContent()).toMatch(/Deliveries cancelled\s*1/);
    expect(await look(page, 'receipt-app')).toEqual([]);
    await page.getByRole('link', { name: app.grantId }).click();
    await page.getByText('It has no access any more').waitFor();
    expect(await look(page, 'app-ended')).toEqual([]);
    expect(await page.getByRole('link', { name: 'Disconnect' }).count()).toBe(0);
    await page.goto(`${stand.hub.origin}/portal/apps`);
    await page.getByLabel('State').selectOption('disconnected');
    await page.waitForURL('**state=disconnected');
    await page.getByRole('link', { name: 'Leaver' }).waitFor();
    expect(await page.getByRole('link', { name: 'Shot List' }).count()).toBe(0);
  });

  test('without script, on a phone, the same is done by pages alone', async () => {
    const app = await anApp('Plain');
    const { context, page: plain } = await stand.signedIn({ ...desk, width: 390, script: false });
    await plain.goto(`${stand.hub.origin}/portal/apps/${app.grantId}`);
    await plain.getByRole('link', { name: 'Take away webhooks:manage' }).click();
    await plain.getByRole('button', { name: 'Take it away' }).click();
    await plain.getByText('Taken away.').waitFor();
    await plain.getByRole('link', { name: 'Take away reviews:read' }).click();
    await plain.getByRole('button', { name: 'Take it away' }).click();
    await plain.getByRole('link', { name: 'Take away bookings:read' }).click();
    await expect.poll(() => heading(plain)).toBe('It is all that Plain has');
    await plain.getByRole('link', { name: 'Disconnect…' }).click();
    await plain.getByRole('button', { name: 'Disconnect' }).click();
    await expect.poll(() => heading(plain)).toBe('Disconnected');
    await until('the receipt is complete', async () => {
      await plain.reload();
      return (await plain.getByText('complete', { exact: true }).count()) === 1;
    });
    expect((await stand.hub.call('GET', '/v1/me', app.token)).status).toBe(401);
    await plain.goto(`${stand.hub.origin}/portal/usage`);
    await plain.getByRole('region', { name: 'Calls', exact: true }).getByText('As a table').click();
    await plain.getByRole('table', { name: 'Calls, by day (UTC)' }).waitFor();
    await context.close();
  });

  test('another account’s app, the account’s own automation, and what is gone are not there', async () => {
    const other = await stand.hub.account();
    const app = await anApp('Gone');
    const statusOf = async (path: string) =>
      (await page.goto(`${stand.hub.origin}/portal/apps/${path}`))?.status();
    expect(await statusOf(other.grantId)).toBe(404);
    expect(await statusOf(stand.account.grantId)).toBe(404);
    expect(await statusOf('grt_nothing')).toBe(404);
    expect(await statusOf(`${app.grantId}/narrow?scope=money:read`)).toBe(404);
    await stand.hub.call('DELETE', `/v1/grants/${app.grantId}`, stand.account.token);
    expect(await statusOf(`${app.grantId}/disconnect`)).toBe(409);
  });

  test('usage says who called how much, what is left of the day, and whose limits were hit', async () => {
    await page.goto(`${stand.hub.origin}/portal/usage`);
    expect(await page.locator('main').textContent()).toMatch(/of 20,000,000 used/);
    const calls = page.getByRole('region', { name: 'Calls', exact: true });
    expect(await calls.getByRole('img').getAttribute('aria-label')).toMatch(
      /^Calls: [\d,]+ in all, the most on/,
    );
    await calls.getByText('As a table').click();
    await expect.poll(() => calls.getByRole('row').count()).toBe(31);
    const whose = page.getByRole('region', { name: 'Whose it was' });
    await whose.getByRole('link', { name: 'Shot List' }).waitFor();
    expect(await page.getByRole('region', { name: 'Limits hit' }).textContent()).toMatch(
      /ours: calls refused.*theirs: endpoints said 429/s,
    );
    await page.getByRole('link', { name: '7 days' }).click();
    await expect.poll(() => calls.locator('tbody tr').count()).toBe(7);
    const { body } = await stand.hub.call('GET', '/v1/usage/parts?days=30', stand.account.token);
    const own = body.data.find(({ kind }: { kind: string }) => kind === 'own');
    expect(own.deliveries.delivered).toBeGreaterThan(0);
    expect(body.data.map(({ name }: { name: string }) => name)).toContain('Shot List');
  });
});
