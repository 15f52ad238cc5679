import { describe, expect, test } from 'vitest';
import { sampleEvent, validate } from '#src/catalog';

const capped = sampleEvent('promotion.capped');

test.each(['cap', 'eligibility', 'over_cap', 'used'])(
  'a promotion without %s is refused [S1-21]',
  (field) => {
    const { [field]: _gone, ...rest } = capped;
    expect(validate('promotion.capped', 1, rest)).toMatchObject({
      ok: false,
      reasons: [{ code: 'schema', pointer: `/${field}` }],
    });
  },
);

describe('the flag for an exceeded cap', () => {
  test.each([
    [100, 100, false, true],
    [100, 101, true, true],
    [100, 101, false, false],
    [100, 100, true, false],
  ])('cap %i, used %i, flag %s: valid %s [S1-21]', (cap, used, over_cap, ok) => {
    const usd = (amount_cents: number) => ({ amount_cents, currency: 'USD' });
    const checked = validate('promotion.capped', 1, { ...capped, cap: usd(cap), used: usd(used), over_cap });
    expect(checked).toMatchObject(ok ? { ok } : { ok, reasons: [{ code: 'policy', pointer: '/over_cap' }] });
  });
});

test('a promotion for everyone says so: empty rules are refused [S1-21]', () => {
  expect(validate('promotion.capped', 1, { ...capped, eligibility: { rules: [] } }).ok).toBe(false);
  expect(validate('promotion.capped', 1, { ...capped, eligibility: { rules: ['everyone'] } }).ok).toBe(true);
});
