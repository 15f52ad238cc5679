import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestEdge, type TestEdge } from '../harness/edge.ts';

/** As they are deployed: Workers of their own, behind service bindings. */
describe('the pages at the edge', () => {
  const state = {} as { edge: TestEdge };
  beforeAll(async () => {
    state.edge = await startTestEdge({}, { worker: 'product' });
  });
  afterAll(() => state.edge.stop());
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(state.edge.origin + path, { redirect: 'manual', ...init });

  test('are the other Worker’s, and see and change what the API sees', async () => {
    const { edge } = state;
    const account = await edge.operate('account create', [], { name: 'Taqueria Luna' });
    const token = await edge.token(['bookings:read', 'webhooks:manage'], account);
    const user = await edge.operate('user create', [], { name: 'Ana Luna', account });
    const link = new URL(await edge.operate('user link', [user])).searchParams.get('link') ?? '';
    const signed = await ask('/portal/sign-in', {
      method: 'POST',
      body: new URLSearchParams({ link }),
      headers: { origin: edge.origin },
    });
    const cookie = (signed.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const tokens = await (await ask('/portal/tokens', { headers: { cookie } })).text();
    expect(tokens).toContain('Taqueria Luna');

    const [, tokenId = ''] = /\/portal\/tokens\/(tok_\w+)/.exec(tokens) ?? [];
    const revoking = await ask(`/portal/tokens/${tokenId}/revoke`, { headers: { cookie } });
    const [, formKey = ''] = /name="form_key" value="([^"]+)"/.exec(await revoking.text()) ?? [];
    expect((await edge.call('GET', '/v1/me', token)).status).toBe(200);
    await ask(`/portal/tokens/${tokenId}/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ form_key: formKey }),
      headers: { origin: edge.origin, cookie },
    });
    expect((await edge.call('GET', '/v1/me', token)).status).toBe(401);
  });

  test.each(['/portal', '/portal/tokens', '/admin', '/admin/v10'])('%s is a page', async (path) => {
    const answer = await ask(path);
    expect(answer.headers.get('content-type') ?? 'text/html').toContain('text/html');
    expect([200, 303, 404]).toContain(answer.status);
  });

  test.each([
    ['/admin/v1/cases', 401],
    ['/v1/me', 401],
    ['/nothing', 404],
    ['/portals', 404],
  ])('%s is the API’s', async (path, status) => {
    const answer = await ask(path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });
});
