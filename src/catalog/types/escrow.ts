import * as z from 'zod';
import type { EventType } from './event-type.ts';
import { amount, cents, id, instant, revealedBy } from './fields.ts';
import { drawFrom, usd } from './samples.ts';
import { paymentMethods } from './vocabulary.ts';

const money = revealedBy('money:read', 'money');

const released = z.strictObject({
  escrow_id: money('The escrow.', id('esc')),
  booking_id: money('The booking that it was held for.', id('bkg')),
  deliverable_id: money('What was accepted.', id('dlb')).optional(),
  released_at: money('When.', instant()),
  release_reason: money('Why.', z.enum(['accepted', 'deadline', 'dispute_settled'])),
  payee_account_id: money('Who is paid.', id('acc')),
  payer_account_id: money('Who paid.', id('acc')),
  released: amount('What goes to the payee'),
  take_rate_cents: money("The marketplace's share, in cents.", cents()),
  payment_method: money('How the buyer paid.', z.enum(paymentMethods)),
  buyer_fee_cents: money('The fee on top, after any discount, in cents.', cents()),
  ach_discount_cents: money('What paying by ACH took off the buyer fee, in cents.', cents()).optional(),
});

/** Its subject is the booking, so it stands in order with the booking's own events; it carries no booking state. */
export const escrowTypes: readonly EventType[] = [
  {
    type: 'escrow.released',
    description: 'Held money went to the provider. The hub reports it; the marketplace decided it.',
    stream: 'money_tax',
    scope: 'money:read',
    critical: true,
    system: false,
    defaultOn: true,
    entity: null,
    versions: { 1: released },
    latest: 1,
    sample: (_version, seed) => {
      const draw = drawFrom(seed);
      const total = draw.int(15, 180) * 10;
      return {
        escrow_id: draw.id('esc'),
        booking_id: draw.id('bkg'),
        deliverable_id: draw.id('dlb'),
        released_at: draw.at(0),
        release_reason: 'accepted',
        payee_account_id: draw.id('acc'),
        payer_account_id: draw.id('acc'),
        released: usd(total),
        take_rate_cents: total * 10,
        payment_method: 'ach',
        buyer_fee_cents: total * 3,
        ach_discount_cents: total * 2,
      };
    },
  },
];
