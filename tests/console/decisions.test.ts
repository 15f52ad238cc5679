import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appGrant } from '../events/app-grant.ts';
import { startTestHub, type TestHub } from '../harness/hub.ts';
import { addStaff, type Browser, browserOf, mightyStaffToken } from '../harness/staff.ts';
import { wish } from '../intents/wishes.ts';

/** The pages where staff decide about what waits, as a browser without script sends them. */
describe('what waits for a decision, in the console', () => {
  const on = {} as { hub: TestHub; legal: Browser; support: Browser; staff: string };
  beforeAll(async () => {
    on.hub = await startTestHub();
    const { hub } = on.hub;
    on.legal = await browserOf(on.hub, await addStaff(hub, ['legal'], 'Lee Tran'));
    on.support = await browserOf(on.hub, await addStaff(hub, ['support'], 'Ben Ortiz'));
    on.staff = await mightyStaffToken(hub);
    await admin('POST', '/approval-rules', { event_types: ['deliverable.*'], note: 'files leave the house' });
  });
  afterAll(() => on.hub?.stopAndForget());

  const admin = (method: string, path: string, body?: unknown) =>
    on.hub.call(method, `/admin/v1${path}`, on.staff, body);
  const show = async (path: string, who = on.legal): Promise<{ status: number; text: string }> => {
    const answer = await fetch(`${on.hub.origin}/admin${path}`, { headers: { cookie: who.cookie } });
    return { status: answer.status, text: wordsOf(await answer.text()) };
  };
  const send = async (path: string, fields: Record<string, string> = {}, who = on.legal) => {
    const answer = await fetch(`${on.hub.origin}/admin${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: who.cookie, 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ form_key: who.formKey, ...fields }),
    });
    return {
      status: answer.status,
      to: answer.headers.get('location'),
      text: wordsOf(await answer.text()),
    };
  };
  const subscribed = async () => {
    const account = await on.hub.account(['deliverables:read', 'webhooks:manage']);
    const app = await appGrant(on.hub, account.id, ['deliverables:read', 'webhooks:manage']);
    const { body } = await on.hub.call('POST', '/v1/subscriptions', app.token, {
      endpoint: { type: 'webhook', url: 'https://files.example/in?key=not-for-staff' },
      event_types: ['deliverable.*'],
    });
    const state = async () =>
      (await on.hub.call('GET', `/v1/subscriptions/${body.id}`, app.token)).body.state as string;
    return { id: body.id as string, state };
  };
  const asked = async () => {
    const account = await on.hub.account(['rfps:create']);
    const { body } = await on.hub.call(
      'POST',
      '/v1/rfps',
      account.token,
      wish({
        title: 'Canary lookbook',
        brief: 'Call Ana Luna.\nShe knows.',
        external_ref: `ana-${account.id}`,
      }),
    );
    const state = async () => (await on.hub.call('GET', `/v1/rfps/requests/${body.id}`, account.token)).body;
    return { id: body.id as string, account, state, source: `account:${account.id}` };
  };

  test('an approval says who asks, for what, where it goes and why it waits; it is decided once, with a reason [S2-51]', async () => {
    const { id, state } = await subscribed();
    expect((await show('')).text).toContain('1 subscription waits for approval');
    expect((await show('/approvals')).text).toMatch(/files leave the house.*files\.example.*waiting/);
    const { text } = await show(`/approvals/${id}`);
    for (const part of [
      'Until staff decide, nothing is matched, queued or sent for it.',
      '“files leave the house”',
      'any app or account that wants deliverable.*',
      'deliverable.accepted',
      'Deliverables and their file manifests.',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('not-for-staff');

    expect(await send(`/approvals/${id}/approve`, { version: '1', approve: 'short' })).toMatchObject({
      status: 422,
      text: expect.stringContaining('Say why, in 10 to 500 characters'),
    });
    const reason = 'Looked at the app and its owner.';
    const late = await send(`/approvals/${id}/approve`, { version: '9', approve: reason });
    expect(late).toMatchObject({
      status: 409,
      text: expect.stringContaining('It has changed since you looked'),
    });
    expect(await state()).toBe('pending_approval');
    expect(await send(`/approvals/${id}/approve`, { version: '1', approve: reason })).toMatchObject({
      status: 303,
      to: '/admin/approvals?done=approved',
    });
    expect(await state()).toBe('active');
    expect((await show(`/approvals/${id}`)).text).toMatch(
      /Who decided.*approved.*Looked at the app.*staff:usr_/,
    );
    expect(await send(`/approvals/${id}/refuse`, { version: '1', refuse: reason })).toMatchObject({
      status: 409,
      text: expect.stringContaining('somebody else was faster'),
    });
    expect((await show('')).text).not.toContain('waits for approval');
  });

  test('a refused one says what its owner reads; who may only look sees whom to ask', async () => {
    const { id, state } = await subscribed();
    const seen = await show(`/approvals/${id}`, on.support);
    expect(seen.text).toMatch(/Deciding takes approvals:decide ?: security and legal have it/);
    expect(seen.text).not.toContain('Approve it');
    expect(
      await send(`/approvals/${id}/refuse`, { version: '1', refuse: 'Not for these files.' }),
    ).toMatchObject({
      to: '/admin/approvals?done=refused',
    });
    expect(await state()).toBe('disabled');
    expect((await show('/approvals?state=refused')).text).toContain('files.example');
    expect((await show(`/approvals/${id}`)).text).toMatch(
      /What its owner reads “The marketplace has refused it/,
    );
    const looked = await admin('GET', `/approvals/${id}`);
    expect(looked.body).toMatchObject({
      state: 'refused',
      decisions: [{ outcome: 'refused', note: 'Not for these files.' }],
    });
  });

  test('what somebody wrote is hidden until an elevation, in the page and in the API, and each look is on record', async () => {
    const { id, account } = await asked();
    for (const path of [`/intents/${id}`, '/intents', `/intents?from=${account.id}`]) {
      const { status, text } = await show(path);
      expect([path, status]).toEqual([path, 200]);
      for (const word of ['Canary', 'Ana Luna', `ana-${account.id}`, 'media.example.com'])
        expect(text).not.toContain(word);
      expect(text).toContain('photographer in houston');
    }
    expect((await show(`/search?q=${id}`)).text).toContain('rfp.create: pending_review');
    const masked = await on.legal.call('GET', `/admin/v1/intents/${id}`);
    expect(masked.body).toMatchObject({
      masked: true,
      external_ref: null,
      data: { title: null, city: 'houston' },
    });
    await on.legal.elevate('people:unmask');
    expect((await show(`/intents/${id}`)).text).toMatch(/Canary lookbook.*Call Ana Luna\. She knows\./);
    expect((await show(`/intents/${id}`)).text).toContain('https://media.example.com/briefs/1.jpg');
    const { audit } = on.hub.hub.store.tables;
    const looks = (await on.hub.hub.store.db.select().from(audit)).filter(
      ({ action, subject }) => action === 'look.intent' && subject === id,
    );
    expect(looks.map(({ detail }) => typeof detail['unmasked'])).toEqual([
      'undefined',
      'undefined',
      'string',
      'string',
    ]);
  });

  test('one intent is let through or refused, and who asked reads the reason; the timeline tells it', async () => {
    const [yes, no] = [await asked(), await asked()];
    expect((await show('')).text).toMatch(/\d+ intents wait for a review/);
    expect(await send(`/intents/${no.id}/refuse`, { refuse: '' })).toMatchObject({ status: 422 });
    await send(`/intents/${no.id}/refuse`, { refuse: 'Not in this city, sorry.' });
    expect(await no.state()).toMatchObject({ state: 'refused', reason: 'Not in this city, sorry.' });
    expect((await show(`/intents/${no.id}`)).text).toMatch(
      /What who asked reads “Not in this city.*Refused by staff/,
    );
    expect(await send(`/intents/${yes.id}/approve`, { approve: 'We know them well.' })).toMatchObject({
      status: 303,
      to: '/admin/intents?done=let_through',
    });
    expect(await yes.state()).toMatchObject({ state: 'open' });
    expect(await send(`/intents/${yes.id}/refuse`, { refuse: 'Too late to say no.' })).toMatchObject({
      status: 422,
    });
    const core = await on.hub.service(['intents:read']);
    await on.hub.call('POST', `/v1/intents/${yes.id}/result`, core, {
      result: 'accepted',
      subject: 'rfps/rfp_1',
    });
    expect((await show(`/intents/${yes.id}`)).text).toMatch(
      /accepted.*rfps\/rfp_1.*Asked.*Let through by staff.*Answered by the marketplace/,
    );
  });

  test('an origin is approved or blocked with a reason, after how much waits from it was said', async () => {
    const { id, source, state } = await asked();
    const at = `/intents/origin?source=${source}&kind=rfp.create`;
    expect((await show(at)).text).toContain('The intent that waits will go to the marketplace at once');
    const origin = { source, kind: 'rfp.create' };
    expect(await send('/intents/origin/approve', { ...origin, approve: '' })).toMatchObject({ status: 422 });
    expect(
      await send('/intents/origin/approve', { ...origin, approve: 'Known to us for years.' }),
    ).toMatchObject({
      status: 303,
      to: expect.stringContaining('done=origin_approved'),
    });
    expect(await state()).toMatchObject({ state: 'open' });
    expect((await show(`/intents/${id}`)).text).toContain('as its origin was approved');
    await send('/intents/origin/block', { ...origin, block: 'They sold their tokens.' });
    expect((await show(at)).text).toMatch(/answered 403.*They sold their tokens/);
    expect((await show('/intents/origins?state=blocked')).text).toContain(source.slice('account:'.length));
    expect((await show(`/intents?state=all&kind=rfp.create&from=${source}`)).text).toMatch(/RFPs by.* open /);
  });

  test('a rule is made and ended by who is elevated for it', async () => {
    const security = await browserOf(on.hub, await addStaff(on.hub.hub, ['security'], 'Noor Haddad'));
    const rule = { types: 'review.*', note: 'Reviews leave the house.' };
    // What was written is handed back where the elevation has ended meanwhile.
    expect(await send('/approvals/rules', rule, security)).toMatchObject({
      status: 403,
      text: expect.stringMatching(/What you had written\s+Reviews leave the house\./),
    });
    const { id } = await on.hub.account();
    const stop = { reason: 'nonsense', note: 'INC-77, a gist' };
    await security.elevate('revocations:create');
    const asked = await fetch(`${on.hub.origin}/admin/accounts/${id}/revoke`, {
      method: 'POST',
      headers: { cookie: security.cookie, 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ form_key: security.formKey, ...stop }),
    });
    const page = await asked.text();
    expect([asked.status, wordsOf(page)]).toEqual([422, expect.stringContaining('Nothing was stopped')]);
    expect(page).toMatch(/id="reason-wrong">\s*Choose a reason.*INC-77, a gist/s);
    await security.elevate('approvals:manage');
    expect(await send('/approvals/rules', { note: rule.note }, security)).toMatchObject({
      status: 422,
      text: expect.stringContaining('Name an app, scopes or event types'),
    });
    expect(await send('/approvals/rules', { ...rule, types: 'no.such' }, security)).toMatchObject({
      status: 422,
    });
    expect(await send('/approvals/rules', rule, security)).toMatchObject({
      to: '/admin/approvals/rules?done=rule_made',
    });
    const { data } = (await admin('GET', '/approval-rules')).body;
    const made = data.find((one: { note: string }) => one.note === rule.note).id as string;
    expect((await show('/approvals/rules', security)).text).toContain(
      'Any app or account that wants review.*',
    );
    await send('/approvals/rules/end', { rule: made }, security);
    expect((await show('/approvals/rules', security)).text).not.toContain(rule.note);
    expect(await send('/approvals/rules/end', { rule: made }, security)).toMatchObject({ status: 404 });
    expect(await send('/approvals/rules/end', { rule: 'nothing' }, security)).toMatchObject({ status: 422 });
  });

  test('whatever stands in an address or a form, the answer is a page and no fault', async () => {
    const none = '01kam0000000000000000000zz';
    const cursor = (kind: string, place: string) =>
      Buffer.from(JSON.stringify([1, kind, place])).toString('base64url');
    const pages: [path: string, status: number][] = [
      [`/approvals/sub_${none}`, 404],
      ['/approvals/%00', 404],
      [`/approvals/sub_${none}'--`, 404],
      ['/approvals?state=nonsense', 200],
      ['/approvals?after=nonsense', 400],
      [`/approvals?after=${cursor('approvals', '\0')}`, 400],
      [`/intents/int_${none}`, 404],
      ['/intents/%00', 404],
      ['/intents?state=nonsense', 200],
      ['/intents?kind=nonsense&from=not+an+origin', 200],
      ['/intents?from=%00', 400],
      ['/intents?after=nonsense', 400],
      [`/intents?after=${cursor('waiting_intents', '\0')}`, 400],
      ['/intents/origins?state=nonsense', 200],
      ['/intents/origins?after=nonsense', 400],
      [`/intents/origins?after=${cursor('intent_sources', '\0')}`, 400],
      ['/intents/origin', 404],
      ['/intents/origin?source=connector:slack&kind=nonsense', 404],
      ['/intents/origin?source=connector:none&kind=rfp.create', 404],
    ];
    for (const [path, status] of pages) expect([path, (await show(path)).status]).toEqual([path, status]);
    const forms: [path: string, fields: Record<string, string>, status: number][] = [
      [`/approvals/sub_${none}/approve`, {}, 404],
      [`/approvals/sub_${none}/refuse`, { version: '1', refuse: 'long enough a reason' }, 404],
      [`/intents/int_${none}/approve`, { approve: 'long enough a reason' }, 404],
      [`/intents/int_${none}/refuse`, {}, 404],
      ['/intents/origin/approve', {}, 404],
      ['/intents/origin/block', { source: 'connector:none', kind: 'rfp.create', block: 'long enough' }, 404],
      ['/intents/origin/approve', { source: 'account:\0', kind: 'rfp.create' }, 422],
    ];
    for (const [path, fields, status] of forms)
      expect([path, (await send(path, fields)).status]).toEqual([path, status]);
    const { id } = await subscribed();
    for (const version of ['', '1.5', '-1', '1e99', 'one'])
      expect(
        (await send(`/approvals/${id}/approve`, { version, approve: 'long enough a reason' })).status,
      ).toBe(422);
    expect((await send(`/approvals/${id}/approve`, { version: '1', approve: 'x'.repeat(501) })).status).toBe(
      422,
    );
  });
});

/** What a person reads of a page, without its marks. */
const wordsOf = (html: string): string =>
  html
    .slice(html.indexOf('<main'))
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&#39;', '’')
    .replaceAll(/\s+/g, ' ');
