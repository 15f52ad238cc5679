import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSignInLink } from '../../src/sessions/index.ts';
import type { TestHub } from '../harness/hub.ts';
import { takePicture } from '../harness/picture.ts';
import { desk, findings, type Look, looks, openContext } from '../portal/stand.ts';
import { describeWith } from '../services/describe.ts';
import { type RealIssuer, startRealIssuer } from './issuer.ts';
import { settingsOf, startHubAt, twoPorts, userHere } from './stand.ts';

/** Where screenshots go, to be looked at. */
const folder = join(import.meta.dirname, '../../node_modules/.cache/patchbay/sign-in');

await describeWith('chromium', 'signing in, in a real browser', ({ url: chromiumPath }) => {
  let hub: TestHub;
  let issuer: RealIssuer;
  let browser: Browser;
  let userId: string;
  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    const [hubPort, issuerPort] = await twoPorts();
    const people = [
      { sub: 'ana', name: 'Ana Luna', email: 'ana@example.com', email_verified: true },
      { sub: 'stranger', name: 'A stranger' },
    ];
    issuer = await startRealIssuer({ port: issuerPort, hub: `http://127.0.0.1:${hubPort}`, people });
    hub = await startHubAt(hubPort, settingsOf(issuer, { PATCHBAY_OIDC_LINK: 'verified_email' }));
    ({ userId } = await userHere(hub, 'Ana Luna', 'ana@example.com'));
    browser = await chromium.launch({
      executablePath: chromiumPath,
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stopAndForget();
    await issuer?.stop();
  });

  /** At the issuer: who one is, and yes. */
  const proveAtIssuer = async (page: Page, login: string): Promise<void> => {
    await page.waitForURL(`${issuer.url}/interaction/*`);
    await page.locator('input[name="login"]').fill(login);
    await page.locator('input[name="password"]').fill('any');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
  };
  const heading = (page: Page) => page.getByRole('heading', { level: 1 }).textContent();
  const opened = async (look: Look = desk): Promise<{ context: BrowserContext; page: Page }> => {
    const context = await openContext(browser, look);
    return { context, page: await context.newPage() };
  };

  test.each([true, false])(
    'from a page of the portal to the issuer, and back to that very page (script: %s)',
    async (script) => {
      const { context, page } = await opened({ ...desk, script });
      await page.goto(`${hub.origin}/portal/deliveries?state=dead`);
      expect(await heading(page)).toBe('Sign in');
      await page.getByRole('link', { name: 'Sign in with Thousand Eyes' }).click();
      await proveAtIssuer(page, 'ana');
      await page.waitForURL(`${hub.origin}/portal/deliveries?state=dead`);
      const cookies = await context.cookies(hub.origin);
      expect(cookies.filter(({ name }) => name === 'patchbay')).toMatchObject([
        { httpOnly: true, sameSite: 'Lax', path: '/' },
      ]);
      await context.close();
    },
  );

  test('an invited person connects from the page after the link', async () => {
    const { hub: ports } = hub;
    const { identities } = ports.store.tables;
    await ports.store.write((db) => [db.delete(identities)]);
    const { context, page } = await opened();
    await page.goto((await createSignInLink(ports, 'test', userId)).url);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/portal/sign-in/connect');
    expect(await findings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Connect Thousand Eyes' }).click();
    await proveAtIssuer(page, 'ana');
    await page.waitForURL('**/portal*');
    expect(await ports.store.db.select().from(identities)).toMatchObject([{ subject: 'ana', userId }]);
    await context.close();
  });

  test('signing out of the issuer too ends what the person has here in other browsers', async () => {
    const { context, page } = await opened();
    await page.goto(`${hub.origin}/portal/sign-in`);
    await page.getByRole('link', { name: 'Sign in with Thousand Eyes' }).click();
    await proveAtIssuer(page, 'ana');
    await page.waitForURL('**/portal*');
    // A second session of the same issuer's session, as another profile would have it.
    const stolen = (await context.cookies(hub.origin)).filter(({ name }) => name === 'patchbay');
    await context.clearCookies({ name: 'patchbay' });
    await page.goto(`${hub.origin}/portal/sign-in/begin`);
    await page.waitForURL('**/portal*');
    const other = await openContext(browser, desk);
    await other.addCookies(stolen);
    const elsewhere = await other.newPage();
    await elsewhere.goto(`${hub.origin}/portal`);
    expect(elsewhere.url()).toBe(`${hub.origin}/portal`);

    await page.locator('details.who summary').click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect.poll(() => heading(page)).toBe('You are signed out');
    expect(await findings(page)).toEqual([]);
    await page.getByRole('link', { name: 'Sign out of Thousand Eyes too' }).click();
    await page.getByRole('button', { name: 'Yes, sign me out' }).click();
    await page.waitForURL(`${hub.origin}/portal/sign-in?out=1`);
    await elsewhere.goto(`${hub.origin}/portal`);
    expect(elsewhere.url()).toContain('/portal/sign-in');
    await Promise.all([context.close(), other.close()]);
  });

  test.each(looks)('reads well at $width pixels, $scheme', async (look) => {
    const found: string[] = [];
    const { context, page } = await opened(look);
    const shoot = async (name: string): Promise<void> => {
      await takePicture(page, join(folder, `${name}-${look.width}-${look.scheme}.png`));
      found.push(...(await findings(page)).map((finding) => `${name}: ${finding}`));
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      if (width > look.width) found.push(`${name}: ${width} pixels wide`);
    };
    await page.goto(`${hub.origin}/portal`);
    await shoot('sign-in');
    await page.goto(`${hub.origin}/portal/sign-in?out=1`);
    await shoot('out');
    await page.goto(`${hub.origin}/portal/sign-in/callback?code=x&state=y`);
    await shoot('begin-again');
    await page.goto(`${hub.origin}/portal/sign-in/begin`);
    await proveAtIssuer(page, 'stranger');
    await page.waitForURL('**/callback?*');
    await shoot('unknown');
    await page.getByRole('link', { name: 'Sign in as somebody else' }).click();
    await page.waitForURL(`${issuer.url}/interaction/*`);
    await page.goto((await createSignInLink(hub.hub, 'test', userId)).url);
    await shoot('link');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/portal*');
    await page.goto(`${hub.origin}/portal/sign-in/connect`);
    await shoot('connect');
    await context.close();
    expect(found).toEqual([]);
  });
});
