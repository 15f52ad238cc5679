import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestEdge, type TestEdge } from '../harness/edge.ts';

describe('the portal at the edge', () => {
  let edge: TestEdge;
  beforeAll(async () => {
    edge = await startTestEdge();
  });
  afterAll(() => edge.stop());

  test('a person is let in by a link, and every page is drawn within the limits of the platform', async () => {
    const account = await edge.operate('account create', [], { name: 'Taqueria Luna' });
    const token = await edge.token(['bookings:read', 'webhooks:manage'], account);
    const wish = {
      endpoint: { type: 'webhook', url: 'https://example.com/hook' },
      event_types: ['booking.*'],
    };
    const made = await edge.call('POST', '/v1/subscriptions', token, wish);
    const user = await edge.operate('user create', [], { name: 'Ana Luna', account });
    const link = new URL(await edge.operate('user link', [user])).searchParams.get('link') ?? '';
    const signed = await fetch(`${edge.origin}/portal/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ link }),
      headers: { origin: edge.origin },
    });
    const cookie = (signed.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    for (const path of [
      '',
      '/deliveries',
      '/subscriptions',
      `/subscriptions/${made.body.id}`,
      '/event-types',
      '/apps',
      '/usage',
      '/tokens',
      '/connections',
      '/recipes',
      '/calendar-feeds',
      '/rfp-senders',
    ]) {
      const answer = await fetch(`${edge.origin}/portal${path}`, { headers: { cookie }, redirect: 'manual' });
      expect([path, answer.status]).toEqual([path, 200]);
      const text = await answer.text();
      expect(text).toContain('Taqueria Luna');
      // Nobody is there between two requests to hold a stream: such a page asks again.
      expect(text).not.toContain('data-stream');
    }
    await edge.requireWithinLimits();
  });
});
