import { eq } from 'drizzle-orm';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { addMember, suspend } from '../../src/access/index.ts';
import { addRule, decideApproval, newRule } from '../../src/approvals/index.ts';
import { reviewIntent } from '../../src/intents/index.ts';
import { createPartner, reviewPartner } from '../../src/oauth/index.ts';
import { revokeAccess } from '../../src/revocations/index.ts';
import { createSignInLink } from '../../src/sessions/index.ts';
import { grantRole, type StaffRole } from '../../src/staff/index.ts';
import { addStaff } from '../harness/staff.ts';
import { eventFor } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';
import { startStand } from '../oauth/stand.ts';
import { wish } from '../intents/wishes.ts';
import { desk, type Look, openContext } from '../portal/stand.ts';

export type Night = Awaited<ReturnType<typeof openNight>>;
export type Person = StaffRole | 'nobody';

/** A hub in the night: partners at work, one that fails, one that is suspended, two open cases, and staff. */
export async function startNight(environment: Record<string, string> = {}) {
  const oauth = await startStand(environment);
  const { hub, ports, account, codeFor, linked, redeem, refresh } = oauth;
  const [good, bad] = await Promise.all([startSink(), startSink()]);
  bad.answer((_, response) => {
    response.statusCode = 410;
    response.end();
  });
  await hub.call('PUT', `/v1/accounts/${account.id}`, await hub.service(), {
    name: 'Taqueria Luna',
    kind: 'organisation',
    actor: 'buyer',
    city: 'houston',
  });

  const scopes = ['bookings:read', 'reviews:read', 'webhooks:manage'];
  const partnerOf = async (name: string) => {
    const partnerId = await createPartner(ports, 'test', name);
    await reviewPartner(ports, 'test', { partnerId, outcome: 'passed', note: 'looked at' });
    const client = await oauth.app({ partnerId, name: `${name} Sync` });
    const tokens = await linked(client, { scope: scopes.join(' ') }, oauth.approval({ scopes }));
    return { partnerId, client, tokens };
  };
  await oauth.review();
  const crm = await partnerOf('Shutterline CRM');
  const ads = await partnerOf('Blurry Ads');
  const subscribe = async (token: string, sink: Sink, event_types: string[]): Promise<string> => {
    const wish = { endpoint: { type: 'webhook', url: `${sink.origin}/hook` }, event_types };
    return (await hub.call('POST', '/v1/subscriptions', token, wish)).body.id as string;
  };
  const subscription = await subscribe(crm.tokens.access_token, good, ['booking.*']);
  await subscribe(ads.tokens.access_token, bad, ['booking.*']);
  await subscribe(account.token, good, ['review.published']);
  await hub.call('POST', `/v1/subscriptions/${subscription}/test`, crm.tokens.access_token);
  await until('the destination has proven itself', () => good.received.length > 0);
  const publisher = await hub.service();
  let eventId = '';
  for (const [i, type] of dayOfTypes.entries()) {
    const { body } = await hub.call(
      'POST',
      '/v1/events',
      publisher,
      eventFor([account.id], {
        type,
        city: cities[i % cities.length],
        subject: `${type.split('.')[0]}s/night${i}`,
      }),
    );
    eventId = body.id as string;
  }
  await until('the day has gone out', () => good.received.length > dayOfTypes.length - 1);
  await suspend(ports, { level: 'partner', id: ads.partnerId, reason: 'spam', actor: 'test' });

  // Two cases by the hub's own proof.
  const code = await codeFor(oauth.publicApp);
  await redeem(oauth.publicApp, code);
  await redeem(oauth.publicApp, code);
  const rotating = await oauth.app({ name: 'Shot List' });
  const first = await linked(rotating);
  const second = (await refresh(rotating, first.refresh_token)).body as typeof first;
  await refresh(rotating, second.refresh_token);
  await refresh(rotating, first.refresh_token);

  // A fortnight behind one of them, quieter than today.
  const { usageDays } = ports.store.tables;
  const holder = `app:${crm.client.clientId}` as const;
  const days = Array.from({ length: 14 }, (_, i) => {
    const day = new Date(Date.now() - (i + 1) * 86_400_000).toISOString().slice(0, 10);
    const counts = {
      reads: 40 + i,
      writes: 2,
      creates: 0,
      units: 60,
      refused: 0,
      theirs: 0,
      delivered: 9,
      failed: 1,
    };
    return { id: `${day} ${holder}`, day, holder, ...counts };
  });
  await ports.store.write((db) => [db.insert(usageDays).values(days)]);
  ports.usage.count([holder], { reads: 900, units: 900 });
  await ports.usage.flush();

  const [opened] = await oauth.cases();
  const old = await hub.account(['bookings:read']);
  const { receipt } = await revokeAccess(ports, 'test', {
    level: 'token',
    id: old.tokenId,
    reason: 'requested',
  });

  const waiting = await waitFor(oauth, crm.tokens.access_token, subscribe, good);
  const kept = await keepBack(oauth);
  const newcomer = await createPartner(ports, 'test', 'Lens & Light');
  await oauth.app({
    partnerId: newcomer,
    name: 'Lens Ledger',
    scopes: ['bookings:read', 'money:read', 'rfps:create'],
  });

  const people = {} as Record<Person, string>;
  for (const [name, who] of staff) {
    people[who] = await addMember(ports, 'test', { accountId: account.id, userName: name, role: 'member' });
    if (who !== 'nobody') await grantRole(ports, { by: 'test', userId: people[who], role: who });
  }

  return {
    ...oauth,
    sinks: { good, bad },
    people,
    crm,
    ads,
    subscription,
    eventId,
    caseId: opened?.id ?? '',
    waiting,
    kept,
    newcomer,
    receiptId: receipt.id,
    stop: async () => {
      await oauth.stop();
      await Promise.all([good.close(), bad.close()]);
    },
  };
}

