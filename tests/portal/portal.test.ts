import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { describeWith } from '../services/describe.ts';
import { until } from '../harness/sink.ts';
import { takePicture } from '../harness/picture.ts';
import { proveChange, proveWhyItFails, refuseSubscriptionForms } from './changing.ts';
import { proveToolMayAsk, refuseSenderForms } from './senders.ts';
import { findings, look, looks, openContext, openStand, pictures, type Stand } from './stand.ts';

await describeWith('chromium', 'the portal in a real browser', ({ url }) => {
  let stand: Stand;
  let page: Page;
  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    stand = await openStand(url);
    ({ page } = await stand.signedIn());
  });
  beforeEach(() => page.goto(`${stand.hub.origin}/portal`));
  afterAll(() => stand?.stop());

  const heading = () => page.getByRole('heading', { level: 1 }).textContent();

  test('the overview shows what flows where, and a broken cord leads to its deliveries', async () => {
    await expect.poll(heading).toBe('Taqueria Luna');
    const cord = page.locator(`.bay.wide a.broken[href*="${stand.subscriptions.bad}"] .hit`).first();
    await cord.dispatchEvent('click');
    await page.waitForURL('**/portal/deliveries?subscription=*');
    await expect.poll(() => page.locator('tbody tr').count()).toBe(4);
    expect(await page.locator('tbody').textContent()).not.toContain('Studio calendar');
  });

  test('is it me or them? stands in the first line of a delivery, and a retry is one click', async () => {
    await page.getByRole('link', { name: 'Deliveries', exact: true }).click();
    await page.getByLabel('Subscription', { exact: true }).selectOption({ label: 'CRM sync' });
    await page.waitForURL('**subscription=sub_*');
    await page.getByRole('link', { name: 'rfp.created' }).first().click();
    await expect.poll(() => page.locator('.verdict').textContent()).toContain('It is the receiver.');
    await page.getByText('Answer').first().click();
    await expect.poll(() => page.locator('.attempt .json').first().textContent()).toContain('maintenance');
    const before = stand.sinks.bad.received.length;
    await page.getByRole('button', { name: 'Retry now' }).click();
    await page.getByText('It goes out again now').waitFor();
    await until('it was sent again', () => stand.sinks.bad.received.length > before);
  });

  test('the keys j, k, enter and / walk a list', async () => {
    await page.goto(`${stand.hub.origin}/portal/deliveries`);
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    expect(await page.locator('tbody tr').first().getAttribute('class')).toBe('at');
    await page.keyboard.press('/');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('event');
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/portal/deliveries/dlv_*');
  });

  test('an event says in words why it was not sent', async () => {
    const id = await stand.publish({ type: 'booking.requested' });
    await page.goto(`${stand.hub.origin}/portal/events/${id}`);
    await expect
      .poll(() => page.locator('table').textContent())
      .toContain('does not ask for booking.requested');
  });

  test('a subscription is chosen, tried on past events, made, and its secret is shown once', async () => {
    await page.getByRole('link', { name: 'Subscriptions', exact: true }).click();
    await page.getByRole('link', { name: 'New subscription' }).click();
    await page.getByLabel('Find an event').fill('review');
    await expect.poll(() => page.getByLabel('rfp.created').isVisible()).toBe(false);
    await page.getByLabel('review.published').check();
    await page.getByRole('button', { name: 'Try it on past events' }).click();
    await expect.poll(() => page.locator('aside .note').textContent()).toMatch(/1 of the last \d+ events/);
    expect(await look(page, 'tried')).toEqual([]);
    await page.getByLabel('Address').fill('http://10.0.0.1/hook');
    await page.getByRole('button', { name: 'Make the subscription' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.locator('#url').getAttribute('aria-invalid')).toBe('true');
    expect(await page.getByRole('checkbox', { name: 'review.published' }).isChecked()).toBe(true);
    await page.locator('#url').fill(`${stand.sinks.good.origin}/reviews`);
    await page.getByRole('textbox', { name: /^Name/ }).fill('Review wall');
    await page.getByRole('button', { name: 'Make the subscription' }).click();
    await expect.poll(heading).toBe('It is plugged in');
    expect(await look(page, 'made')).toEqual([]);
    const secret = await page.locator('.secret code').textContent();
    expect(secret).toMatch(/^whsec_/);
    await page.getByRole('button', { name: 'Copy Signing secret' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret);
    await page.getByRole('link', { name: 'Open it' }).click();
    await expect.poll(heading).toBe('Review wall');
    expect(await page.content()).not.toContain(secret);
  });

  test('a subscription is changed: a mistake and a rival keep what was typed, and its secret stays', () =>
    proveChange({ stand, page }));

  test('a subscription whose endpoint fails says what that answered, and shows its last deliveries', () =>
    proveWhyItFails({ stand, page }));

  test('the forms of a subscription refuse what is wrong at its field, and what is another account’s', () =>
    refuseSubscriptionForms({ stand, page }));

  test('pause, resume, rotate and delete ask first where they bite, with their reach, in a dialog', async () => {
    await page.goto(`${stand.hub.origin}/portal/subscriptions/${stand.subscriptions.quiet}`);
    await page.getByRole('link', { name: 'Pause' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused. Events are kept until you resume.').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('Resumed. What was held goes out now.').waitFor();
    await page.getByRole('link', { name: 'New secret' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Make a new secret' }).click();
    await expect.poll(() => page.locator('.secret code').textContent()).toMatch(/^whsec_/);
    await page.getByRole('link', { name: 'I have it' }).click();
    await page.getByRole('link', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog');
    await expect.poll(() => dialog.textContent()).toContain('0 queued deliveries will be cancelled');
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog.count()).toBe(0);
    await page.getByRole('link', { name: 'Delete' }).click();
    await dialog.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByText('Deleted. What was queued for it is cancelled.').waitFor();
  });

  test('a token is made, works, is revoked after its reach was shown, and there is a receipt', async () => {
    await page.getByRole('link', { name: 'Tokens' }).click();
    await page.getByRole('link', { name: 'New token' }).click();
    await page.getByLabel('What is it for?').fill('Calendar sync');
    await page.getByRole('button', { name: 'Make the token' }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('at least one scope');
    await page.locator('input[value="bookings:read"]').check();
    await page.locator('input[value="webhooks:manage"]').check();
    await page.getByRole('button', { name: 'Make the token' }).click();
    const token = (await page.locator('.secret code').textContent()) ?? '';
    const wish = { endpoint: { type: 'webhook', url: stand.sinks.good.origin }, event_types: ['booking.*'] };
    expect((await stand.hub.call('POST', '/v1/subscriptions', token, wish)).status).toBe(201);
    await page.getByRole('link', { name: 'I have it' }).click();
    await page.getByRole('link', { name: 'Revoke Calendar sync' }).click();
    const dialog = page.getByRole('dialog');
    await expect.poll(() => dialog.textContent()).toContain('It made 1 subscription');
    await dialog.getByText('It leaked').click();
    await dialog.getByRole('button', { name: 'Revoke for good' }).click();
    await expect.poll(heading).toBe('Revoked');
    expect((await stand.hub.call('GET', '/v1/me', token)).status).toBe(401);
    await page.getByText('complete', { exact: true }).waitFor();
    expect(await look(page, 'receipt')).toEqual([]);
  });

  test('a tool is let to ask for RFPs: its secret is shown once and rotated, and it ends with a receipt [S2-36]', () =>
    proveToolMayAsk({ stand, page }));

  test('a form for a sender refuses what is wrong, from elsewhere, or about another account’s [S2-36]', () =>
    refuseSenderForms({ stand, page }));

  test('the list of deliveries stays current by its stream, and by asking again where there is none', async () => {
    const streamed = page.waitForResponse('**/portal/live/deliveries*');
    await page.goto(`${stand.hub.origin}/portal/deliveries`);
    expect((await streamed).headers()['content-type']).toContain('text/event-stream');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    const rows = () => page.locator('tbody tr').count();
    await page.keyboard.press('j');
    const [before, at] = [await rows(), await page.evaluate(() => document.activeElement?.textContent)];
    await stand.publish({ subject: 'bookings/live' });
    await until('it was told', async () => (await rows()) > before);
    expect(asked.every((path) => path === '/portal/deliveries')).toBe(true);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(at);
    page.removeAllListeners('request');

    await page.route('**/portal/live/**', (route) => route.fulfill({ status: 204 }));
    await page.reload();
    const again = await rows();
    await stand.publish({ subject: 'bookings/polled' });
    await until('it has asked again', async () => (await rows()) > again);
    await page.unroute('**/portal/live/**');
  });

  test('an id copies on a click of its own', async () => {
    await page.goto(`${stand.hub.origin}/portal/deliveries`);
    await page.locator('tbody a').first().click();
    const id = page.locator('.copy code').first();
    await id.click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await id.textContent());
  });

  test('times are in the zone of the person, and labelled', async () => {
    await page.goto(`${stand.hub.origin}/portal/deliveries`);
    const time = page.locator('time').first();
    await expect.poll(() => time.getAttribute('title')).toMatch(/GMT-[56]|C[SD]T/);
  });

  test('without script the same tasks are done by pages alone', async () => {
    const { context, page: plain } = await stand.signedIn({ width: 1280, scheme: 'light', script: false });
    await plain.goto(`${stand.hub.origin}/portal/subscriptions/${stand.subscriptions.good}`);
    await plain.getByRole('link', { name: 'Pause' }).click();
    await plain.getByRole('button', { name: 'Pause' }).click();
    await plain.getByText('Paused. Events are kept until you resume.').waitFor();
    await plain.getByRole('button', { name: 'Resume' }).click();
    await plain.getByText('Resumed.').waitFor();
    await plain.getByRole('link', { name: 'Change', exact: true }).click();
    await plain.locator('#description').fill('Studio diary');
    await plain.getByRole('button', { name: 'Save the changes' }).click();
    await plain.getByText('Changed: name').waitFor();
    await plain.goto(`${stand.hub.origin}/portal/deliveries`);
    await plain.getByLabel('State').selectOption('held');
    await plain.getByRole('button', { name: 'Show' }).click();
    await plain.waitForURL('**state=held*');
    expect(await plain.getByRole('button', { name: 'Copy' }).count()).toBe(0);
    await context.close();
  });

  test('who is not signed in sees nothing; a sign-out ends it', async () => {
    const context = await openContext(stand.browser, looks[0]!);
    const stranger = await context.newPage();
    await stranger.goto(`${stand.hub.origin}/portal/deliveries`);
    await expect.poll(() => new URL(stranger.url()).pathname).toBe('/portal/sign-in');
    await stranger.goto(await stand.link());
    await stranger.getByRole('button', { name: 'Sign in' }).click();
    await stranger.waitForURL('**/portal');
    await stranger.locator('.who summary').click();
    await stranger.getByRole('button', { name: 'Sign out' }).click();
    await stranger.waitForURL('**/portal/sign-in*');
    await stranger.goto(`${stand.hub.origin}/portal`);
    await expect.poll(() => new URL(stranger.url()).pathname).toBe('/portal/sign-in');
    await context.close();
  });

  const pages = async (): Promise<Record<string, string>> => {
    const { data } = (
      await stand.hub.call(
        'GET',
        `/v1/deliveries?subscription=${stand.subscriptions.bad}`,
        stand.account.token,
      )
    ).body;
    const { id, event } = data[0];
    return {
      overview: '/portal',
      deliveries: '/portal/deliveries',
      nothing: '/portal/deliveries?state=dead',
      delivery: `/portal/deliveries/${id}`,
      event: `/portal/events/${event}`,
      subscriptions: '/portal/subscriptions',
      subscription: `/portal/subscriptions/${stand.subscriptions.good}`,
      disabled: `/portal/subscriptions/${stand.subscriptions.gone}`,
      failing: `/portal/subscriptions/${stand.subscriptions.bad}`,
      create: '/portal/subscriptions/new?type=booking.confirmed',
      change: `/portal/subscriptions/${stand.subscriptions.good}/change`,
      delete: `/portal/subscriptions/${stand.subscriptions.good}/delete`,
      events: '/portal/event-types',
      type: '/portal/event-types/booking.confirmed',
      apps: '/portal/apps',
      app: `/portal/apps/${stand.apps.verified.grantId}`,
      'app-unverified': `/portal/apps/${stand.apps.unverified.grantId}`,
      narrow: `/portal/apps/${stand.apps.verified.grantId}/narrow?scope=bookings:read`,
      disconnect: `/portal/apps/${stand.apps.verified.grantId}/disconnect`,
      usage: '/portal/usage',
      tokens: '/portal/tokens',
      'new-token': '/portal/tokens/new',
      revoke: `/portal/tokens/${stand.account.tokenId}/revoke`,
      senders: '/portal/rfp-senders',
      account: '/portal/account',
      missing: '/portal/nowhere',
    };
  };

  test.each(looks)(
    'every page at $width, $scheme: axe finds nothing, nothing sticks out, under 100 kB',
    async (look) => {
      const { context, page: looked } = await stand.signedIn(look);
      const found: string[] = [];
      for (const [name, path] of Object.entries(await pages())) {
        const sizes: Promise<number>[] = [];
        looked.on(
          'requestfinished',
          (request) => void sizes.push(request.sizes().then((s) => s.responseBodySize)),
        );
        await looked.goto(stand.hub.origin + path, { waitUntil: 'load' });
        looked.removeAllListeners('requestfinished');
        await takePicture(looked, join(pictures, `${name}-${look.width}-${look.scheme}.png`));
        found.push(...(await findings(looked)).map((finding) => `${name}: ${finding}`));
        const width = await looked.evaluate(() => document.documentElement.scrollWidth);
        if (width > look.width) found.push(`${name}: ${width} pixels wide`);
        const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
        if (bytes > 100_000) found.push(`${name}: ${bytes} bytes`);
      }
      await context.close();
      expect(found).toEqual([]);
    },
    120_000,
  );
});
