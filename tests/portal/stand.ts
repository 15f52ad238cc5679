import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { addMember } from '../../src/access/index.ts';
import { createSignInLink } from '../../src/sessions/index.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { takePicture } from '../harness/picture.ts';
import { type Connected, connect, rememberUse } from './connect.ts';
import { freePort } from '../services/free-port.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

/** A hub as people meet it: an account with a day behind it, receivers that work and such that do not, a person. */
export type Stand = {
  hub: TestHub;
  browser: Browser;
  sinks: Record<'good' | 'bad' | 'gone', Sink>;
  account: Awaited<ReturnType<TestHub['account']>>;
  userId: string;
  subscriptions: Record<'good' | 'bad' | 'gone' | 'paused' | 'quiet', string>;
  /** An app that was reviewed, with a subscription of its own and events behind it, and one that was not. */
  apps: Record<'verified' | 'unverified', Connected>;
  publish(over?: Record<string, unknown>): Promise<string>;
  /** A browser of its own, signed in by a link like anybody. */
  signedIn(look?: Look): Promise<{ context: BrowserContext; page: Page }>;
  link(): Promise<string>;
  stop(): Promise<void>;
};
export type Look = { width: number; scheme: 'light' | 'dark'; script?: boolean };

export const desk: Look = { width: 1280, scheme: 'light' };

const allScopes = [
  'bookings:read',
  'bookings.contact:read',
  'deliverables:read',
  'rfps:read',
  'reviews:read',
  'webhooks:manage',
  'tokens:manage',
];

export async function openStand(chromiumPath: string): Promise<Stand> {
  // Links lead to the address that people use.
  const port = await freePort();
  const hub = await startTestHub({
    PORT: String(port),
    PATCHBAY_PUBLIC_URL: `http://127.0.0.1:${port}`,
  });
  const [good, bad, gone] = await Promise.all([startSink(), startSink(), startSink()]);
  bad.answer((_, response) => {
    response.statusCode = 503;
    response.setHeader('content-type', 'application/json');
    response.end('{"error":"maintenance","retry":{"after":"a while","contact":"ops@example.com"}}');
  });
  gone.answer((_, response) => {
    response.statusCode = 410;
    response.end();
  });
  const account = await hub.account(allScopes);
  await hub.call('PUT', `/v1/accounts/${account.id}`, await hub.service(), {
    name: 'Taqueria Luna',
    kind: 'organisation',
    actor: 'buyer',
    city: 'houston',
  });
  const userId = await addMember(hub.hub, 'test', {
    accountId: account.id,
    userName: 'Ana Luna',
    role: 'owner',
  });
  const publisher = await hub.service();
  const publish = async (over: Record<string, unknown> = {}): Promise<string> => {
    const { body } = await hub.call('POST', '/v1/events', publisher, eventFor([account.id], over));
    return body.id as string;
  };
  const subscribe = async (description: string, url: string, event_types: string[]): Promise<string> => {
    const wish = { endpoint: { type: 'webhook', url }, event_types, description };
    return (await hub.call('POST', '/v1/subscriptions', account.token, wish)).body.id as string;
  };
  const subscriptions = {
    good: await subscribe('Studio calendar', `${good.origin}/calendar`, ['booking.*']),
    bad: await subscribe('CRM sync', `${bad.origin}/crm`, ['rfp.*', 'review.published']),
    gone: await subscribe(
      'Old-newsletter-of-the-festival-that-nobody-has-read-since-2023',
      `${gone.origin}/news`,
      ['review.published'],
    ),
    paused: await subscribe('Slack #bookings', `${good.origin}/slack`, [
      'booking.confirmed',
      'booking.cancelled',
    ]),
    quiet: await subscribe('', `${good.origin}/contracts`, ['deliverable.*']),
  };
  const of = { accountId: account.id, userId };
  const apps = {
    verified: await connect(hub, {
      ...of,
      name: 'Shot List',
      partner: 'Acme Tools',
      scopes: ['bookings:read', 'bookings.contact:read', 'reviews:read', 'webhooks:manage'],
      isVerified: true,
    }),
    unverified: await connect(hub, {
      ...of,
      name: 'Bayou Invoicing and Bookkeeping',
      partner: 'Two Friends of the Bayou LLC',
      scopes: ['bookings:read'],
      isVerified: false,
    }),
  };
  await hub.call('POST', '/v1/subscriptions', apps.verified.token, {
    endpoint: { type: 'webhook', url: `${good.origin}/shots` },
    event_types: ['booking.*', 'review.published'],
  });
  await rememberUse(hub, {
    [`grant:${account.grantId}`]: 40,
    [`token:${account.tokenId}`]: 30,
    [`grant:${apps.verified.grantId}`]: 25,
  });
  const act = (id: string, what: string) =>
    hub.call('POST', `/v1/subscriptions/${id}/${what}`, account.token);
  await act(subscriptions.paused, 'pause');
  await act(subscriptions.good, 'test');
  await until('the calendar has proven itself', () => good.received.length > 0);
  for (const type of dayOfTypes) await publish({ type, subject: `${type.split('.')[0]}s/x${type}` });
  await until(
    'the day has gone out',
    () => good.received.length >= 8 && bad.received.length > 0 && gone.received.length > 0,
  );
  await until('the newsletter is disabled', async () => {
    const { body } = await hub.call('GET', `/v1/subscriptions/${subscriptions.gone}`, account.token);
    return body.state === 'disabled';
  });

  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  const link = async () => (await createSignInLink(hub.hub, 'test', userId)).url;
  return {
    hub,
    browser,
    sinks: { good, bad, gone },
    account,
    userId,
    subscriptions,
    apps,
    publish,
    link,
    signedIn: async (look = desk) => {
      const context = await openContext(browser, look);
      const page = await context.newPage();
      await page.goto(await link());
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL('**/portal*');
      return { context, page };
    },
    stop: async () => {
      await browser.close();
      await hub.stopAndForget();
      await Promise.all([good.close(), bad.close(), gone.close()]);
    },
  };
}

