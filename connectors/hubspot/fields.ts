/**
 * What of an RFP may stand in a property of a deal. Only what every `rfp.*` event carries, so that a deal is the same
 * whichever event came last; nobody's name, address or number, which leave by the contact alone (S2-23).
 */
import type { Choice } from '#kit';

export type Data = Readonly<Record<string, unknown>>;

const fields = {
  amount: ['What it is worth: the agreed price, or the budget', (rfp: Data) => dollars(budget(rfp))],
  brief: ['Brief', (rfp: Data) => text(rfp['brief'])],
  budget_max: ['Highest budget', (rfp: Data) => dollars(rfp['budget_max'] ?? rfp['budget'])],
  budget_min: ['Lowest budget', (rfp: Data) => dollars(rfp['budget_min'])],
  buyer_kind: ['Who asks: individual, brand or agency', (rfp: Data) => text(object(rfp['buyer'])['kind'])],
  city: ['City', (rfp: Data) => text(rfp['city'])],
  created_at: ['Created', (rfp: Data) => text(rfp['created_at'])],
  external_ref: ['Your own reference', (rfp: Data) => text(rfp['external_ref'])],
  quote_count: ['How many quotes there are', (rfp: Data) => whole(rfp['quote_count'])],
  respond_by: ['When quotes are due', (rfp: Data) => text(rfp['respond_by'])],
  revision: ['Revision', (rfp: Data) => whole(rfp['revision'])],
  rfp_id: ['Id of the RFP', (rfp: Data) => text(rfp['rfp_id'])],
  roles: ['Who is wanted', (rfp: Data) => list(rfp['roles'])],
  shoot_ends_at: ['When the work ends', (rfp: Data) => text(rfp['shoot_ends_at'])],
  shoot_starts_at: ['When the work starts', (rfp: Data) => text(rfp['shoot_starts_at'])],
  status: ['Status', (rfp: Data) => text(rfp['status'])],
  title: ['Title', (rfp: Data) => text(rfp['title'])],
} as const satisfies Record<string, readonly [string, (rfp: Data) => string | undefined]>;

export type RfpField = keyof typeof fields;

// The keys of an object literal are its own.
export const rfpFields = Object.keys(fields) as [RfpField, ...RfpField[]];

export const rfpFieldChoices: readonly Choice[] = rfpFields.map((id) => ({ id, label: fields[id][0] }));

/** As HubSpot takes it: text, decimal dollars, RFC 3339. Undefined: the event does not carry it, or may not. */
export const readField = (field: RfpField, rfp: Data): string | undefined => fields[field][1](rfp);

/** `{amount_cents, currency}` in dollars. */
export function dollars(amount: unknown): string | undefined {
  const cents = object(amount)['amount_cents'];
  return typeof cents === 'number' ? (cents / 100).toFixed(2) : undefined;
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function object(value: unknown): Data {
  // An object of an event came out of JSON: its keys are strings.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Data) : {};
}

function budget(rfp: Data): unknown {
  return rfp['budget_max'] ?? rfp['budget'] ?? rfp['budget_min'];
}

function whole(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : undefined;
}

function list(value: unknown): string | undefined {
  return Array.isArray(value) ? text(value.filter((one) => typeof one === 'string').join(', ')) : undefined;
}
