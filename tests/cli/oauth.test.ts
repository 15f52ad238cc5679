import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestHub, type TestHub } from '../harness/hub.ts';
import { patchbay } from './spawn.ts';

describe('patchbay partner and app, beside a running hub', { timeout: 120_000 }, () => {
  const state = {} as { hub: TestHub };
  beforeAll(async () => {
    state.hub = await startTestHub();
  });
  afterAll(() => state.hub.stopAndForget());
  const run = (...args: string[]) => patchbay(state.hub.folder, args);
  const token = async (form: Record<string, string>) => {
    const response = await fetch(`${state.hub.origin}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    return { status: response.status, body: await response.json() };
  };

  test('a partner, its app, a review: the app gets a token from the running hub, and the scope once it is reviewed', async () => {
    const partner = (await run('partner', 'create', '--name', 'Acme Tools')).out.trim();
    expect(partner).toMatch(/^ptr_/);
    const scopes = ['--scopes', 'webhooks:manage,rfps:create', '--redirect-uri', 'https://acme.example/cb'];
    const made = await run('app', 'create', '--partner', partner, '--name', 'Sync', ...scopes, '--json');
    const app = JSON.parse(made.out) as { client_id: string; client_secret: string };
    const form = { grant_type: 'client_credentials', scope: 'rfps:create', ...app };
    expect(await token(form)).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
    await run('partner', 'review', partner, 'passed', '--note', 'looked at');
    expect(await token(form)).toMatchObject({ status: 200, body: { scope: 'rfps:create' } });
    const second = (await run('app', 'secret', app.client_id)).out.trim();
    expect((await token({ ...form, client_secret: second })).status).toBe(200);
    expect((await run('partner', 'list')).out).toContain('passed');
    expect((await run('app', 'list')).out).not.toContain(app.client_secret);
  });

  test('what may not be registered is one line that says what to do, and exit code 1', async () => {
    const partner = (await run('partner', 'create', '--name', 'Other')).out.trim();
    const made = await run(
      'app',
      'create',
      '--partner',
      partner,
      '--name',
      'x',
      '--scopes',
      'bookings:read',
      '--redirect-uri',
      'http://acme.example/cb',
    );
    expect(made).toMatchObject({ code: 1, err: expect.stringContaining('https') as string });
    expect((await run('partner', 'review', 'ptr_none', 'passed', '--note', 'x')).code).toBe(1);
  });
});
