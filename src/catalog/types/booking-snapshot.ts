/**
 * A booking as every `booking.*` and `instant_book.*` event carries it: whole, so that the latest event is the
 * current state. Version 2 gave the place its structure; version 1 had it in one line of text.
 */
import * as z from 'zod';
import type { EventData } from './event-type.ts';
import { amount, cents, citySlug, email, id, instant, media, revealedBy, text, usPhone } from './fields.ts';
import { type Draw, buyers, places, providers, shoots, usd } from './samples.ts';
import { buyerKinds, paymentMethods, providerRoles, usRegions, usTimeZones } from './vocabulary.ts';

const open = revealedBy('bookings:read', 'none');
const contact = revealedBy('bookings.contact:read', 'personal');
const money = revealedBy('money:read', 'money');

export type BookingStatus = 'requested' | 'confirmed' | 'cancelled' | 'completed';

/** The fields of a booking in both versions, with the states in which this event can leave it. */
export function bookingShapes<S extends readonly [BookingStatus, ...BookingStatus[]]>(statuses: S) {
  const before = {
    booking_id: open('The booking.', id('bkg')),
    status: open('The state after this event.', z.enum(statuses)),
    title: open('A short label made by the marketplace; never the name of a person.', text(140)),
    service: open('What kind of work, as a slug.', z.string().regex(/^[a-z][a-z0-9-]{1,39}$/)),
    instant_book: open('Whether it was booked without a request.', z.boolean()),
    created_at: open('When it was first asked for.', instant()),
    starts_at: open('When the work starts.', instant()),
    ends_at: open('When the work ends.', instant()),
    time_zone: open('The zone of the place: show times in it.', z.enum(usTimeZones)),
  };
  const after = {
    buyer,
    provider,
    payment: payment.optional(),
    notes: contact('What the two sides noted for the day.', text(2000)).optional(),
    references: z.array(media('bookings:read', 'none')).max(30).optional(),
    correlation_id: open(
      'Ties the booking to the integration that it came through, if any.',
      text(64),
    ).optional(),
  };
  return { v1: { ...before, ...placeV1, ...after }, v2: { ...before, venue, ...after } };
}

const buyer = z.strictObject({
  account_id: open('The buying account.', id('acc')),
  kind: open('Who buys.', z.enum(buyerKinds)),
  name: contact('Who to ask for.', text(120)).optional(),
  email: contact('E-mail address.', email()).optional(),
  phone: contact('Phone number.', usPhone()).optional(),
});

const provider = z.strictObject({
  account_id: open('The providing account.', id('acc')),
  role: open('What they are booked as.', z.enum(providerRoles)),
  name: contact('Who to ask for.', text(120)).optional(),
  email: contact('E-mail address.', email()).optional(),
  phone: contact('Phone number.', usPhone()).optional(),
  // S1-28: the badge and nothing else. Who did not opt in has no such field at all.
  trusted_pro: z
    .strictObject({
      background_check: contact('Whether they passed. Here only if they chose to show it.', z.boolean()),
    })
    .optional(),
});

// S1-26: carried exactly as the marketplace computed it. The hub adds and subtracts nothing here.
const payment = z.strictObject({
  total: amount('What the buyer pays'),
  deposit: amount('What was paid ahead').optional(),
  payment_method: money('How the buyer pays.', z.enum(paymentMethods)),
  buyer_fee_cents: money('The fee on top, after any discount, in cents.', cents()),
  ach_discount_cents: money('What paying by ACH took off the buyer fee, in cents.', cents()).optional(),
  promotion_id: money('The promotion that was applied.', id('prm')).optional(),
});

const venue = z.strictObject({
  name: open('The public name of the place; a home is only "Private residence".', text(120)),
  kind: open('What kind of place.', z.enum(['studio', 'outdoor', 'on_location', 'remote'])),
  area: open('The neighbourhood.', text(80)).optional(),
  city: open('City slug.', citySlug()),
  region: open('State.', z.enum(usRegions)),
  studio_account_id: open('The studio, where it is one of the marketplace.', id('acc')).optional(),
  address: z
    .strictObject({
      line1: contact('Street and number.', text(120)),
      line2: contact('Unit, floor, gate.', text(120)).optional(),
      postal_code: contact('ZIP code.', z.string().regex(/^[0-9]{5}(?:-[0-9]{4})?$/)),
    })
    .optional(),
});

const placeV1 = {
  location: open('The place in one line, without its address.', text(400)),
  address: contact('The address in one line.', text(400)).optional(),
};

/**
 * Version 2 to version 1. `location` is made of open fields alone: were the street in it, an older subscriber
 * without the contact scope would read what the scope hides.
 */
export function bookingToV1(data: EventData): EventData {
  // True by the schema: version 2 has a venue, and down-conversion runs on validated data only.
  const { venue: place, ...rest } = data as EventData & { venue: z.output<typeof venue> };
  const location = [place.name, place.area, place.city, place.region].filter(Boolean).join(', ');
  if (!place.address) return { ...rest, location };
  const { line1, line2, postal_code } = place.address;
  return { ...rest, location, address: [line1, line2, postal_code].filter(Boolean).join(', ') };
}

/** A realistic version 2 booking. */
export function sampleBooking(draw: Draw, status: BookingStatus, instantBook: boolean): EventData {
  const total = draw.int(15, 180) * 10;
  const method = draw.pick(['card', 'ach'] as const);
  return {
    booking_id: draw.id('bkg'),
    status,
    ...draw.pick(shoots),
    instant_book: instantBook,
    created_at: draw.at(-72),
    starts_at: draw.at(48),
    ends_at: draw.at(48 + draw.int(1, 6)),
    time_zone: 'America/Chicago',
    venue: draw.pick(places),
    buyer: { account_id: draw.id('acc'), kind: draw.pick(buyerKinds), ...draw.pick(buyers) },
    provider: {
      account_id: draw.id('acc'),
      role: draw.pick(providerRoles),
      ...draw.pick(providers),
      ...(draw.int(0, 1) ? { trusted_pro: { background_check: true } } : {}),
    },
    payment: {
      total: usd(total),
      deposit: usd(Math.round(total / 4)),
      payment_method: method,
      buyer_fee_cents: method === 'ach' ? total * 3 : total * 5,
      ...(method === 'ach' ? { ach_discount_cents: total * 2 } : {}),
    },
    notes: 'Meet at the east entrance; bring the reflector.',
    references: [
      {
        url: `https://media.example.com/boards/${draw.int(100, 999)}.jpg`,
        content_rating: 'general',
        alt: 'Warm backlight over water',
      },
    ],
  };
}
