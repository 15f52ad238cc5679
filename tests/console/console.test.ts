import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { takePicture } from '../harness/picture.ts';
import { describeWith } from '../services/describe.ts';
import { findings, looks } from '../portal/stand.ts';
import { type Night, openNight } from './stand.ts';

const folder = join(tmpdir(), 'patchbay-console');
await describeWith('chromium', 'the console in a real browser', ({ url }) => {
  let night: Night;
  let page: Page;
  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    night = await openNight(url);
    ({ page } = await night.signedIn('security'));
  });
  beforeEach(() => page.goto(`${night.issuer}/admin`));
  afterAll(() => night?.stop());

  const heading = (on = page) => on.getByRole('heading', { level: 1 }).textContent();
  const find = async (text: string, on = page) => {
    await on.locator('#q').fill(text);
    await on.getByRole('button', { name: 'Find' }).click();
    await on.waitForLoadState();
  };
  const elevate = async (on = page, reason = 'Somebody uses tokens twice tonight') => {
    await on.getByLabel('Why?').fill(reason);
    await on.getByRole('button', { name: /^Elevate me/ }).click();
    await on.getByText('You are elevated.').waitFor();
  };

  test('the front shows what waits for a decision, and a suspended partner as an unplugged cord', async () => {
    const decide = page.getByRole('region', { name: 'Decide now' });
    expect(await decide.getByRole('link', { name: /^Decide/ }).count()).toBe(2);
    const cord = page.locator('.bay.wide a.unplugged');
    expect(await cord.locator('title').first().textContent()).toContain('Blurry Ads: suspended');
    expect(await page.locator('tbody tr').first().textContent()).toMatch(/Blurry Ads.*unplugged/s);
    expect(await page.locator('tbody').textContent()).toMatch(/Shutterline CRM.*houston.*delivered/s);
    await page.getByRole('link', { name: 'Destinations' }).click();
    await page.waitForURL('**/admin?by=host');
    expect(await page.locator('tbody').textContent()).toContain('127.0.0.1');
    await cord.locator('.hit').dispatchEvent('click');
    await page.waitForURL(`**/admin/partners/${night.ads.partnerId}`);
    expect(await page.locator('.verdict').textContent()).toContain(
      'Nothing passes now, and it can be lifted',
    );
  });

  test('a pasted token says whose it is, and stands in no address, no page, no log and no file', async () => {
    const { token, tokenId } = night.account;
    await find(`it was in a gist: ${token}`);
    await page.getByRole('heading', { name: 'It works now: whoever has it can use it' }).waitFor();
    expect(new URL(page.url()).search).toBe('');
    expect(await page.content()).not.toContain(token);
    expect(night.hub.log.lines.join('\n')).not.toContain(token);
    for (const file of readdirSync(night.hub.folder))
      expect([file, readFileSync(join(night.hub.folder, file)).includes(token)]).toEqual([file, false]);
    await page.getByRole('link', { name: 'Look at it' }).click();
    await page.waitForURL(`**/admin/tokens/${tokenId}`);
    await page.goto(`${night.issuer}/admin`);
    await find(`${token.slice(0, -1)}?`);
    await page.getByRole('heading', { name: 'No whole token stands in it' }).waitFor();
    // By hand, as nobody should.
    await page.goto(`${night.issuer}/admin/search?q=${token}`);
    expect(page.url()).not.toContain(token);
    await page.getByText('A token does not belong into an address').waitFor();
  });

  test('anything is found by id, name and host; what is no secret stands in an address that can be shared', async () => {
    await find('shutter');
    await page.waitForURL('**/admin/search?q=shutter');
    expect(await page.getByRole('region', { name: 'Partners' }).textContent()).toContain('Shutterline CRM');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/admin\/(?:apps|partners)\//);
    await page.goto(`${night.issuer}/admin/search`);
    await find(night.subscription);
    expect(await page.getByRole('region', { name: 'Subscriptions' }).textContent()).toContain('127.0.0.1');
    await page.keyboard.press('/');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('q');
    await find(night.crm.client.clientId);
    await page.waitForURL(`**/admin/apps/${night.crm.client.clientId}`);
  });

  test('an app’s day stands beside its usual, and its activity has a filter that stands in the address', async () => {
    await page.goto(`${night.issuer}/admin/apps/${night.crm.client.clientId}`);
    const usual = page.getByRole('region', { name: 'Is today as usual?' });
    expect(await usual.locator('tbody tr').first().textContent()).toMatch(
      /Calls.*9\d\d.*(?:×|usually none)/s,
    );
    const calls = page.getByRole('region', { name: 'Calls, 15 days' });
    expect(await calls.getByRole('img').getAttribute('aria-label')).toMatch(/the most on .*, 9\d\d\.$/);
    expect(await calls.locator('tbody tr').count()).toBe(15);
    await page.getByRole('link', { name: 'All of it, with a filter' }).click();
    await page.getByLabel('Deliveries').uncheck();
    await page.getByLabel('Days of use').uncheck();
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL('**kinds=deed*');
    expect(await page.locator('tbody').textContent()).toContain('The app was registered');
    expect(await page.locator('tbody').textContent()).not.toContain('A delivery to');
  });

  test('why an event did not arrive is read by its id, and from the name of the account that misses it', async () => {
    const account = `/admin/accounts/${night.account.id}`;
    await page.goto(night.issuer + account);
    await page.getByRole('link', { name: 'Its events' }).click();
    await page.getByLabel('Type').fill('review.published');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL('**/events?type=review.published');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/admin\/events\/evt_.*account=acc_/);
    const event = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    expect(await page.locator('.verdict').textContent()).toContain('1 delivered');
    const lines = page.getByRole('region', { name: 'Where it went, and where not' }).locator('tbody');
    expect(await lines.textContent()).toMatch(
      /own.*delivered.*Blurry Ads Sync.*not sent.*does not ask for this type/s,
    );
    await page.goto(`${night.issuer}${account}/timeline?kinds=delivery`);
    await page
      .getByRole('link', { name: /^A delivery to/ })
      .first()
      .click();
    await page.waitForURL(/\/admin\/events\/evt_/);
    await page.goto(`${night.issuer}/admin`);
    await find(event);
    await page.getByRole('link', { name: 'review.published: accepted' }).click();
    await page.waitForURL(`**/admin/events/${event}`);
    // Nothing of what is in it.
    expect(await page.content()).not.toContain('rating');
    await page.goto(`${night.issuer}/admin/events/${event}?account=acc_of_another`);
    expect(await page.locator('.verdict').textContent()).toContain('It was never meant for this account');
  });

  test('people are masked until an elevation with a reason, which stands on every page and is given back', async () => {
    await page.goto(`${night.issuer}/admin/users/${night.people.nobody}`);
    expect(await page.content()).not.toContain('Ana Luna');
    await page.getByRole('link', { name: 'Show names as they are' }).click();
    await page.getByLabel('Why?').fill('short');
    await page.getByRole('button', { name: /^Elevate me/ }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('10 to 500 characters');
    await elevate(page, 'She has called and gave her number');
    await expect.poll(() => heading()).toContain('Ana Luna');
    const banner = page.getByRole('complementary', { name: 'Elevation' });
    expect(await banner.textContent()).toContain('She has called and gave her number');
    await banner.getByRole('button', { name: 'Give it back' }).click();
    await page.getByText('Given back.').waitFor();
    await expect.poll(() => heading()).toContain('A…');
  });

  test('a case is decided: the theft is revoked after its reach was shown, the receipt completes, the case is closed', async () => {
    await page.getByRole('link', { name: 'Decide about “A refresh token was used twice”' }).click();
    expect(await page.locator('.verdict').textContent()).toContain(
      'One of the two who hold it is not its owner',
    );
    const at = page.url();
    await page.getByRole('link', { name: 'It was a theft: revoke' }).click();
    await expect
      .poll(() => page.getByRole('region', { name: 'What it reaches' }).textContent())
      .toContain('Living tokens');
    await elevate();
    await page.getByLabel('It is in wrong hands').check();
    await page.getByRole('button', { name: 'Revoke for good' }).click();
    await page.waitForURL('**/admin/revocations/rvk_*');
    await expect.poll(() => page.locator('main').textContent()).toContain('complete');
    expect(await page.locator('main').textContent()).toMatch(/Time to effect\s*\d+ ms/);
    await page.getByRole('link', { name: /^grt_/ }).click();
    await page.getByText('It opens nothing any more.').waitFor();
    await page.getByRole('link', { name: 'Decide it' }).click();
    expect(page.url()).toBe(at);
    await page.getByLabel('What did you find?').fill('The app lost its phone; the grant is revoked.');
    await page.getByRole('button', { name: 'Close the case' }).click();
    await page.getByText('The case is closed, with your note.').waitFor();
    expect(await page.locator('tbody').textContent()).not.toContain('A refresh token was used twice');
    await page.goto(at);
    await page.getByText('The app lost its phone; the grant is revoked.').waitFor();
    expect(await page.getByRole('button', { name: 'Close the case' }).count()).toBe(0);
  });

  test('a partner is suspended and lifted in a dialog, and what was held is told before', async () => {
    await page.goto(`${night.issuer}/admin/partners/${night.crm.partnerId}`);
    await page.getByRole('link', { name: 'Stop it' }).click();
    await page.waitForURL('**/stop');
    if ((await page.getByLabel('Why?').count()) > 0) await elevate();
    await page.getByLabel('Reason').first().selectOption('incident');
    await page.getByRole('button', { name: 'Suspend it' }).click();
    await page.getByText('Suspended. Nothing that hangs below it passes').waitFor();
    expect((await night.me(night.crm.tokens.access_token)).status).toBe(403);
    await page.getByRole('link', { name: 'Lift the suspension' }).click();
    const dialog = page.getByRole('dialog');
    await expect.poll(() => dialog.textContent()).toContain('held deliver');
    await dialog.getByRole('button', { name: 'Lift it' }).click();
    await page.getByText('Lifted. What was held goes out now.').waitFor();
    expect((await night.me(night.crm.tokens.access_token)).status).toBe(200);
  });

  test('what waits is decided: a subscription by the keyboard, an intent and its origin without script [S2-51]', async () => {
    const { waiting } = night;
    const queue = page.getByRole('region', { name: 'Decide now' });
    expect(await queue.textContent()).toMatch(
      /2 subscriptions wait for approval.*2 intents wait for a review/s,
    );
    await page.getByRole('link', { name: 'Look at them' }).first().click();
    await page.waitForURL('**/admin/approvals');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/admin/approvals/${waiting.approval}`);
    expect(await page.locator('main').textContent()).toMatch(/Reviews leave the house.*Shutterline CRM/s);
    const approve = page.getByRole('form', { name: 'Approve it' });
    await approve.getByLabel('Why?').fill('short');
    await approve.getByRole('button').click();
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('10 to 500 characters');
    await approve.getByLabel('Why?').fill('The partner was reviewed for it.');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Approved. From now on').waitFor();
    expect(await page.locator('tbody tr').count()).toBe(1);
    await page.goto(`${night.issuer}/admin/approvals/${waiting.refused}`);
    await page.getByText('The marketplace has refused it.').waitFor();
    expect(await page.locator('main').textContent()).toContain('Not for a newsletter.');

    const { context, page: plain } = await night.signedIn('legal', {
      width: 390,
      scheme: 'dark',
      script: false,
    });
    await plain.getByRole('link', { name: 'Intents' }).click();
    await plain.waitForURL('**/admin/intents');
    expect(await plain.locator('tbody tr').count()).toBe(2);
    await plain.goto(`${night.issuer}/admin/intents?from=${waiting.origin}`);
    await plain.getByRole('link', { name: 'photographer in houston' }).click();
    expect(await plain.content()).not.toContain('Spring lookbook');
    await plain.getByRole('link', { name: 'Show it as it is' }).click();
    await elevate(plain, 'To read what is asked of us');
    await plain.getByText('Spring lookbook').first().waitFor();
    await plain.getByRole('link', { name: 'decide about its origin' }).click();
    expect(await plain.locator('main').textContent()).toContain('The intent that waits');
    await plain.getByRole('form', { name: 'Approve it' }).getByLabel('Why?').fill('Known to us for years.');
    await plain.getByRole('button', { name: 'Approve the origin' }).click();
    await plain.getByText('What waited has gone to the marketplace').waitFor();
    await plain.getByRole('link', { name: 'In the last 90 days' }).click();
    expect(await plain.locator('tbody').textContent()).toMatch(/turned away.*accepted.*open/s);
    await context.close();
  });

  test('without script the whole way is gone by pages alone, and the receipt asks again by itself', async () => {
    const { context, page: plain } = await night.signedIn('security', {
      width: 1280,
      scheme: 'light',
      script: false,
    });
    const { tokenId } = await night.hub.account(['bookings:read']);
    await find(tokenId, plain);
    await plain.getByRole('link', { name: 'Stop it' }).click();
    await elevate(plain);
    await plain.getByLabel('It is in wrong hands').check();
    await plain.getByRole('button', { name: 'Revoke for good' }).click();
    await plain.waitForURL('**/admin/revocations/rvk_*');
    await expect.poll(() => plain.locator('main').textContent()).toContain('complete');
    await plain.goto(`${night.issuer}/admin/partners/${night.ads.partnerId}`);
    await plain.getByRole('link', { name: 'Lift the suspension' }).click();
    expect(await heading(plain)).toBe('Lift the suspension of partner Blurry Ads?');
    await plain.getByRole('button', { name: 'Give it back' }).click();
    await expect.poll(() => plain.getByLabel('Why?').count()).toBe(1);
    await context.close();
  });

  test('a role is given by who may, never to oneself, and it counts at the next page', async () => {
    const { context, page: platform } = await night.signedIn('platform');
    await platform.getByRole('link', { name: 'Staff' }).click();
    await elevate(platform, 'A new colleague starts tonight');
    await platform.getByLabel('User', { exact: true }).fill(night.people.platform);
    await platform.getByLabel('Role', { exact: true }).selectOption('security');
    await platform.getByRole('button', { name: 'Give the role' }).click();
    await expect
      .poll(() => platform.getByRole('alert').textContent())
      .toContain('Nobody changes their own roles');
    await platform.getByLabel('User', { exact: true }).fill(night.people.ops);
    await platform.getByRole('button', { name: 'Give the role' }).click();
    await platform.getByText('The role is given').waitFor();
    await platform.getByRole('button', { name: 'Take away security of Olu Ade' }).click();
    await platform.getByText('The role is taken away').waitFor();
    await context.close();
  });

  test('what was kept back is read in plain words, re-driven alone and all at once, and what that brought is told', async () => {
    const { context, page: ops } = await night.signedIn('ops');
    const main = () => ops.locator('main').textContent();
    await ops.getByRole('link', { name: 'Quarantine' }).click();
    await expect.poll(main).toContain('4 events were kept back');
    await ops.keyboard.press('j');
    await ops.keyboard.press('Enter');
    await ops.waitForURL(`**/admin/quarantine/${night.kept.unknown}`);
    await expect.poll(main).toMatch(/Its type is not in the catalogue.*Upgrade the hub, then re-drive/s);
    expect(await main()).toContain('Nobody has looked at what is in it');
    expect(await ops.getByRole('button', { name: 'Re-drive it' }).count()).toBe(0);
    await ops.goto(`${night.issuer}/admin/quarantine`);
    await ops.getByLabel('Why', { exact: true }).selectOption('schema:/confirmed_at');
    await ops.waitForURL('**/admin/quarantine?reason=*');
    expect(await ops.locator('tbody tr').count()).toBe(3);
    await ops.goto(`${night.issuer}/admin/quarantine/${night.kept.good}`);
    await ops.getByText('It would be accepted now').waitFor();
    await ops.getByRole('button', { name: 'Re-drive it' }).click();
    await ops.getByText('Accepted, under its old sequence number.').waitFor();
    await expect.poll(async () => (await ops.reload(), main())).toMatch(/What that has brought: \d+ /);
    await ops.goto(`${night.issuer}/admin/quarantine?type=booking.confirmed`);
    await ops.getByRole('link', { name: 'Re-drive all that fit' }).click();
    const dialog = ops.getByRole('dialog');
    await expect.poll(() => dialog.textContent()).toMatch(/1 would be accepted and 1 would stay/);
    await dialog.getByRole('button', { name: 'Re-drive 2 events' }).click();
    await ops.waitForURL('**/admin/quarantine/redrives/tsk_*');
    await expect.poll(main).toMatch(/done.*1 event accepted, 1 still wrong/s);
    await expect.poll(main).toMatch(/Brought\s*\d+ delivered/);
    await ops.getByRole('link', { name: 'What is left in quarantine' }).click();
    await ops.waitForURL('**/admin/quarantine?type=booking.confirmed');
    expect(await ops.locator('tbody tr').first().locator('a').getAttribute('href')).toContain(
      night.kept.broken,
    );
    await context.close();
  });

  test('a partner is reviewed in part and the review withdrawn; a staff token is made of what one may, shown once, revoked', async () => {
    const { context, page: plain } = await night.signedIn('security', {
      width: 390,
      scheme: 'light',
      script: false,
    });
    const main = () => plain.locator('main').textContent();
    await plain.getByRole('link', { name: 'Partners' }).click();
    await plain.getByRole('link', { name: 'To review' }).click();
    await plain.getByRole('link', { name: 'Lens & Light' }).click();
    await expect.poll(main).toMatch(/its apps are refused rfps:create and money:read.*Lens Ledger/s);
    await plain.getByLabel('It passed').check();
    await plain.getByRole('checkbox', { name: /^rfps:create/ }).uncheck();
    await plain.getByLabel('Until when does it count?').fill('2020-01-01');
    await plain.getByLabel('Where is it written down?').fill('DPA-14');
    await plain.getByLabel('What was looked at?').fill('The contract and a test of the app.');
    await plain.getByRole('button', { name: 'Put it on record' }).click();
    expect(await plain.getByRole('alert').textContent()).toContain('A review ends in the future.');
    await plain.getByLabel('Until when does it count?').fill('2099-12-31');
    await plain.getByRole('button', { name: 'Put it on record' }).click();
    await plain.getByText('On record.').waitFor();
    expect(await main()).toMatch(/Reviewed in part: rfps:create stays closed.*DPA-14/s);
    await plain.getByRole('link', { name: 'Withdraw the review' }).click();
    await plain.getByLabel('Why?').fill('They were sold to somebody else.');
    await plain.getByRole('button', { name: 'Withdraw it' }).click();
    await plain.getByText('Withdrawn. The partner is unverified').waitFor();
    expect(await main()).toMatch(/its apps are refused.*They were sold to somebody else/s);

    await plain.goto(`${night.issuer}/admin/staff/tokens`);
    await elevate(plain, 'A nightly sweep has to be set up');
    await plain.getByLabel('What is it for?').fill('Nightly sweep');
    await plain.getByRole('button', { name: 'Make the token' }).click();
    expect(await plain.getByRole('alert').textContent()).toContain('Tick what it may do.');
    await plain.getByText('single permissions').click();
    await plain.getByRole('checkbox', { name: /^search:read/ }).check();
    await plain.getByRole('button', { name: 'Make the token' }).click();
    const token = (await plain.locator('.secret code').textContent()) ?? '';
    const call = (path: string) => night.hub.call('GET', `/admin/v1/${path}`, token);
    expect((await call('me')).body.permissions).toEqual(['search:read']);
    await plain.getByRole('link', { name: 'I have it' }).click();
    await plain.waitForURL('**/admin/staff/tokens');
    expect(await plain.content()).not.toContain(token);
    expect(night.hub.log.lines.join('\n')).not.toContain(token);
    await plain.getByRole('link', { name: 'Revoke Nightly sweep' }).click();
    await plain.getByRole('button', { name: 'Revoke it' }).click();
    await plain.getByText('Revoked. Every call with it is refused').waitFor();
    expect((await call('me')).status).toBe(401);
    await context.close();
  });

  test('who has no role sees that nothing is here; who lacks a permission reads which role has it [S2-15]', async () => {
    const { context, page: stranger } = await night.signedIn('nobody');
    for (const path of ['', '/search', '/cases', `/apps/${night.crm.client.clientId}`, '/nowhere']) {
      const answer = await stranger.goto(`${night.issuer}/admin${path}`);
      expect([path, answer?.status()]).toEqual([path, 404]);
    }
    expect(await stranger.locator('nav').count()).toBe(0);
    await context.close();
    const other = await night.signedIn('finance');
    const answer = await other.page.goto(`${night.issuer}/admin/cases`);
    expect(answer?.status()).toBe(403);
    expect(await other.page.locator('main').textContent()).toMatch(/support, security, and legal have it/);
    await other.context.close();
  });

  test('staff without an account come from the sign-in straight to the console; others are led to neither', async () => {
    const officer = await night.newOfficer('Sam Osei');
    const { context, page: own } = await night.signedIn(officer);
    await own.goto(`${night.issuer}/portal`);
    await own.waitForURL('**/admin');
    expect(await own.locator('.who summary').textContent()).toContain('Sam Osei · security');
    await context.close();
    const other = await night.signedIn('nobody');
    await other.page.goto(`${night.issuer}/portal/account`);
    expect(await other.page.getByRole('link', { name: 'To the console' }).count()).toBe(0);
    await other.context.close();
  });

  test('whatever stands in an address or a form, the answer is a page and no fault', async () => {
    const { context, page: odd } = await night.signedIn('security');
    const formKey = (await odd.locator('input[name=form_key]').first().inputValue()) ?? '';
    const asked: [path: string, status: number][] = [
      ['/tokens/%00', 404],
      ['/tokens/tok_01kam0000000000000000000zz', 404],
      ['/apps/..%2Fv1', 404],
      ['/accounts/acc_none/stop', 404],
      [`/partners/${night.crm.partnerId}/lift`, 404],
      ['/revocations?subject=%00', 400],
      ['/revocations?after=nonsense', 400],
      ['/cases?after=nonsense', 400],
      ['/suspensions?after=nonsense', 400],
      [`/apps/${night.crm.client.clientId}/timeline?kinds=nonsense`, 200],
      [`/apps/${night.crm.client.clientId}/timeline?after=nonsense`, 400],
      [`/search?q=${'x'.repeat(400)}`, 200],
      ['/partners?state=nonsense', 200],
      ['/partners?after=nonsense', 400],
      ['/partners/ptr_none/reviews', 404],
      ['/partners/ptr_01kam0000000000000000000zz/reviews/withdraw', 404],
      ['/staff/tokens?after=nonsense', 400],
      ['/events/evt_none', 404],
      ['/events/%00', 404],
      ['/events/evt_none?account=nonsense', 400],
      ['/deliveries/dlv_none', 404],
      ['/accounts/acc_none/events', 404],
      [`/accounts/${night.account.id}/events?type=nonsense`, 200],
      ['/staff/tokens/tok_none/revoke', 404],
    ];
    for (const [path, status] of asked) {
      const answer = await odd.goto(`${night.issuer}/admin${path}`);
      expect([path, answer?.status()]).toEqual([path, status]);
      expect(await odd.getByRole('heading', { level: 1 }).count()).toBe(1);
    }
    const review = { outcome: 'passed', scopes: 'money:read', note: 'looked at all of it' };
    const sent: [path: string, form: Record<string, string>, status: number][] = [
      ['/search', { q: 'a\0b' }, 422],
      ['/elevation', { reason: 'x', permissions: 'staff:manage' }, 422],
      ['/search', { q: 'shutter', form_key: 'of another' }, 403],
      [`/cases/${night.caseId}/close`, { note: '' }, 422],
      [`/partners/${night.crm.partnerId}/reviews`, {}, 422],
      [`/partners/${night.crm.partnerId}/reviews`, { ...review, scopes: 'bookings:read' }, 422],
      [`/partners/${night.crm.partnerId}/reviews`, { ...review, until: 'tomorrow' }, 422],
      [`/partners/${night.crm.partnerId}/reviews`, { ...review, reference: 'x'.repeat(201) }, 422],
      ['/partners/ptr_none/reviews', review, 404],
      [`/partners/${night.newcomer}/reviews/withdraw`, { note: 'nothing stands here' }, 422],
      ['/staff/tokens', { label: 'x', roles: 'security', minutes: '60' }, 403],
      ['/staff/tokens/tok_none/revoke', {}, 404],
      ['/nowhere', {}, 404],
    ];
    for (const [path, form, status] of sent) {
      const answer = await odd.request.post(`${night.issuer}/admin${path}`, {
        form: { form_key: formKey, ...form },
        headers: { origin: night.issuer },
        maxRedirects: 0,
      });
      expect([path, answer.status()]).toEqual([path, status]);
    }
    const foreign = await odd.request.post(`${night.issuer}/admin/elevation`, {
      form: { form_key: formKey },
      headers: { origin: 'https://elsewhere.example' },
    });
    expect(foreign.status()).toBe(403);
    expect(night.hub.log.lines.filter((line) => line.includes('request.fault'))).toEqual([]);
    await context.close();
  });

  const pages = (): Record<string, string> => {
    const { crm, ads, account, people, waiting } = night;
    const app = `/admin/apps/${crm.client.clientId}`;
    return {
      front: '/admin',
      hosts: '/admin?by=host',
      find: '/admin/search',
      found: '/admin/search?q=shutter',
      nothing: '/admin/search?q=nobody-here',
      cases: '/admin/cases?state=all',
      case: `/admin/cases/${night.caseId}`,
      approvals: '/admin/approvals',
      approval: `/admin/approvals/${waiting.stays}`,
      rules: '/admin/approvals/rules',
      intents: '/admin/intents?state=all',
      intent: `/admin/intents/${waiting.unread}`,
      origins: '/admin/intents/origins',
      origin: `/admin/intents/origin?source=${waiting.newcomer}&kind=rfp.create`,
      app,
      timeline: `${app}/timeline`,
      stop: `${app}/stop`,
      partner: `/admin/partners/${ads.partnerId}`,
      quarantine: '/admin/quarantine',
      'quarantine-none': '/admin/quarantine?env=test',
      kept: `/admin/quarantine/${night.kept.broken}`,
      redrive: '/admin/quarantine/redrive',
      partners: '/admin/partners',
      reviews: `/admin/partners/${night.newcomer}/reviews`,
      withdraw: `/admin/partners/${crm.partnerId}/reviews/withdraw`,
      'staff-tokens': '/admin/staff/tokens',
      lift: `/admin/partners/${ads.partnerId}/lift`,
      account: `/admin/accounts/${account.id}`,
      'account-events': `/admin/accounts/${account.id}/events`,
      event: `/admin/events/${night.eventId}?account=${account.id}`,
      user: `/admin/users/${people.nobody}`,
      grant: `/admin/grants/${account.grantId}`,
      token: `/admin/tokens/${account.tokenId}`,
      'stop-token': `/admin/tokens/${account.tokenId}/stop`,
      suspensions: '/admin/suspensions',
      receipts: '/admin/revocations',
      receipt: `/admin/revocations/${night.receiptId}`,
      elevation: '/admin/elevation',
      staff: '/admin/staff',
      missing: '/admin/nowhere',
    };
  };

  const changesWhenElevated = new Set([
    'rules',
    'intent',
    'kept',
    'staff-tokens',
    'front',
    'stop',
    'stop-token',
    'lift',
    'user',
    'elevation',
  ]);

  test.each(looks)(
    'every page at $width, $scheme: axe finds nothing, nothing sticks out, under 100 kB',
    async (look) => {
      const officer = await night.newOfficer('Noor Haddad', ['security', 'ops']);
      const { context, page: looked } = await night.signedIn(officer, look);
      const found: string[] = [];
      // What an elevation adds has no colours of its own.
      for (const isElevated of look.scheme === 'light' ? [false, true] : [false]) {
        if (isElevated) {
          await looked.goto(`${night.issuer}/admin/elevation`);
          for (const box of await looked.locator('main input[type=checkbox]').all()) await box.check();
          await elevate(looked, 'Every page has to be looked at, also as it is while elevated');
        }
        for (const [name, path] of Object.entries(pages())) {
          if (isElevated && !changesWhenElevated.has(name)) continue;
          const label = isElevated ? `${name}-elevated` : name;
          const sizes: Promise<number>[] = [];
          looked.on(
            'requestfinished',
            (request) => void sizes.push(request.sizes().then((s) => s.responseBodySize)),
          );
          await looked.goto(night.issuer + path);
          looked.removeAllListeners('requestfinished');
          await takePicture(looked, join(folder, `${label}-${look.width}-${look.scheme}.png`));
          found.push(...(await findings(looked)).map((finding) => `${label}: ${finding}`));
          const width = await looked.evaluate(() => document.documentElement.scrollWidth);
          if (width > look.width) found.push(`${label}: ${width} pixels wide`);
          const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
          if (bytes > 100_000) found.push(`${label}: ${bytes} bytes`);
        }
      }
      await context.close();
      expect(found).toEqual([]);
    },
    180_000,
  );
});
