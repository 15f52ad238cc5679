import { describe, expect, test } from 'vitest';
import { eventTypes, fieldsOfType, project, sampleEvent, scopeNames, validate } from '#src/catalog';
import type { Data } from '../arbitrary.ts';
import { everyVersion } from '../versions.ts';

const all = new Set<string>(scopeNames);

function withProvider(change: Data): Data {
  const { trusted_pro: _none, ...provider } = sampleEvent('booking.confirmed')['provider'] as Data;
  return { ...sampleEvent('booking.confirmed'), provider: { ...provider, ...change } };
}

describe('background checks', () => {
  test('are one boolean that the person opted into [S1-28] [S2-13]', () => {
    const data = withProvider({ trusted_pro: { background_check: true } });
    expect(validate('booking.confirmed', 2, data).ok).toBe(true);
    expect(project({ type: 'booking.confirmed', version: 2, data }, { scopes: all })).toMatchObject({
      provider: { trusted_pro: { background_check: true } },
    });
  });

  test('leave no field behind for who opted out [S1-28]', () => {
    const data = withProvider({});
    expect(validate('booking.confirmed', 2, data).ok).toBe(true);
    const shown = project({ type: 'booking.confirmed', version: 2, data }, { scopes: all });
    expect(shown?.['provider']).not.toHaveProperty('trusted_pro');
  });

  test.each([
    { trusted_pro: {} },
    { trusted_pro: { background_check: null } },
    { trusted_pro: { background_check: 'clear' } },
    { trusted_pro: { background_check: true, report_url: 'https://checks.example.com/1' } },
    { trusted_pro: { background_check: true, checked_at: '2026-01-01T00:00:00Z' } },
    { background_check: true },
  ])('carry nothing else: %j [S2-13]', (change) => {
    expect(validate('booking.confirmed', 2, withProvider(change)).ok).toBe(false);
  });

  test('have no other field in any event, and are seen only with the contact scope [S1-28]', () => {
    for (const [type, version] of everyVersion) {
      for (const [path, { kind, scope }] of fieldsOfType(type, version)) {
        if (!/background|check|criminal|conviction|report/.test(path)) continue;
        expect([path, kind, scope]).toEqual([
          'provider.trusted_pro.background_check',
          'boolean',
          'bookings.contact:read',
        ]);
      }
    }
  });
});

test('an ACH payment leaves exactly as it came, fee and discount included [S1-26]', () => {
  const payment = {
    total: { amount_cents: 120_001, currency: 'USD' },
    payment_method: 'ach',
    buyer_fee_cents: 3_599,
    ach_discount_cents: 1_201,
  };
  const data = { ...sampleEvent('booking.confirmed'), payment };
  const checked = validate('booking.confirmed', 2, data);
  expect(
    checked.ok && project({ type: 'booking.confirmed', version: 2, data: checked.data }, { scopes: all }),
  ).toMatchObject({ payment });
  // Down-conversion touches the place alone.
  expect(project({ type: 'booking.confirmed', version: 2, data }, { scopes: all, version: 1 })).toMatchObject(
    { payment },
  );
});

test('who may not see money sees no fee either [S1-26]', () => {
  const shown = project(
    { type: 'booking.confirmed', version: 2, data: sampleEvent('booking.confirmed') },
    { scopes: new Set(['bookings:read', 'bookings.contact:read']) },
  );
  expect(JSON.stringify(shown)).not.toMatch(/cents|payment|ach/);
});

test('every event of the family carries the whole booking', () => {
  const own =
    /^(confirmed|cancelled|completed|rescheduled)_at|^(cancel_|previous_|respond_by|cancelled_by|rescheduled_by|id_verified_at)/;
  const family = [...eventTypes.values()].filter(({ entity }) => entity?.kind === 'booking');
  const shapes = family.map(({ type }) =>
    [...fieldsOfType(type, 2).keys()].filter((path) => !own.test(path)),
  );
  expect(family).toHaveLength(6);
  for (const shape of shapes) expect(shape).toEqual(shapes[0]);
});

test('an event leaves the booking in the state that it says', () => {
  for (const [type, status] of [
    ['booking.cancelled', 'confirmed'],
    ['booking.confirmed', 'requested'],
    ['booking.completed', 'cancelled'],
  ] as const) {
    expect(validate(type, 2, { ...sampleEvent(type), status })).toMatchObject({
      ok: false,
      reasons: [{ pointer: '/status' }],
    });
  }
});

describe('version 1', () => {
  test('has the place in one line, and the street only in the address', () => {
    const data = sampleEvent('booking.requested', 1, 7);
    expect(data).toMatchObject({
      location: expect.stringMatching(/, houston, TX$/),
      address: expect.stringMatching(/, 77\d{3}$/),
    });
    expect(data['location']).not.toMatch(/\d/);
  });

  test('has no address where version 2 has none', () => {
    const { address: _address, ...venue } = sampleEvent('booking.confirmed')['venue'] as Data;
    const shown = project(
      { type: 'booking.confirmed', version: 2, data: { ...sampleEvent('booking.confirmed'), venue } },
      { scopes: all, version: 1 },
    );
    expect(shown).not.toHaveProperty('address');
  });
});
