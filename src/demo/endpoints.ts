/**
 * The seven endpoints of the demo: whose they are, what they ask for, how they behave, and, said a second time in plain
 * code, which events they should get. The hub never sees that second telling; the report compares both.
 */
import { camila, coldBrew, denim, deshawn, jordan, linh, studio } from './cast.ts';
import type { WireEvent } from './planned-event.ts';

export type Manner = 'well' | 'fails_for_a_while' | 'hangs' | 'gone';

export type EndpointPlan = {
  key: string;
  ownerId: string;
  title: string;
  about: string;
  scopes: readonly string[];
  /** The body of `POST /v1/subscriptions` without the address. */
  wish: Readonly<Record<string, unknown>>;
  manner: Manner;
  verifiesBy: 'v1' | 'v1a';
  expects(event: WireEvent): boolean;
};

const bookingScopes = ['bookings:read', 'bookings.contact:read', 'webhooks:manage'] as const;
const allScopes = [...bookingScopes, 'deliverables:read', 'rfps:read', 'reviews:read', 'money:read'] as const;

export const endpointPlans: readonly EndpointPlan[] = [
  {
    key: 'crm',
    ownerId: denim.id,
    title: 'Bayou City Denim · CRM',
    about: 'takes everything but messages',
    scopes: allScopes,
    wish: { event_types: ['*'], max_per_second: 200 },
    manner: 'well',
    verifiesBy: 'v1',
    expects: (event) => isFor(event, denim.id) && event.type !== 'message.direct',
  },
  {
    key: 'ops',
    ownerId: coldBrew.id,
    title: 'Lone Star Cold Brew · ops hook',
    about: 'answers 503 for a while, then recovers',
    scopes: allScopes,
    wish: {
      event_types: ['booking.*', 'instant_book.confirmed', 'deliverable.*', 'rfp.*', 'escrow.released'],
      max_per_second: 200,
    },
    manner: 'fails_for_a_while',
    verifiesBy: 'v1',
    expects: (event) =>
      isFor(event, coldBrew.id) && /^(booking|instant_book|deliverable|rfp|escrow)\./.test(event.type),
  },
  {
    key: 'calendar',
    ownerId: studio.id,
    title: 'Mill Street Daylight · calendar',
    about: 'CloudEvents, in order within a booking',
    scopes: ['bookings:read', 'webhooks:manage'],
    wish: { event_types: ['booking.*', 'instant_book.*'], format: 'cloudevents', ordering: 'subject' },
    manner: 'well',
    verifiesBy: 'v1',
    expects: (event) => isFor(event, studio.id) && isBooking(event),
  },
  {
    key: 'portfolio',
    ownerId: linh.id,
    title: 'Linh Tran · portfolio',
    about: 'Ed25519 signatures, schema version 1',
    scopes: [...bookingScopes, 'deliverables:read', 'reviews:read', 'messages:read'],
    wish: {
      event_types: ['booking.*', 'instant_book.*', 'deliverable.*', 'review.published', 'message.direct'],
      signature: 'v1a',
      schema_version: 1,
    },
    manner: 'well',
    verifiesBy: 'v1a',
    expects: (event) =>
      isFor(event, linh.id) && /^(booking|instant_book|deliverable|review|message)\./.test(event.type),
  },
  {
    key: 'assistant',
    ownerId: jordan.id,
    title: 'Jordan Okafor · assistant',
    about: 'only Houston, only bookings from $900',
    scopes: [...bookingScopes, 'money:read'],
    wish: {
      event_types: ['booking.*', 'instant_book.*'],
      cities: ['houston'],
      filter: { 'data.payment.total.amount_cents': { $gte: 90_000 } },
    },
    manner: 'well',
    verifiesBy: 'v1',
    expects: (event) =>
      isFor(event, jordan.id) && isBooking(event) && event.city === 'houston' && totalCents(event) >= 90_000,
  },
  {
    key: 'sheet',
    ownerId: camila.id,
    title: 'Camila Reyes · spreadsheet bot',
    about: 'never answers',
    scopes: bookingScopes,
    wish: { event_types: ['booking.confirmed', 'instant_book.confirmed'] },
    manner: 'hangs',
    verifiesBy: 'v1',
    expects: (event) => isFor(event, camila.id) && event.type.endsWith('.confirmed'),
  },
  {
    key: 'old-flow',
    ownerId: deshawn.id,
    title: 'DeShawn Carter · retired flow',
    about: 'answers 410 Gone',
    scopes: bookingScopes,
    wish: { event_types: ['booking.*', 'instant_book.*'] },
    manner: 'gone',
    verifiesBy: 'v1',
    expects: (event) => isFor(event, deshawn.id) && isBooking(event),
  },
];

function isFor({ audience }: WireEvent, accountId: string): boolean {
  return audience.includes(accountId);
}

function isBooking({ type }: WireEvent): boolean {
  return type.startsWith('booking.') || type.startsWith('instant_book.');
}

function totalCents({ data }: WireEvent): number {
  // Every booking of the day has a payment: its story put it there.
  return (data['payment'] as { total: { amount_cents: number } }).total.amount_cents;
}
