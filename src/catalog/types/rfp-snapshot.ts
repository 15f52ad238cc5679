/**
 * A request for proposals, whole on every `rfp.*` event. Version 2 has a budget range; version 1 had one figure.
 */
import * as z from 'zod';
import type { EventData } from './event-type.ts';
import { amount, citySlug, email, id, instant, media, revealedBy, text, usPhone } from './fields.ts';
import { type Draw, buyers, shoots, usd } from './samples.ts';
import { buyerKinds, providerRoles, usTimeZones } from './vocabulary.ts';

const open = revealedBy('rfps:read', 'none');
const contact = revealedBy('bookings.contact:read', 'personal');

export type RfpStatus = 'open' | 'awarded' | 'withdrawn' | 'closed';

export function rfpShapes<S extends readonly [RfpStatus, ...RfpStatus[]]>(statuses: S) {
  const before = {
    rfp_id: open('The RFP.', id('rfp')),
    status: open('The state after this event.', z.enum(statuses)),
    revision: open('Grows with every edit of the RFP.', z.int().min(1).max(100_000)),
    title: open('What is wanted, in a line.', text(140)),
    brief: open('What is wanted, in full.', text(5000)),
    roles: open('Who is wanted.', z.array(z.enum(providerRoles)).min(1).max(5)),
    city: open('City slug.', citySlug()),
    time_zone: open('The zone of the place.', z.enum(usTimeZones)),
    created_at: open('When it was created.', instant()),
    shoot_starts_at: open('When the work should start.', instant()).optional(),
    shoot_ends_at: open('When the work should end.', instant()).optional(),
    respond_by: open('When quotes are due.', instant()),
    quote_count: open('How many quotes there are.', z.int().min(0).max(100_000)),
  };
  const after = {
    buyer,
    references: z.array(media('rfps:read', 'none')).max(30).optional(),
    external_ref: open("The partner's own id for it.", text(120)).optional(),
    intent_id: open('The intent that asked for it.', id('int')).optional(),
    correlation_id: open(
      'Ties the RFP to the integration that it came through, if any.',
      text(64),
    ).optional(),
  };
  return {
    v1: { ...before, budget: amount('The budget').optional(), ...after },
    v2: { ...before, ...budgetV2, ...after },
  };
}

const buyer = z.strictObject({
  account_id: open('The asking account.', id('acc')),
  kind: open('Who asks.', z.enum(buyerKinds)),
  name: contact('Who to ask for.', text(120)).optional(),
  email: contact('E-mail address.', email()).optional(),
  phone: contact('Phone number.', usPhone()).optional(),
  // S2-23: a marketing tool may take only contacts who agreed to it.
  marketing_consent: contact('Agreed to be written to.', z.boolean()).optional(),
});

const budgetV2 = {
  budget_min: amount('The least they would spend').optional(),
  budget_max: amount('The most they would spend').optional(),
};

/** The single figure of version 1 was always read as the most that the buyer would spend. */
export function rfpToV1(data: EventData): EventData {
  const { budget_min, budget_max, ...rest } = data;
  const budget = budget_max ?? budget_min;
  return budget === undefined ? rest : { ...rest, budget };
}

/** A realistic version 2 RFP. */
export function sampleRfp(draw: Draw, status: RfpStatus): EventData {
  const shoot = draw.pick(shoots);
  const budget = draw.int(5, 40) * 100;
  return {
    rfp_id: draw.id('rfp'),
    status,
    revision: draw.int(1, 3),
    title: shoot.title,
    brief: 'Half a day in Houston, twelve edited frames, usage for one year on social channels.',
    roles: [draw.pick(providerRoles)],
    city: 'houston',
    time_zone: 'America/Chicago',
    created_at: draw.at(-48),
    shoot_starts_at: draw.at(24 * 14),
    shoot_ends_at: draw.at(24 * 14 + 4),
    respond_by: draw.at(24 * 5),
    quote_count: draw.int(1, 9),
    budget_min: usd(budget),
    budget_max: usd(budget * 2),
    buyer: {
      account_id: draw.id('acc'),
      kind: 'brand',
      ...draw.pick(buyers),
      marketing_consent: draw.int(0, 1) === 1,
    },
    references: [
      { url: `https://media.example.com/briefs/${draw.int(100, 999)}.jpg`, content_rating: 'general' },
    ],
    external_ref: `campaign-${draw.int(1000, 9999)}`,
  };
}
