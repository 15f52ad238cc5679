import * as z from 'zod';
import type { EventData, EventType } from './event-type.ts';
import { amount, id, instant, revealedBy, text } from './fields.ts';
import { type RfpStatus, rfpShapes, rfpToV1, sampleRfp } from './rfp-snapshot.ts';
import { type Draw, drawFrom, usd } from './samples.ts';
import { providerRoles } from './vocabulary.ts';

const open = revealedBy('rfps:read', 'none');
const contact = revealedBy('bookings.contact:read', 'personal');

export const rfpTypes: readonly EventType[] = [
  rfpType({
    type: 'rfp.created',
    description: 'A buyer asks for proposals.',
    statuses: ['open'],
    own: {},
    ownSample: () => ({ quote_count: 0 }),
  }),
  rfpType({
    type: 'rfp.broadcast',
    description: 'The RFP went out to the providers in its audience.',
    statuses: ['open'],
    own: {
      broadcast_at: open('When it went out.', instant()),
      recipient_count: open('To how many.', z.int().min(0).max(1_000_000)),
    },
    ownSample: (draw) => ({ quote_count: 0, broadcast_at: draw.at(0), recipient_count: draw.int(5, 80) }),
  }),
  rfpType({
    type: 'rfp.quoted',
    description: 'A provider answered with a quote.',
    statuses: ['open'],
    own: {
      quote: z.strictObject({
        quote_id: open('The quote.', id('quo')),
        account_id: open('Who quotes.', id('acc')),
        role: open('As what.', z.enum(providerRoles)),
        quoted_at: open('When.', instant()),
        valid_until: open('How long it stands.', instant()).optional(),
        price: amount('The quoted price'),
        cover_note: contact('What they wrote with it.', text(2000)).optional(),
      }),
    },
    ownSample: (draw) => ({
      quote: {
        quote_id: draw.id('quo'),
        account_id: draw.id('acc'),
        role: draw.pick(providerRoles),
        quoted_at: draw.at(0),
        valid_until: draw.at(24 * 7),
        price: usd(draw.int(6, 60) * 100),
        cover_note: 'I shot the last two of these and know the light there.',
      },
    }),
  }),
  rfpType({
    type: 'rfp.awarded',
    description: 'The buyer chose a quote.',
    statuses: ['awarded'],
    own: {
      awarded_at: open('When.', instant()),
      awarded_to: z.strictObject({
        quote_id: open('The chosen quote.', id('quo')),
        account_id: open('Whose it is.', id('acc')),
        role: open('As what.', z.enum(providerRoles)),
        price: amount('The agreed price'),
      }),
      booking_id: open('The booking that came of it.', id('bkg')).optional(),
    },
    ownSample: (draw) => ({
      awarded_at: draw.at(0),
      awarded_to: {
        quote_id: draw.id('quo'),
        account_id: draw.id('acc'),
        role: draw.pick(providerRoles),
        price: usd(draw.int(6, 60) * 100),
      },
      booking_id: draw.id('bkg'),
    }),
  }),
  rfpType({
    type: 'rfp.withdrawn',
    description: 'The buyer took the RFP back. Take every copy of it back.',
    statuses: ['withdrawn'],
    own: {
      withdrawn_at: open('When.', instant()),
      withdraw_reason: open(
        'Why, in one word.',
        z.enum(['cancelled', 'duplicate', 'budget', 'policy', 'other']),
      ),
    },
    ownSample: (draw) => ({ withdrawn_at: draw.at(0), withdraw_reason: draw.pick(['cancelled', 'budget']) }),
  }),
  rfpType({
    type: 'rfp.closed',
    description: 'No more quotes are taken.',
    statuses: ['closed'],
    own: {
      closed_at: open('When.', instant()),
      outcome: open('How it ended.', z.enum(['awarded', 'expired', 'unanswered'])),
    },
    ownSample: (draw) => ({ closed_at: draw.at(0), outcome: draw.pick(['awarded', 'expired']) }),
  }),
];

type RfpTypeSpec = {
  type: string;
  description: string;
  statuses: readonly [RfpStatus, ...RfpStatus[]];
  own: z.ZodRawShape;
  ownSample: (draw: Draw) => EventData;
};

function rfpType({ type, description, statuses, own, ownSample }: RfpTypeSpec): EventType {
  const { v1, v2 } = rfpShapes(statuses);
  return {
    type,
    description,
    stream: 'discovery_booking',
    scope: 'rfps:read',
    critical: false,
    system: false,
    defaultOn: true,
    entity: { kind: 'rfp', idField: 'rfp_id' },
    versions: { 1: z.strictObject({ ...v1, ...own }), 2: z.strictObject({ ...v2, ...own }) },
    latest: 2,
    down: { 2: rfpToV1 },
    sample: (version, seed) => {
      const draw = drawFrom(seed);
      const data = { ...sampleRfp(draw, statuses[0]), ...ownSample(draw) };
      return version === 1 ? rfpToV1(data) : data;
    },
  };
}