const dayOfTypes = [
  'booking.requested',
  'booking.confirmed',
  'booking.confirmed',
  'booking.confirmed',
  'booking.rescheduled',
  'booking.cancelled',
  'booking.completed',
  'rfp.created',
  'rfp.created',
  'rfp.quoted',
  'review.published',
];

export async function openContext(
  browser: Browser,
  { width, scheme, script = true }: Look,
): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width, height: width > 600 ? 900 : 844 },
    colorScheme: scheme,
    javaScriptEnabled: script,
    timezoneId: 'America/Chicago',
    locale: 'en-US',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  // Half a minute, its own, is short on a machine with much else to do.
  context.setDefaultTimeout(60_000);
  return context;
}

/** Both widths and both schemes; all four of them, for somebody to look at, with PATCHBAY_ALL_LOOKS=1. */
export const looks: Look[] = (
  [
    { width: 1280, scheme: 'light' },
    { width: 390, scheme: 'dark' },
    { width: 1280, scheme: 'dark' },
    { width: 390, scheme: 'light' },
  ] as const
).slice(0, process.env['PATCHBAY_ALL_LOOKS'] === '1' ? 4 : 2);

/** Where screenshots are left, for somebody to look at. */
export const pictures = join(tmpdir(), 'patchbay-portal');

/** What axe finds on what stands there now, which is left as a picture too. */
export async function look(page: Page, name: string): Promise<string[]> {
  await leave(page, name);
  return findings(page);
}

/** Of a page that axe sees elsewhere: for somebody to look at, where that was asked for. */
export const picture = async (page: Page, name: string): Promise<void> => {
  if (process.env['PATCHBAY_ALL_LOOKS'] === '1') await leave(page, name);
};

async function leave(page: Page, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true });
  await takePicture(page, join(pictures, `${name}.png`));
}

/** What axe finds, each as one line. The page's own policy forbids inline script, so it comes in from outside. */
export async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: run } = globalThis as unknown as {
      axe: {
        run(wish: { resultTypes: string[] }): Promise<{
          violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[];
        }>;
      };
    };
    // What it passes it need not describe.
    const { violations } = await run.run({ resultTypes: ['violations'] });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(
        ({ html, failureSummary = '' }) =>
          `${id}: ${help}: ${html.slice(0, 200)} ${failureSummary.slice(0, 300)}`,
      ),
    );
  });
}
