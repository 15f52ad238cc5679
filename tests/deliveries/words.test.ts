import { describe, expect, test } from 'vitest';
import { type DeliveryFacts, explainDelivery } from '../../src/deliveries/words.ts';

const nowMs = Date.parse('2026-11-21T15:00:00.000Z');
const facts = (over: Partial<DeliveryFacts>): DeliveryFacts => ({
  id: 'dlv_1',
  state: 'pending',
  reason: 'accepted',
  tries: 0,
  dueAtMs: null,
  nowMs,
  keepEventsMs: 30 * 86_400_000,
  ...over,
});

describe('a delivery in words', () => {
  test('a failing endpoint is said to be the receiver, with the next try', () => {
    const told = explainDelivery(
      facts({ state: 'retrying', reason: 'answered_503', tries: 2, dueAtMs: nowMs + 300_000 }),
    );
    expect(told).toEqual({
      whose: 'receiver',
      lines: [
        'It is the receiver. The endpoint answered 503; next try in about 5 minutes.',
        '2 of 8 tries are spent; the next is due at 2026-11-21T15:05:00.000Z.',
        'Mended already? POST /v1/deliveries/dlv_1/retry sends it now.',
      ],
    });
  });

  test.each([
    ['delivered', 'delivered', 'nobody', 'All is well. The receiver took it.'],
    ['leased', 'leased', 'nobody', 'All is well. An attempt is under way or about to begin.'],
    ['held', 'gone', 'receiver', 'It is the receiver. The endpoint answered 410 Gone'],
    ['held', 'subscription_paused', 'you', 'It is on your side. The subscription is paused'],
    ['held', 'account_suspended', 'marketplace', 'It is the marketplace. The account is suspended'],
    ['retrying', 'hub_fault', 'hub', 'It is the hub. The hub failed before it could try'],
    ['dead', 'held_too_long', 'you', 'It is on your side. It was held until its event was as old'],
    ['cancelled', 'revoked', 'you', 'It is on your side. The access'],
    ['cancelled', 'scope_missing', 'you', 'It is on your side. The grant lost the scope'],
    [
      'dead',
      'timeout',
      'receiver',
      'It is the receiver. The endpoint did not answer in time; that was the last of 0 tries',
    ],
  ] as const)('%s for %s points at %s', (state, reason, whose, words) => {
    const told = explainDelivery(facts({ state, reason }));
    expect(told.whose).toBe(whose);
    expect(told.lines[0]).toContain(words);
  });

  test('one that waits behind another of its line names it', () => {
    const told = explainDelivery(facts({ head: { id: 'dlv_0', state: 'retrying' } }));
    expect(told).toMatchObject({
      whose: 'nobody',
      lines: [expect.stringContaining('dlv_0 before it is retrying'), expect.anything()],
    });
    expect(explainDelivery(facts({ head: { id: 'dlv_0', state: 'held' } })).whose).toBe('you');
  });

  test('a reason that nobody foresaw is shown and not hidden', () => {
    expect(explainDelivery(facts({ state: 'held', reason: 'constructor' })).lines[0]).toContain(
      '“constructor”',
    );
  });
});
