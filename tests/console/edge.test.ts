import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventFor } from '../harness/hub.ts';
import { startTestEdge, type TestEdge } from '../harness/edge.ts';

describe('the console at the edge', () => {
  let edge: TestEdge;
  beforeAll(async () => {
    edge = await startTestEdge();
  });
  afterAll(() => edge.stop());

  test('an officer sees every page, elevates and revokes, within the limits of the platform', async () => {
    const account = await edge.operate('account create', [], { name: 'Taqueria Luna' });
    const token = await edge.token(['bookings:read', 'webhooks:manage'], account);
    const { body: me } = await edge.call('GET', '/v1/me', token);
    const officer = await edge.operate('staff grant', ['Sam Osei', 'security'], { new: true });
    await edge.operate('staff grant', [officer, 'ops']);
    const odd = { ...eventFor([account]), type: 'booking.dreamt' };
    const publisher = await edge.token(['events:publish']);
    const { body: kept } = await edge.call('POST', '/v1/events', publisher, odd);
    const { body: sent } = await edge.call('POST', '/v1/events', publisher, eventFor([account]));
    const link = new URL(await edge.operate('user link', [officer])).searchParams.get('link') ?? '';
    const post = (path: string, fields: [string, string][], cookie = '') =>
      fetch(`${edge.origin}${path}`, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams(fields),
        headers: { origin: edge.origin, cookie },
      });
    const signed = await post('/portal/sign-in', [['link', link]]);
    const cookie = (signed.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const show = async (path: string): Promise<string> => {
      const answer = await fetch(`${edge.origin}/admin${path}`, { headers: { cookie }, redirect: 'manual' });
      expect([path, answer.status]).toEqual([path, 200]);
      return answer.text();
    };
    const formKey = /name="form_key" value="([^"]+)"/.exec(await show(''))?.[1] ?? '';
    const grant = me.grant.id as string;
    for (const path of [
      '?by=host',
      '/search?q=taqueria',
      '/cases',
      '/suspensions',
      '/revocations',
      '/elevation',
      '/staff',
      '/approvals',
      '/approvals/rules',
      '/intents',
      '/intents/origins',
      '/quarantine?reason=unknown_type',
      '/quarantine/redrive',
      `/quarantine/${kept.id}`,
      '/partners?state=waiting',
      '/staff/tokens?of=all',
      `/accounts/${account}`,
      `/accounts/${account}/timeline`,
      `/accounts/${account}/events`,
      `/events/${sent.id}?account=${account}`,
      `/users/${officer}`,
      `/grants/${grant}`,
      `/grants/${grant}/stop`,
    ])
      expect(await show(path)).toContain('Sam Osei');
    // It is still wrong, so it stays; what runs the task is a queue of the platform.
    const staff = { cookie, 'sec-fetch-site': 'same-origin' };
    const at = '/admin/v1/quarantine/redrives';
    const { body: begun } = await edge.call('POST', at, null, { env: 'live' }, staff);
    const redrive = async () => (await edge.call('GET', `${at}/${begun.id}`, null, undefined, staff)).body;
    await expect.poll(redrive).toMatchObject({ state: 'done', accepted: 0, stayed: 1 });
    expect(await show(`/quarantine/redrives/${begun.id}`)).toContain('1 still wrong');
    const found = await post(
      '/admin/search',
      [
        ['q', `a log with ${token} in it`],
        ['form_key', formKey],
      ],
      cookie,
    );
    const page = await found.text();
    expect(page).toContain('It works now');
    expect(page).not.toContain(token);
    await post(
      '/admin/elevation',
      [
        ['permissions', 'revocations:create'],
        ['reason', 'to see that it works here'],
        ['form_key', formKey],
      ],
      cookie,
    );
    const revoked = await post(
      `/admin/grants/${grant}/revoke`,
      [
        ['reason', 'requested'],
        ['form_key', formKey],
      ],
      cookie,
    );
    expect(revoked.headers.get('location')).toMatch(/^\/admin\/revocations\/rvk_/);
    expect((await edge.call('GET', '/v1/me', token)).status).toBe(401);
    expect(await show((revoked.headers.get('location') ?? '').slice('/admin'.length))).toContain(
      'It is refused since',
    );
    await edge.requireWithinLimits();
  });
});