type OAuth = Awaited<ReturnType<typeof startStand>>;
type Subscribe = (token: string, sink: Sink, event_types: string[]) => Promise<string>;

/** What staff have to decide about: a rule with what it made wait and what was refused, and wishes for RFPs. */
async function waitFor({ hub, ports }: OAuth, token: string, subscribe: Subscribe, sink: Sink) {
  const by = { actor: 'test', requestId: 'req_test' };
  await addRule(ports, by, newRule.parse({ event_types: ['review.*'], note: 'Reviews leave the house' }));
  const approval = await subscribe(token, sink, ['review.*']);
  const stays = await subscribe(token, sink, ['review.*', 'booking.*']);
  const refused = await subscribe(token, sink, ['review.published']);
  await decideApproval(ports, by, {
    id: refused,
    version: 1,
    outcome: 'refused',
    note: 'Not for a newsletter.',
  });
  const [known, newcomer] = [await hub.account(['rfps:create']), await hub.account(['rfps:create'])];
  const service = await hub.service();
  const named = { name: 'Bayou City Denim', kind: 'organisation', actor: 'buyer' };
  for (const { id } of [known, newcomer]) await hub.call('PUT', `/v1/accounts/${id}`, service, named);
  const ask = async (who: typeof known, city: string): Promise<string> => {
    const body = { ...wish({ city }), external_ref: `night-${city}` };
    return (await hub.call('POST', '/v1/rfps', who.token, body)).body.id as string;
  };
  const intent = await ask(known, 'houston');
  const answered = await ask(known, 'austin');
  const declined = await ask(known, 'dallas');
  const unread = await ask(newcomer, 'houston');
  await reviewIntent(ports, by, { id: answered, decision: 'approve', reason: 'Known to us.' });
  await reviewIntent(ports, by, { id: declined, decision: 'refuse', reason: 'Nobody of ours works there.' });
  const result = { result: 'accepted', subject: 'rfps/rfp_night' };
  await hub.call('POST', `/v1/intents/${answered}/result`, await hub.service(['intents:read']), result);
  const [origin, other] = [known, newcomer].map(({ id }) => `account:${id}`);
  return { approval, stays, refused, intent, answered, declined, unread, origin, newcomer: other };
}

/** Four events in quarantine; two of them are good by now, as if the catalogue had been mended. */
async function keepBack({ hub, ports, account }: OAuth) {
  const { events } = ports.store.tables;
  const publisher = await hub.service();
  const ids: string[] = [];
  for (let i = 0; i < 3; i++) {
    const good = eventFor([account.id]);
    const { confirmed_at: _, ...data } = good['data'] as Record<string, unknown>;
    const { body } = await hub.call('POST', '/v1/events', publisher, { ...good, data });
    ids.push(body.id as string);
    if (i === 2) continue;
    const mended = good['data'] as Record<string, unknown>;
    await ports.store.write((db) => [
      db
        .update(events)
        .set({ data: mended })
        .where(eq(events.id, body.id as string)),
    ]);
  }
  const odd = { ...eventFor([account.id]), type: 'booking.dreamt' };
  const unknown = (await hub.call('POST', '/v1/events', publisher, odd)).body.id as string;
  const [good = '', alsoGood = '', broken = ''] = ids;
  return { good, alsoGood, broken, unknown };
}

/** The same, with a browser in front of it. */
export async function openNight(chromiumPath: string) {
  const night = await startNight();
  const { ports, people, issuer } = night;
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  return {
    ...night,
    /** Somebody of the house who acts for no account. */
    newOfficer: async (name: string, roles: StaffRole[] = ['security']): Promise<{ id: string }> => ({
      id: await addStaff(ports, roles, name),
    }),
    /** A browser of its own, signed in by a link like anybody. */
    signedIn: async (
      who: Person | { id: string },
      look: Look = desk,
    ): Promise<{ context: BrowserContext; page: Page }> => {
      const context = await openContext(browser, look);
      const page = await context.newPage();
      await page.goto(
        (await createSignInLink(ports, 'test', typeof who === 'string' ? people[who] : who.id)).url,
      );
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(/\/(?:portal|admin)(?:\?|$|\/account)/);
      await page.goto(`${issuer}/admin`);
      return { context, page };
    },
    stop: async () => {
      await browser.close();
      await night.stop();
    },
  };
}

const staff = [
  ['Noor Haddad', 'security'],
  ['Ben Ortiz', 'support'],
  ['Ida Brandt', 'platform'],
  ['Olu Ade', 'ops'],
  ['Fay Lind', 'finance'],
  ['Lee Tran', 'legal'],
  ['Ana Luna', 'nobody'],
] as const;

const cities = ['houston', 'austin', 'dallas'];
const dayOfTypes = [
  'booking.requested',
  'booking.confirmed',
  'booking.confirmed',
  'booking.confirmed',
  'booking.rescheduled',
  'booking.cancelled',
  'booking.completed',
  'review.published',
];
