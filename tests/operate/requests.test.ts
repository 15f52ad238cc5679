import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { PatchbayError } from '../../src/errors/index.ts';
import { startTestHub, type TestHub } from '../harness/hub.ts';

describe('a request in the log', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await startTestHub();
  });
  afterAll(() => hub.stopAndForget());
  const linesOf = (id: string | null) => hub.log.lines.filter((line) => id !== null && line.includes(id));

  test('is one line, with the id that the answer and the problem document carry', async () => {
    const { token } = await hub.account();
    const answer = await hub.call('GET', '/v1/events/evt_nobody', token);
    const id = answer.headers.get('x-request-id');
    expect(answer.body).toMatchObject({ status: 404, request_id: id });
    expect(linesOf(id)).toEqual([expect.stringContaining('"path":"/v1/events/evt_nobody","status":404')]);
    const fine = await hub.call('GET', '/v1/me', token);
    expect(linesOf(fine.headers.get('x-request-id'))).toHaveLength(1);
  });

  test('holds neither the token nor the query', async () => {
    const { token } = await hub.account();
    await hub.call('GET', '/v1/events?after=c2VjcmV0LXF1ZXJ5', token);
    expect(hub.log.lines.join('\n')).not.toContain('c2VjcmV0LXF1ZXJ5');
    expect(hub.log.lines.join('\n')).not.toContain(token);
  });

  test('is measured by its pattern, not by its path', async () => {
    const { token } = await hub.account();
    await hub.call('GET', '/v1/events/evt_measured', token);
    const { body } = await hub.call('GET', '/metrics', null);
    expect(body).toContain('patchbay_request_ms_count{method="GET",route="/v1/events/:id",status="404"}');
    expect(body).not.toContain('evt_measured');
  });

  test('that nobody foresaw is a 500 without a word of why, and the log has all of it', async () => {
    const store = { ...hub.hub.store, version: () => Promise.reject(new Error('the disk sang')) };
    for (const error of [
      new Error('the disk sang'),
      new PatchbayError('internal', { internal: 'the disk sang' }),
    ]) {
      const broken = { ...hub.hub.authenticator, authenticate: () => Promise.reject(error) };
      const answer = await createApp({ ...hub.hub, store, authenticator: broken }).request('/v1/me');
      const problem = (await answer.json()) as Record<string, unknown>;
      expect(problem).toMatchObject({ status: 500, code: 'internal' });
      expect(JSON.stringify(problem)).not.toContain('sang');
      const lines = linesOf(String(problem['request_id']));
      expect(lines[0]).toMatch(/^error request\.fault .*the disk sang/);
    }
  });

  test('a method that an address does not take is 405, with what it takes; an unknown address is 404', async () => {
    const wrong = await hub.call('PUT', '/v1/subscriptions', null, {});
    expect(wrong).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
    expect(wrong.headers.get('allow')).toBe('GET, POST');
    expect((await hub.call('DELETE', '/v1/events', null)).headers.get('allow')).toBe('GET, POST');
    expect((await hub.call('PUT', '/v1/nothing', null, {})).status).toBe(404);
  });
});
