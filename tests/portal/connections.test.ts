import { and, eq, inArray } from 'drizzle-orm';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../harness/sink.ts';
import { mendLink } from '../../src/connections/index.ts';
import { describeWith } from '../services/describe.ts';
import { type ConnectionsStand, openConnectionsStand } from './connections-stand.ts';
import { desk, look, looks, picture } from './stand.ts';
import type { Vendor } from '../connections/vendor.ts';
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
  /** With a test that arrives; back at the connection's page. */
  async function switchOn(on: Page): Promise<void> {
    await on.getByRole('button', { name: 'Switch on and send a test' }).click();
    await on.getByText('A test event is on its way.').waitFor();
    await on.getByText('delivered', { exact: true }).waitFor();
    await on.getByRole('link', { name: 'the connection' }).click();
  }
  /** Well; then the vendor takes no token any more; then its person connects it again. */
  async function healthAndMend(on: Page, vendor: Vendor, says = 'All is well there.'): Promise<void> {
    await on.getByRole('button', { name: 'Check now' }).click();
    await on.getByText(says).waitFor();
    vendor.answerWith(() => Response.json({ error: 'unauthorized' }, { status: 401 }));
    vendor.killRefresh();
    await on.getByRole('button', { name: 'Check now' }).click();
    await on.getByText('It needs you').waitFor();
    vendor.answerWith(null);
    await on.getByRole('button', { name: 'Connect it again' }).click();
    await on.getByText('Connected.', { exact: true }).waitFor();
  }
  async function disconnect(on: Page, ending = /1 subscription ends/): Promise<void> {
    await on.getByRole('link', { name: 'Disconnect' }).click();
    await expect.poll(() => on.getByRole('dialog').textContent()).toMatch(ending);
    await on.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
    await on.getByText('disconnected', { exact: true }).waitFor();
  }

  const listed = (connector: string) => {
    const { store } = stands.main.hub.hub;
    const { connections } = store.tables;
    return store.db
      .select()
      .from(connections)
      .where(and(eq(connections.connector, connector), inArray(connections.state, ['active', 'degraded'])));
  };
  /** What ended gets nothing that is published now: no delivery is made for it, and the vendor hears nothing. */
  async function expectSilence(
    stand: ConnectionsStand,
    connector: string,
    heard: () => number,
    over: Record<string, unknown>,
  ): Promise<void> {
    const { store } = stand.hub.hub;
    const { deliveries, subscriptions } = store.tables;
    const made = async () =>
      (
        await store.db
          .select({ id: deliveries.id })
          .from(deliveries)
          .innerJoin(subscriptions, eq(subscriptions.id, deliveries.subscriptionId))
          .where(and(eq(subscriptions.host, `connector:${connector}`), eq(subscriptions.state, 'deleted')))
      ).length;
    const before = [await made(), heard()];
    await stand.publish(over);
    expect([await made(), heard()]).toEqual(before);
  }
  /** Where the vendor sends somebody back to who has begun, and is on their way. */
  async function begin(name: string): Promise<URL> {
    const vendor = stands.main.vendors.dropbox;
    const away = /oauth2\/authorize/;
    await page.route(away, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<title>Away</title>' }),
    );
    await page.goto(at(`/connectors/${name.toLowerCase()}`));
    await page.getByRole('button', { name: `Go on to ${name}` }).click();
    await page.waitForURL(away);
    const authorizeUrl = page.url();
    await page.unroute(away);
    return vendor.consent(authorizeUrl);
  }

  test('what there is to connect is told before anything is connected', async () => {
    await page.goto(at(''));
    await page.getByRole('navigation').getByRole('link', { name: 'Connections' }).click();
    await expect.poll(() => heading()).toBe('Connections');
    await page.getByRole('heading', { name: 'Connect the first' }).waitFor();
    expect(await page.getByRole('main').textContent()).not.toContain('Google Drive');
    await picture(page, 'connections-none');
  });

  test('Google Calendar: connected, chosen, seen on samples and past events, switched on; ended, it is silent', async () => {
    const { main } = stands;
    const vendor = main.vendors['google-calendar'];
    await connect(page, main.hub.origin, 'Google Calendar');
    await picture(page, 'connection-empty');
    await page.getByRole('link', { name: 'Choose what goes there' }).click();
    await page.getByLabel('Requests, too').check();
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('Samples, not events of yours').waitFor();
    await picture(page, 'plug-sample');
    await main.publish({ subject: 'bookings/before' });
    await page.getByRole('button', { name: 'Preview' }).click();
    const preview = page.getByRole('complementary', { name: 'What would appear there' });
    await expect.poll(() => preview.textContent()).toMatch(/just now[^]*entry/);
    expect(await preview.textContent()).not.toContain('sample');
    expect(standing(main, 'google-calendar')).toHaveLength(0);
    await picture(page, 'plug-calendar');
    await switchOn(page);
    const tested = standing(main, 'google-calendar').length;
    await main.publish({ subject: 'bookings/after' });
    await until('it is in the calendar', () => standing(main, 'google-calendar').length === tested + 1);
    await healthAndMend(page, vendor);
    expect(await page.getByRole('region', { name: 'What was made there' }).textContent()).toContain('there');
    await picture(page, 'connection');
    await disconnect(page);
    expect(vendor.revoked).toHaveLength(1);
    await picture(page, 'connection-ended');
    await expectSilence(main, 'google-calendar', () => vendor.received.length, {
      subject: 'bookings/silence',
    });
  });

  test('Slack: a tier, a channel of its list, a test; muted, let go on, taken back', async () => {
    const { main } = stands;
    await main.publish({ subject: 'bookings/slack_before' });
    await page.goto(at('/connectors/slack'));
    await page.locator('input[value="updates"]').check();
    await picture(page, 'connect-slack');
    await page.getByRole('button', { name: 'Go on to Slack' }).click();
    await page.getByText('Connected.', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Choose what goes there' }).click();
    await page.getByRole('checkbox', { name: 'booking.*' }).check();
    await page.getByRole('button', { name: 'Switch it on' }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('Channel: nothing is chosen');
    await page.getByLabel('Channel', { exact: true }).selectOption({ index: 1 });
    await page.getByRole('button', { name: 'Preview' }).click();
    const preview = page.getByRole('complementary', { name: 'What would appear there' });
    await expect.poll(() => preview.textContent()).toContain('Spring lookbook');
    await picture(page, 'plug-slack');
    await switchOn(page);
    await expect.poll(() => heading()).toBe('Slack');

    await page.getByLabel('Answers to booking requests').check();
    await page.getByRole('button', { name: 'Keep this' }).click();
    await page.getByText('Kept as you chose.').waitFor();
    expect(await page.getByLabel('Answers to booking requests').isChecked()).toBe(true);

    await page.getByRole('link', { name: 'Mute' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Mute' }).click();
    await page.getByText('It is muted').waitFor();
    const before = standing(main, 'slack').length;
    await page.getByRole('link', { name: 'Bring in the past' }).click();
    await page.getByRole('button', { name: 'Bring it in' }).click();
    await page.getByText('What was brought in waits until it goes on').waitFor();
    await picture(page, 'replay-waits');
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('stopped', { exact: true }).waitFor();
    await picture(page, 'replay-stopped');
    await page.getByRole('link', { name: /^Slack · / }).click();
    await main.publish({ subject: 'bookings/slack_muted' });
    expect(standing(main, 'slack')).toHaveLength(before);
    await page.getByRole('button', { name: 'Let it go on' }).click();
    await until('what was kept is there', () => standing(main, 'slack').length === before + 1);

    await page.goto(at(''));
    await page
      .getByRole('link', { name: /Slack · / })
      .first()
      .waitFor();
    await picture(page, 'overview-connections');
    await page.goto(at('/subscriptions'));
    await page.getByRole('link', { name: /^Slack · / }).click();
    await page.getByRole('button', { name: 'Replay' }).click();
    await expect.poll(() => heading()).toBe('Sending again');
    await page.getByText('complete', { exact: true }).waitFor();
    await page.goBack();
    main.vendors.slack.answerWith(() => new Response('', { status: 503 }));
    await page.getByRole('link', { name: 'Change what it does there' }).click();
    expect(await page.getByRole('textbox', { name: /^Channel/ }).inputValue()).toMatch(/^C/);
    await page.getByText('The list could not be fetched now').waitFor();
    main.vendors.slack.answerWith(null);
    await page.getByRole('checkbox', { name: 'review.published' }).check();
    const changed = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    await main.hub.call('PATCH', `/v1/subscriptions/${changed}`, main.token, { max_per_second: 40 });
    await page.getByRole('button', { name: 'Keep the changes' }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('has changed it since');
    await page.getByRole('button', { name: 'Keep the changes' }).click();
    await page.getByText('Changed. It holds').waitFor();
    expect(await page.getByRole('region', { name: 'What goes there' }).textContent()).toContain(
      'review.published',
    );

    await page.getByRole('link', { name: 'Take it back' }).click();
    await expect.poll(() => page.getByRole('dialog').textContent()).toMatch(/things? of ours stand/);
    await page.getByRole('dialog').getByRole('button', { name: 'Take it back' }).click();
    await page.getByText('complete', { exact: true }).waitFor();
    await picture(page, 'recalled');
  });

  test('what needs its person says so, and one button mends it', async () => {
    const { main } = stands;
    main.vendors.slack.answerWith(() => Response.json({ ok: false, error: 'token_revoked' }));
    await page.goto(at('/connections'));
    await page.getByRole('link', { name: 'Slack', exact: true }).click();
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText('It needs you').waitFor();
    await page.goto(at('/connections'));
    await page.getByRole('heading', { name: 'Needs you' }).waitFor();
    expect(await look(page, 'connections-broken')).toEqual([]);
    main.vendors.slack.answerWith(null);
    await page.getByRole('button', { name: 'Connect it again' }).click();
    await page.getByText('Connected.', { exact: true }).waitFor();
    expect(await page.getByText('active', { exact: true }).count()).toBeGreaterThan(0);
  });

  test('the link in a message mends it without signing in, and a stale one says what to do', async () => {
    const { main } = stands;
    const [row] = await listed('slack');
    const context = await stands.browser.newContext();
    const stranger = await context.newPage();
    await stranger.goto(mendLink(main.hub.hub, row!));
    await expect.poll(() => heading(stranger)).toBe('Slack is connected again');
    expect(await look(stranger, 'mended')).toEqual([]);
    await stranger.goto(`${at(`/connections/${row!.id}/mend`)}?until=1&sig=forged`);
    await expect.poll(() => heading(stranger)).toBe('That is over');
    expect(await stranger.getByRole('main').textContent()).toContain('This link has ended');
    await context.close();
  });

  test('declined, begun by somebody else, gone stale, the vendor down: in words, with the next step', async () => {
    const { main } = stands;
    const declined = await begin('Dropbox');
    declined.searchParams.delete('code');
    declined.searchParams.set('error', 'access_denied');
    await page.goto(declined.href);
    await expect.poll(() => heading()).toBe('Dropbox is not connected');
    expect(await look(page, 'declined')).toEqual([]);
    await page.getByRole('link', { name: 'Try again' }).click();
    await expect.poll(() => heading()).toBe('Connect Dropbox');
    await page.goto(declined.href);
    await expect.poll(() => heading()).toBe('That is over');

    const back = await begin('Dropbox');
    const { context, page: other } = await main.signedIn(undefined, 'theo');
    await other.goto(back.href);
    await expect.poll(() => heading(other)).toBe('That was begun by somebody else');
    await context.close();

    const down = await begin('Dropbox');
    main.vendors.dropbox.refuseTokens(true);
    await page.goto(down.href);
    await expect.poll(() => heading()).toBe('It is not connected yet');
    main.vendors.dropbox.refuseTokens(false);
    expect(await listed('dropbox')).toEqual([]);
  });

  test('Discord: an address is all it takes', async () => {
    const { main } = stands;
    await page.goto(at('/connectors/discord'));
    await page.getByLabel('Address').fill('https://example.com/not-there');
    await page.getByRole('button', { name: 'Connect Discord' }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('discord.com');
    expect(await look(page, 'connect-address')).toEqual([]);
    await page.getByLabel('Address').fill(main.discord.address);
    await page.getByRole('button', { name: 'Connect Discord' }).click();
    await page.getByText('Connected.', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Choose what goes there' }).click();
    await page.getByRole('button', { name: 'Preview' }).click();
    const preview = page.getByRole('complementary', { name: 'What would appear there' });
    await expect.poll(() => preview.textContent()).toContain('Spring lookbook');
    await switchOn(page);
    const tested = main.discord.standIn.objects().length;
    await main.publish({ subject: 'bookings/discord' });
    await until('it is in the channel', () => main.discord.standIn.objects().length === tested + 1);
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText('All is well there.').waitFor();
    await page.getByRole('link', { name: 'Change what it may do' }).click();
    await page.getByLabel('Address').fill(main.discord.address);
    await page.getByRole('button', { name: 'Use this address' }).click();
    await page.getByText('Connected.', { exact: true }).waitFor();
    await disconnect(page);
    expect(await page.getByRole('main').textContent()).toContain('end it there, too');
    await expectSilence(main, 'discord', () => main.discord.standIn.objects().length, {
      subject: 'bookings/discord_silence',
    });
  });

  test('Google Drive: an archive that has nothing to choose; ended, it is silent', async () => {
    const { drive } = stands;
    const { context, page: own } = await drive.signedIn({ ...desk, width: 390 });
    await drive.publish({ type: 'deliverable.accepted', subject: 'deliverables/before' });
    await connect(own, drive.hub.origin, 'Google Drive');
    await own.getByRole('link', { name: 'Choose what goes there' }).click();
    expect(await own.getByRole('checkbox', { name: 'deliverable.accepted' }).isChecked()).toBe(true);
    await own.getByRole('button', { name: 'Preview' }).click();
    const preview = own.getByRole('complementary', { name: 'What would appear there' });
    await expect.poll(() => preview.textContent()).toMatch(/name: \S+\.\w+/);
    await picture(own, 'plug-drive');
    await switchOn(own);
    const tested = standing(drive, 'google-drive').length;
    expect(JSON.stringify(standing(drive, 'google-drive'))).toContain('Test from Patchbay');
    await drive.publish({ type: 'deliverable.accepted', subject: 'deliverables/after' });
    await until('it is kept there', () => standing(drive, 'google-drive').length > tested);
    const vendor = drive.vendors['google-drive'];
    await healthAndMend(own, vendor);
    await disconnect(own);
    await expectSilence(drive, 'google-drive', () => vendor.received.length, {
      type: 'deliverable.accepted',
      subject: 'deliverables/silence',
    });
    await context.close();
  });

  test('a recipe: bookings into the calendar [S2-24]', async () => {
    const { main } = stands;
    const before = standing(main, 'google-calendar').length;
    await page.goto(at('/connections'));
    await page.getByRole('link', { name: 'Recipes' }).click();
    await expect.poll(() => heading()).toBe('Recipes');
    await picture(page, 'recipes');
    await page.getByRole('link', { name: 'Set it up (Bookings in your calendar)' }).click();
    await page.getByRole('link', { name: 'Connect Google Calendar' }).click();
    await page.getByRole('button', { name: 'Go on to Google Calendar' }).click();
    await expect.poll(() => heading()).toBe('Bookings in your calendar');
    await page.getByRole('link', { name: 'Preview in Google Calendar' }).click();
    const preview = page.getByRole('complementary', { name: 'What would appear there' });
    await expect.poll(() => preview.textContent()).toContain('Spring lookbook');
    await page.getByRole('button', { name: 'Switch it on' }).click();
    await page.getByText('It is on.').waitFor();
    await expect.poll(() => heading()).toBe('Bookings in your calendar');
    await main.publish({ subject: 'bookings/recipe' });
    await until('it is in the calendar', () => standing(main, 'google-calendar').length === before + 1);
  });

  test('a recipe: accepted work into the archive, by a phone, without script [S2-24]', async () => {
    const { main } = stands;
    await main.publish({ type: 'deliverable.accepted', subject: 'deliverables/before' });
    const { context, page: plain } = await main.signedIn({ ...desk, width: 390, script: false });
    await plain.goto(at('/recipes/deliverables-in-archive'));
    await plain.getByRole('link', { name: 'Connect Dropbox' }).click();
    await plain.getByRole('button', { name: 'Go on to Dropbox' }).click();
    await plain.waitForURL('**/portal/recipes/**');
    await plain.getByRole('link', { name: 'Preview in Dropbox' }).click();
    const preview = plain.getByRole('complementary', { name: 'What would appear there' });
    await expect.poll(() => preview.textContent()).toMatch(/name: \S+\.\w+/);
    await plain.getByRole('button', { name: 'Switch it on' }).click();
    await plain.getByText('on', { exact: true }).first().waitFor();
    await main.publish({ type: 'deliverable.accepted', subject: 'deliverables/after' });
    await until('it is kept there', () => standing(main, 'dropbox').length > 0);
    await plain.goto(at('/connections'));
    await plain.getByRole('link', { name: 'Dropbox', exact: true }).click();
    await plain.getByRole('link', { name: 'Bring in the past' }).click();
    expect(
      await plain
        .getByLabel(/The last 24 hours/)
        .locator('..')
        .textContent(),
    ).toContain('1 event about 1 deliverable; 1 is there already');
    await plain.getByRole('button', { name: 'Bring it in' }).click();
    await until('it is brought in', async () => {
      if ((await plain.getByText('complete', { exact: true }).count()) > 0) return true;
      await plain.getByRole('link', { name: 'Look again' }).click();
      return false;
    });
    await plain.getByRole('link', { name: /^Dropbox/ }).click();
    await plain.getByRole('link', { name: 'Bring in the past' }).click();
    await plain.getByText('There is nothing to bring in').waitFor();
    await plain.getByRole('link', { name: /^Back to/ }).click();
    await healthAndMend(plain, main.vendors.dropbox);
    await plain.getByRole('link', { name: 'Disconnect' }).click();
    await plain.getByRole('button', { name: 'Disconnect' }).click();
    await plain.getByText('Nothing is sent to Dropbox any more').waitFor();
    await context.close();
    await expectSilence(main, 'dropbox', () => main.vendors.dropbox.received.length, {
      type: 'deliverable.accepted',
      subject: 'deliverables/silence',
    });
  });

  test('a recipe: requests into HubSpot, and a word in Slack [S2-24]', async () => {
    const { main } = stands;
    await main.publish({ type: 'rfp.created', subject: 'rfps/before' });
    await page.goto(at('/recipes/rfps-in-crm'));
    await page.getByRole('link', { name: 'Connect HubSpot' }).click();
    await page.getByRole('button', { name: 'Go on to HubSpot' }).click();
    await expect.poll(() => heading()).toBe('Requests in your CRM, and a word in Slack');
    await picture(page, 'recipe');
    await page.getByRole('link', { name: /^Preview in HubSpot/ }).click();
    await page.getByRole('button', { name: 'Switch it on' }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('Deal pipeline: choose one.');
    await page.getByLabel('Deal pipeline', { exact: true }).selectOption({ label: 'Sales Pipeline' });
    for (const stage of ['of a new RFP', 'of an awarded RFP', 'of an RFP that nobody won'])
      await page.getByLabel(`Deal stage ${stage}`, { exact: true }).selectOption({ index: 1 });
    await page.getByLabel('There, row 4').selectOption({ index: 1 });
    await page.getByLabel('Is filled with, row 4').selectOption({ index: 1 });
    await page.getByRole('button', { name: 'Preview' }).click();
    const preview = page.getByRole('complementary', { name: 'What would appear there' });
    await expect
      .poll(() => preview.textContent())
      .toMatch(/deal stage: Sales Pipeline · Appointment scheduled/);
    expect(await look(page, 'plug-hubspot')).toEqual([]);
    await page.getByRole('button', { name: 'Switch it on' }).click();
    await page.getByText('It is on.').waitFor();
    await page.getByRole('link', { name: /^Preview in Slack/ }).click();
    await page.getByLabel('Channel', { exact: true }).selectOption({ index: 1 });
    await page.getByRole('button', { name: 'Switch it on' }).click();
    await page.getByText('It is on.').waitFor();
    const messages = standing(main, 'slack').length;
    await main.publish({ type: 'rfp.created', subject: 'rfps/after' });
    await until('it is a deal', () => standing(main, 'hubspot').length > 0);
    await until('and a message', () => standing(main, 'slack').length > messages);
    await page.goto(at('/connections'));
    await page.getByRole('link', { name: 'HubSpot', exact: true }).click();
    const deals = standing(main, 'hubspot').length;
    await page.getByRole('link', { name: 'Bring in the past' }).click();
    await page.getByText('1 event about 1 request; 1 is there already').first().waitFor();
    await page.getByRole('button', { name: 'Bring it in' }).click();
    await page.getByText('complete', { exact: true }).waitFor();
    expect(standing(main, 'hubspot').length).toBeGreaterThan(deals);
    expect(await look(page, 'backfill-done')).toEqual([]);
    await page.getByRole('link', { name: /^HubSpot/ }).click();
    await page.getByRole('button', { name: /^Test/ }).click();
    await page.getByText('delivered', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'the connection' }).click();
    // The stand-in gives no scope for contacts.
    await healthAndMend(page, main.vendors.hubspot, 'did not give all that was asked for');
    await disconnect(page);
    await expectSilence(main, 'hubspot', () => main.vendors.hubspot.received.length, {
      type: 'rfp.created',
      subject: 'rfps/silence',
    });
  });

  test('a calendar feed is made, its address shown once, read, and ended', async () => {
    await page.goto(at('/calendar-feeds'));
    await picture(page, 'feeds-none');
    await page.getByLabel('Name of the calendar').fill('On my phone');
    await page.getByRole('button', { name: 'Make the feed' }).click();
    await expect.poll(() => heading()).toBe('On my phone');
    const address = (await page.locator('.secret code').textContent()) ?? '';
    expect(await (await fetch(address)).text()).toContain('BEGIN:VCALENDAR');
    expect(await look(page, 'feed-made')).toEqual([]);
    await page.getByRole('link', { name: 'I have it' }).click();
    expect(await page.content()).not.toContain(address);
    await page.getByRole('link', { name: 'End it (On my phone)' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click();
    await page.getByText('Ended. Calendars that read it').waitFor();
    expect((await fetch(address)).status).toBe(410);
  });

  test('another account’s connection is not there, nor is what nobody switched on', async () => {
    const { main, drive } = stands;
    const status = async (path: string) => (await page.goto(at(path)))?.status();
    const other = await main.hub.account(['connections:manage']);
    const begun = await main.hub.call('POST', '/v1/connections', other.token, { connector: 'slack' });
    for (const path of ['', '/rights', '/mute', '/recall', '/disconnect', '/subscriptions/new'])
      expect(await status(`/connections/${begun.body.id}${path}`)).toBe(404);
    expect(await status('/connectors/google-drive')).toBe(404);
    expect(await status('/recipes/nothing')).toBe(404);
    expect(await status('/connections/callback')).toBe(404);
    expect(await status('/connections/callback?state=x&code=y')).toBe(404);
    expect(drive.hub.log.lines.join()).not.toMatch(/not-a-real-token|not-a-secret/);
    expect(main.hub.log.lines.join()).not.toMatch(/not-a-real-token|not-a-secret|fake-code/);
  });

  test('every page at both widths and in both schemes, without findings', async () => {
    const { context, page: seen } = await stands.main.signedIn();
    const [slack] = await listed('slack');
    const { body } = await stands.main.hub.call('GET', '/v1/subscriptions', stands.main.token);
    const one = (body.data as { id: string }[])[0]!.id;
    const pages = {
      connections: '/connections',
      connection: `/connections/${slack!.id}`,
      plug: `/connections/${slack!.id}/subscriptions/new?recipe=rfps-in-crm`,
      backfill: `/subscriptions/${one}/backfill`,
      connect: '/connectors/slack',
      recipes: '/recipes',
      recipe: '/recipes/rfps-in-crm',
      feeds: '/calendar-feeds',
    };
    /** Made of the same pieces as others: that nothing is cut off is asked of them, too. */
    const alike = {
      'connection-rights': `/connections/${slack!.id}/rights`,
      'connection-disconnect': `/connections/${slack!.id}/disconnect`,
      overview: '',
    };
    for (const [name, path] of Object.entries({ ...pages, ...alike })) {
      await seen.goto(at(path));
      expect((await seen.content()).length).toBeLessThan(70_000);
      for (const { width, scheme } of looks) {
        await seen.setViewportSize({ width, height: 900 });
        await seen.emulateMedia({ colorScheme: scheme });
        expect(await seen.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
        if (name in alike) await picture(seen, `${name}-${width}-${scheme}`);
        else expect([name, await look(seen, `${name}-${width}-${scheme}`)]).toEqual([name, []]);
      }
    }
    await context.close();
  });

  test('Slack, ended at last, is silent', async () => {
    const { main } = stands;
    const { store } = main.hub.hub;
    const { subscriptions } = store.tables;
    const [slack] = await listed('slack');
    // As one that was made when the connection had another tier.
    const endpoint = { type: 'connection' as const, connection_id: slack!.id, options: {} };
    await store.write((db) => [
      db
        .update(subscriptions)
        .set({ endpoint })
        .where(and(eq(subscriptions.host, 'connector:slack'), eq(subscriptions.state, 'active'))),
    ]);
    await page.goto(at(`/connections/${slack!.id}`));
    await page.getByText('Nothing arrives until you choose: channel.').first().waitFor();
    await picture(page, 'connection-unchosen');
    await disconnect(page, /2 subscriptions end/);
    await expectSilence(main, 'slack', () => main.vendors.slack.received.length, {
      subject: 'bookings/slack_silence',
    });
  });
});
