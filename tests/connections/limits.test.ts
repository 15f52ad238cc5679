import { describe, expect, test } from 'vitest';
import { createBreaker } from '../../src/connections/breaker.ts';
import { createVendorLimits } from '../../src/connections/limits.ts';
import { readTokenAnswer } from '../../src/connections/token-answer.ts';
import { connector as calendar } from '../../connectors/google-calendar/index.ts';
import { connector as slack } from '../../connectors/slack/index.ts';

const clockAt = (state: { ms: number }) =>
  ({ ms: () => state.ms, now: () => new Date(state.ms) }) as Parameters<typeof createBreaker>[0]['clock'];

describe('a vendor’s limits', () => {
  const { manifest } = calendar;
  const per = (who: 'app' | 'connection' | 'resource', tokens: number) => ({
    ...manifest,
    limits: [{ per: who, tokens, windowMs: 1_000 }],
  });

  const con = (id: string, vendorAccount = '') => ({ id, vendorAccount });

  test('hold for each connection by itself, and give back as time goes', () => {
    const time = { ms: 1_000_000 };
    const limits = createVendorLimits({ clock: clockAt(time) });
    const one = per('connection', 3);
    for (let n = 0; n < 3; n++) expect(limits.take(one, con('con_a'))).toBeNull();
    const over = limits.take(one, con('con_a'));
    expect(over).toMatchObject({ per: 'connection' });
    expect(over!.afterMs).toBeGreaterThan(0);
    expect(limits.take(one, con('con_b'))).toBeNull();
    time.ms += over!.afterMs;
    expect(limits.take(one, con('con_a'))).toBeNull();
  });

  test('hold for an account of the vendor once, however often it is linked', () => {
    const limits = createVendorLimits({ clock: clockAt({ ms: 5 }) });
    const one = {
      ...per('connection', 2),
      limits: [...per('connection', 2).limits, ...per('resource', 1).limits],
    };
    expect(limits.take(one, con('con_a', 'T1'), 'c1')).toBeNull();
    expect(limits.take(one, con('con_b', 'T1'), 'c1')).toMatchObject({ per: 'resource' });
    expect(limits.take(one, con('con_b', 'T1'), 'c2')).toBeNull();
    expect(limits.take(one, con('con_a', 'T1'))).toMatchObject({ per: 'connection' });
    expect(limits.take(one, con('con_a', 'T2'))).toBeNull();
    expect(limits.take(one, con('T1'))).toBeNull();
  });

  test('of the app hold for all of it; of a resource only where one is named; a refusal takes nothing', () => {
    const limits = createVendorLimits({ clock: clockAt({ ms: 5 }) });
    const both = { ...per('app', 2), limits: [...per('app', 2).limits, ...per('resource', 1).limits] };
    expect(limits.take(both, con('con_a'), 'c1')).toBeNull();
    expect(limits.take(both, con('con_a'), 'c1')).toMatchObject({ per: 'resource' });
    expect(limits.take(both, con('con_b'))).toBeNull();
    expect(limits.take(both, con('con_c'))).toMatchObject({ per: 'app' });
  });
});

describe('the circuit breaker', () => {
  test('opens after five failures in a row, lets one through to see, waits longer each time, and closes', () => {
    const time = { ms: 0 };
    const breaker = createBreaker({ clock: clockAt(time) });
    for (let n = 0; n < 4; n++) breaker.note('con_a', false);
    expect(breaker.waitMs('con_a')).toBe(0);
    breaker.note('con_a', false);
    const first = breaker.waitMs('con_a');
    expect(first).toBeGreaterThan(0);
    expect(breaker.waitMs('con_b')).toBe(0);
    time.ms += first;
    expect(breaker.waitMs('con_a')).toBe(0);
    expect(breaker.waitMs('con_a')).toBeGreaterThan(0);
    breaker.note('con_a', false);
    expect(breaker.waitMs('con_a')).toBeGreaterThan(first);
    breaker.note('con_a', true);
    expect(breaker.waitMs('con_a')).toBe(0);
  });
});

describe('what a token endpoint answers', () => {
  const now = new Date('2026-11-22T08:00:00Z');
  const read = (connector: { manifest: { auth: unknown } }, status: number, body: unknown) =>
    readTokenAnswer(
      connector.manifest.auth as never, // Both sign in by OAuth.
      status,
      typeof body === 'string' ? body : JSON.stringify(body),
      now,
    );

  test('secrets are taken out of what a connector reads', () => {
    const answer = read(slack, 200, {
      ok: true,
      access_token: 'fake-a',
      refresh_token: 'fake-r',
      scope: 'incoming-webhook,commands',
      team: { id: 'T1' },
      incoming_webhook: { channel: '#x', url: 'https://hooks.slack.com/fake-secret' },
    });
    expect(answer).toMatchObject({
      ok: true,
      issued: {
        credential: { accessToken: 'fake-a', secretUrls: { webhook: 'https://hooks.slack.com/fake-secret' } },
        scopes: ['incoming-webhook', 'commands'],
        rest: { team: { id: 'T1' }, incoming_webhook: { channel: '#x' } },
      },
    });
    expect(answer.ok && JSON.stringify(answer.issued.rest)).not.toMatch(/fake/);
  });

  test.each([
    [400, { error: 'invalid_grant' }, 'invalid_grant', true],
    [200, { ok: false, error: 'token_revoked' }, 'token_revoked', true],
    [200, { ok: false, error: 'ratelimited' }, 'ratelimited', false],
    [429, { error: 'slow_down' }, 'slow_down', false],
    [503, { error: 'x' }, 'x', false],
    [502, '<html>', 'answered_502', false],
    [200, '<html>', 'answered_200', false],
    [200, { token: 'none' }, 'answered_200', true],
    [400, { error: 'a sentence with spaces, of the vendor' }, 'answered_400', true],
  ])('%i %j is %s', (status, body, code, isDead) => {
    expect(read(calendar, status, body)).toEqual({ ok: false, code, isDead });
  });
});
