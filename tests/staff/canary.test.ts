import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMember } from '../../src/access/index.ts';
import { createApp } from '../../src/app.ts';
import { loadPages } from '../../src/node-pages.ts';
import { declaredStaffRoutes, staffRoles } from '../../src/staff/index.ts';
import { appGrant } from '../events/app-grant.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { addStaff, browserOf } from '../harness/staff.ts';

/** A person whose name stands nowhere else. */
const canaries = ['Quillfeather', 'zenobia.quillfeather', '+1 713 555 0142'];
const whole = { name: 'Zenobia Quillfeather', email: 'zenobia.quillfeather@canary.example' };

describe('personal data that nobody has elevated for', { timeout: 240_000 }, () => {
  const state = {} as { hub: TestHub; ids: Record<string, string>; paths: string[]; personal: string };
  beforeAll(async () => {
    state.hub = await startTestHub();
    const { hub } = state.hub;
    const account = await state.hub.account(['bookings:read', 'webhooks:manage']);
    state.personal = account.token;
    const app = await appGrant(state.hub, account.id, ['bookings:read']);
    const user = await addMember(hub, 'test', { accountId: account.id, userName: whole.name, role: 'owner' });
    const { users, accounts, grants } = hub.store.tables;
    await hub.store.write((db) => [
      db.update(users).set({ email: whole.email }).where(eq(users.id, user)),
      db.update(accounts).set({ name: whole.name, kind: 'person' }).where(eq(accounts.id, account.id)),
      db.update(grants).set({ userId: user }).where(eq(grants.id, app.grantId)),
    ]);
    const publisher = await state.hub.service();
    const good = eventFor([account.id]);
    const contact = { name: whole.name, email: whole.email, phone: canaries[2] };
    const publish = (event: object) => state.hub.call('POST', '/v1/events', publisher, event);
    await publish(good);
    const { body } = await publish({
      ...eventFor([account.id]),
      data: { ...good['data'], contact, nonsense: contact },
    });
    state.ids = {
      tokens: account.tokenId,
      grants: app.grantId,
      users: user,
      apps: app.appId,
      partners: app.partnerId,
      accounts: account.id,
      token: account.tokenId,
      grant: app.grantId,
      user,
      app: app.appId,
      partner: app.partnerId,
      account: account.id,
      quarantine: body.id,
    };
    const routes = declaredStaffRoutes(createApp(hub, {}, null, await loadPages()));
    state.paths = routes.filter(({ method }) => method === 'GET').flatMap(({ path }) => concrete(path));
  });
  afterAll(() => state.hub?.stopAndForget());

  /** Each route with what is really there; one with a level, once for each. */
  function concrete(path: string): string[] {
    const levels = ['token', 'grant', 'user', 'app', 'partner', 'account'];
    const each = path.includes(':level') ? levels : [''];
    return each.map((level) => {
      const named = path.replace(':level', level);
      const collection = named.split('/').findLast((part) => state.ids[part] !== undefined) ?? '';
      const filled = named.replaceAll(/:\w+/g, state.ids[collection] ?? 'nothing');
      if (filled.endsWith('/search')) return `${filled}?q=zenob`;
      return filled.endsWith('/timeline') ? `${filled}?kinds=deed,look,delivery,use,case&limit=100` : filled;
    });
  }

  test('is in no answer and on no page of any role, and in no log [S1-14]', async () => {
    const { hub } = state.hub;
    const shown: string[] = [];
    let answered = 0;
    for (const role of staffRoles) {
      const browser = await browserOf(state.hub, await addStaff(hub, [role], `A ${role}`));
      for (const path of state.paths) {
        const { cookie } = browser;
        const answer = await fetch(state.hub.origin + path, { headers: { cookie }, redirect: 'manual' });
        const text = await answer.text();
        if (answer.status === 200) answered += 1;
        if (canaries.some((canary) => text.includes(canary))) shown.push(`${role}: ${path}`);
      }
    }
    expect(shown).toEqual([]);
    expect(answered).toBeGreaterThan(100);
    for (const canary of canaries) expect(state.hub.log.lines.join('\n')).not.toContain(canary);
  });

  test('is shown to who has elevated for it: the canary can be seen', async () => {
    const browser = await browserOf(state.hub, await addStaff(state.hub.hub, ['support']));
    await browser.elevate('people:unmask');
    const found = await browser.call('GET', '/admin/v1/search?q=zenob');
    expect(JSON.stringify(found.body)).toContain('Quillfeather');
    // It is there: what the roles above were shown of it was masked.
    const event = await browser.call('GET', `/admin/v1/quarantine/${state.ids['quarantine']}`);
    expect(JSON.stringify(event.body)).toContain(whole.email);
  });
});
