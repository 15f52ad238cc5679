import { eq } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import { addMember } from '#src/access';
import { setPlan } from '#src/limits';
import { enterSession, startSession } from '#src/sessions';
import { startTestHub, type TestHub } from '../harness/hub.ts';
import { patchbay } from '../cli/spawn.ts';

describe('the plan of an account or a partner', () => {
  const undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  });
  const hubWith = async (environment: Record<string, string> = {}): Promise<TestHub> => {
    const hub = await startTestHub(environment);
    undo.push(() => hub.stopAndForget());
    return hub;
  };
  const policyOf = async ({ call }: TestHub, token: string) =>
    (await call('GET', '/v1/me', token)).headers.get('ratelimit-policy');

  test('multiplies its caps and its day once the operator offers it [S2-37]', async () => {
    const hub = await hubWith({ PATCHBAY_OFFERED_PLANS: 'high_volume', PATCHBAY_UNITS_PER_DAY: '20' });
    const { id, token } = await hub.account();
    await setPlan(hub.hub, 'test', { id, plan: 'high_volume' });
    expect(await policyOf(hub, token)).toBe(
      '"token";q=120000;w=60, "grant";q=240000;w=60, "day";q=200;w=86400',
    );
    const shown = await hub.call('GET', '/v1/usage', token);
    expect(shown.body.plan).toMatchObject({ name: 'high_volume', units_per_day: 200 });
    const { audit } = hub.hub.store.tables;
    const trail = await hub.hub.store.db.select().from(audit).where(eq(audit.action, 'plan.set'));
    expect(trail).toMatchObject([{ subject: id, detail: { from: 'free', to: 'high_volume' } }]);
  });

  test('counts in the browser as well: what its tokens may use shuts nobody out of the portal', async () => {
    const hub = await hubWith({
      PATCHBAY_OFFERED_PLANS: 'high_volume',
      PATCHBAY_GRANT_UNITS_PER_MINUTE: '10',
    });
    const { id, token } = await hub.account();
    await setPlan(hub.hub, 'test', { id, plan: 'high_volume' });
    const userId = await addMember(hub.hub, 'test', { accountId: id, userName: 'Ada', role: 'owner' });
    const { secret } = await startSession(hub.hub, userId);
    for (let i = 0; i < 40; i += 1) expect((await hub.call('GET', '/v1/me', token)).status).toBe(200);
    expect(await enterSession(hub.hub, secret, 'GET')).toMatchObject({ caller: { accountId: id } });
  });

  test('cannot be chosen while it is off, and one that was switched off is nobody’s', async () => {
    const hub = await hubWith();
    const { id, token } = await hub.account();
    await expect(setPlan(hub.hub, 'test', { id, plan: 'high_volume' })).rejects.toMatchObject({
      code: 'policy_refused',
    });
    const { accounts } = hub.hub.store.tables;
    await hub.hub.store.write((db) => [
      db.update(accounts).set({ plan: 'high_volume' }).where(eq(accounts.id, id)),
    ]);
    expect(await policyOf(hub, token)).toMatch(/^"token";q=12000;.*"day";q=20000000;/);
    await setPlan(hub.hub, 'test', { id, plan: 'free' });
    await expect(setPlan(hub.hub, 'test', { id: 'ptr_0', plan: 'free' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('is set and listed from the shell', { timeout: 120_000 }, async () => {
    const hub = await hubWith();
    const { id } = await hub.account();
    const run = (...args: string[]) =>
      patchbay(hub.folder, ['plan', ...args], { PATCHBAY_OFFERED_PLANS: 'high_volume' });
    expect(await run('set', id, 'high_volume')).toMatchObject({ code: 0, out: `${id} high_volume\n` });
    const listed = JSON.parse((await run('list', '--json')).out) as Record<string, unknown>[];
    expect(listed).toMatchObject([
      { name: 'free', offered: 'yes', chosen_by: 0, illustrative_usd_per_month: 0 },
      { name: 'high_volume', offered: 'yes', times: 10, chosen_by: 1 },
    ]);
    expect(await run('set', id, 'gold')).toMatchObject({ code: 1 });
    expect(await patchbay(hub.folder, ['plan', 'set', id, 'high_volume'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('PATCHBAY_OFFERED_PLANS=high_volume') as string,
    });
    await hub.call('GET', '/v1/me', (await hub.account()).token);
    await hub.hub.usage.flush();
    const invoices = JSON.parse((await run('invoices', '--json')).out) as { usd: number }[];
    expect(invoices).toMatchObject([{ plan: 'free', units: 1, usd: 0 }]);
  });
});
