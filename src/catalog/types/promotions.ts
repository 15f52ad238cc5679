import * as z from 'zod';
import type { EventType, Policy } from './event-type.ts';
import { amount, citySlug, id, instant, revealedBy, text } from './fields.ts';
import { drawFrom, usd } from './samples.ts';
import { buyerKinds, providerRoles } from './vocabulary.ts';

// Commercial terms: there is no scope for promotions alone, and what was spent on one is money.
const money = revealedBy('money:read', 'money');

/** S1-21: a promotion has a cap and says who may use it, or it is not carried. The hub computes neither. */
const capped = z.strictObject({
  promotion_id: money('The promotion.', id('prm')),
  name: money('What it is called.', text(120)),
  cap: amount('The most that it may cost'),
  used: amount('What it has cost'),
  use_count: money('How often it was used.', z.int().min(0).max(100_000_000)),
  over_cap: money('Whether it cost more than its cap.', z.boolean()),
  eligibility: z.strictObject({
    rules: money('Who may use it; all must hold.', z.array(z.enum(eligibilityRules())).min(1).max(8)),
    cities: money('Only in these cities.', z.array(citySlug()).max(100)).optional(),
    roles: money('Only for bookings of these.', z.array(z.enum(providerRoles)).max(5)).optional(),
    buyer_kinds: money('Only for these buyers.', z.array(z.enum(buyerKinds)).max(3)).optional(),
  }),
  capped_at: money('When it reached its cap.', instant()),
});

export const promotionTypes: readonly EventType[] = [
  {
    type: 'promotion.capped',
    description: 'A promotion reached its cap and stopped.',
    stream: 'promos_growth',
    scope: 'money:read',
    critical: false,
    system: false,
    defaultOn: true,
    entity: null,
    versions: { 1: capped },
    latest: 1,
    policies: [overCapIsFlagged()],
    sample: (_version, seed) => {
      const draw = drawFrom(seed);
      const cap = draw.int(10, 50) * 100;
      const over = draw.int(0, 1);
      return {
        promotion_id: draw.id('prm'),
        name: 'First shoot in Houston',
        cap: usd(cap),
        used: usd(cap + over * 25),
        use_count: draw.int(40, 400),
        over_cap: over === 1,
        eligibility: { rules: ['first_booking', 'city'], cities: ['houston'] },
        capped_at: draw.at(0),
      };
    },
  },
];

function eligibilityRules() {
  return [
    'everyone',
    'first_booking',
    'new_buyer',
    'returning_buyer',
    'city',
    'role',
    'buyer_kind',
    'pays_by_ach',
  ] as const;
}

function overCapIsFlagged(): Policy {
  return (data) => {
    // True by the schema, which ran before any policy.
    const { cap, used, over_cap } = data as z.output<typeof capped>;
    if (over_cap === used.amount_cents > cap.amount_cents) return [];
    return [
      { code: 'policy', pointer: '/over_cap', detail: 'The flag contradicts what was used and the cap.' },
    ];
  };
}
