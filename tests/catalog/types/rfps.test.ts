import { expect, test } from 'vitest';
import { project, sampleEvent, validate } from '#src/catalog';

const usd = (amount_cents: number) => ({ amount_cents, currency: 'USD' });
const view = { scopes: new Set(['rfps:read', 'money:read']), version: 1 };

test.each([
  [{ budget_min: usd(100), budget_max: usd(300) }, usd(300)],
  [{ budget_min: usd(100) }, usd(100)],
  [{ budget_max: usd(300) }, usd(300)],
  [{}, undefined],
])('the range %j is the budget %j in version 1', (range, budget) => {
  const { budget_min: _min, budget_max: _max, ...rest } = sampleEvent('rfp.created');
  const data = { ...rest, ...range };
  expect(validate('rfp.created', 2, data).ok).toBe(true);
  expect(project({ type: 'rfp.created', version: 2, data }, view)?.['budget']).toEqual(budget);
});

test("a buyer's e-mail and their consent to marketing are revealed together or not at all [S2-23]", () => {
  const event = { type: 'rfp.created', version: 2, data: sampleEvent('rfp.created') };
  const open = project(event, { scopes: new Set(['rfps:read']) });
  expect(Object.keys(Object(open?.['buyer']))).toEqual(['account_id', 'kind']);
  const contact = project(event, { scopes: new Set(['rfps:read', 'bookings.contact:read']) });
  expect(Object.keys(Object(contact?.['buyer']))).toEqual(
    expect.arrayContaining(['email', 'marketing_consent']),
  );
});
