import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createStaffToken } from '../../src/staff/index.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { addStaff, type Browser, browserOf } from '../harness/staff.ts';

/** What a form may hold that its page does not offer, and what is shown to whom: as a browser without script sends it. */
describe('quarantine and staff tokens, in the console', () => {
  const on = {} as { hub: TestHub; ops: Browser; support: Browser; platform: Browser; kept: string };
  beforeAll(async () => {
    on.hub = await startTestHub();
    const { hub } = on.hub;
    on.ops = await browserOf(on.hub, await addStaff(hub, ['ops'], 'Olu Ade'));
    on.support = await browserOf(on.hub, await addStaff(hub, ['support'], 'Ben Ortiz'));
    on.platform = await browserOf(on.hub, await addStaff(hub, ['platform'], 'Ida Brandt'));
    const { id } = await on.hub.account();
    const odd = { ...eventFor([id]), type: 'booking.dreamt', data: { name: 'Ana Canary', phone: 7 } };
    on.kept = (await on.hub.call('POST', '/v1/events', await on.hub.service(), odd)).body.id;
  });
  afterAll(() => on.hub?.stopAndForget());

  const show = async (path: string, who = on.ops) => {
    const answer = await fetch(`${on.hub.origin}/admin${path}`, { headers: { cookie: who.cookie } });
    return { status: answer.status, text: await answer.text() };
  };
  const send = async (path: string, fields: Record<string, string> = {}, who = on.ops) => {
    const answer = await fetch(`${on.hub.origin}/admin${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: who.cookie, 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ form_key: who.formKey, ...fields }),
    });
    return { status: answer.status, to: answer.headers.get('location'), text: await answer.text() };
  };

  test('whatever stands in an address or a form of the quarantine, the answer is a page and no fault', async () => {
    const asked: [path: string, status: number][] = [
      [`/quarantine?reason=${'x'.repeat(301)}`, 400],
      [`/quarantine?type=${'x'.repeat(101)}`, 400],
      ['/quarantine?publisher=nonsense', 400],
      ['/quarantine?type=%00', 400],
      ['/quarantine?after=nonsense', 400],
      ["/quarantine?reason=schema:/a'b%25", 200],
      ['/quarantine?env=nonsense', 200],
      ['/quarantine/evt_none', 404],
      ['/quarantine/acc_none', 404],
      ['/quarantine/nonsense', 404],
      [`/quarantine/${on.kept}?env=test`, 404],
      ['/quarantine/redrives/tsk_none', 404],
      ['/quarantine/redrive?type=booking.never', 200],
      ['/quarantine/redrive?publisher=nonsense', 400],
    ];
    for (const [path, status] of asked) {
      const seen = await show(path);
      expect([path, seen.status, seen.text.includes('<h1')]).toEqual([path, status, true]);
    }
    const sent: [path: string, form: Record<string, string>, status: number][] = [
      ['/quarantine/redrive', {}, 422],
      ['/quarantine/redrive', { through: '1e99' }, 422],
      ['/quarantine/redrive', { through: '-1' }, 422],
      ['/quarantine/redrive', { through: '0' }, 409],
      ['/quarantine/redrive', { through: '9', publisher: 'nonsense' }, 400],
      ['/quarantine/evt_none/redrive', {}, 404],
      [`/quarantine/${on.kept}/redrive`, {}, 422],
      [`/quarantine/${on.kept}/redrive`, { env: 'test' }, 404],
    ];
    for (const [path, form, status] of sent)
      expect([path, form, (await send(path, form)).status]).toEqual([path, form, status]);
    expect((await send('/quarantine/redrive', { through: '9' }, on.support)).status).toBe(403);
    expect(on.hub.log.lines.filter((line) => line.includes('request.fault'))).toEqual([]);
  });

  test('the data of a kept event are shown to nobody without an elevation, and to who has one as they are', async () => {
    const at = `/quarantine/${on.kept}`;
    for (const who of [on.ops, on.support]) {
      const { text } = await show(at, who);
      expect(text).toContain('Its type is not in the catalogue');
      expect(text).not.toContain('Ana Canary');
    }
    expect((await show(at)).text).not.toContain('Show the data as they are');
    expect((await show(at, on.support)).text).toContain('Show the data as they are');
    await on.support.elevate('people:unmask');
    expect((await show(at, on.support)).text).toContain('Ana Canary');
  });

  test('nobody makes a token of what they lack, nor ends a colleague’s without the permission to', async () => {
    const wish = { label: 'sweep', minutes: '60' };
    await on.ops.elevate('staff:script');
    expect((await send('/staff/tokens', { ...wish, roles: 'security' })).status).toBe(422);
    const lacking = await send('/staff/tokens', { ...wish, permissions: 'revocations:create' });
    expect(lacking.status).toBe(422);
    expect(lacking.text).toContain('None of your roles gives revocations:create.');
    expect((await send('/staff/tokens', { ...wish, roles: 'ops', minutes: '9999' })).status).toBe(422);
    expect((await send('/staff/tokens', { ...wish, label: '', roles: 'ops' })).status).toBe(422);
    const { tokens } = on.hub.hub.store.tables;
    const made = async () =>
      (await on.hub.hub.store.db.select().from(tokens)).filter(({ label }) => label === 'sweep').length;
    expect(await made()).toBe(0);
    expect((await send('/staff/tokens', { ...wish, permissions: 'quarantine:read' })).status).toBe(201);
    expect(await made()).toBe(1);

    const { id: theirs } = (await on.platform.call('GET', '/admin/v1/me')).body;
    const colleague = await createStaffToken(on.hub.hub, 'cli', theirs as string, {
      label: 'of Ida',
      permissions: ['staff:read'],
      lifeMs: 60_000,
    });
    expect((await send(`/staff/tokens/${colleague.id}/revoke`)).status).toBe(404);
    expect((await show('/staff/tokens?of=all')).text).not.toContain('of Ida');
    const [own] = (await on.ops.call('GET', '/admin/v1/staff-tokens')).body.data;
    const end = () => send(`/staff/tokens/${own.id}/revoke`, {}, on.platform);
    expect((await show(`/staff/tokens/${own.id}/revoke`, on.platform)).text).toContain('a token of Olu Ade');
    expect((await end()).status).toBe(403);
    await on.platform.elevate('staff:manage');
    expect((await end()).to).toContain('done=token_ended');
    expect((await show('/staff/tokens?of=all', on.platform)).text).toMatch(/sweep.*revoked/s);
  });
});
