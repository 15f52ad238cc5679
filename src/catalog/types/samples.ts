/**
 * Sample data that looks like a day in Houston and is the same for the same seed.
 * E-mail addresses are in example.com (RFC 2606), phone numbers in 555-0100 to 0199 (kept for fiction), so that
 * a sample which is delivered by mistake reaches nobody.
 */
export type Draw = {
  pick: <T>(list: readonly T[]) => T;
  int: (min: number, max: number) => number;
  id: (prefix: string) => string;
  /** An instant so many hours after the sample's own "now". */
  at: (hours: number) => string;
};

const firstDay = Date.UTC(2026, 10, 21, 15, 0, 0);
const hourMs = 3_600_000;
// Crockford's base 32, lower case: the alphabet of the hub's own ids.
const idAlphabet = '0123456789abcdefghjkmnpqrstvwxyz';

export function drawFrom(seed: number): Draw {
  const next = mulberry32(seed);
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  const now = firstDay + int(0, 27) * 24 * hourMs;
  return {
    int,
    pick: <T>(list: readonly T[]) => list[int(0, list.length - 1)] as T, // No list of samples is empty.
    id: (prefix) => `${prefix}_01k${Array.from({ length: 23 }, () => idAlphabet[int(0, 31)]).join('')}`,
    at: (hours) => new Date(now + hours * hourMs).toISOString(),
  };
}

export const buyers = [
  { name: 'Ava Thompson', email: 'ava.thompson@example.com', phone: '+17135550117' },
  { name: 'Mateo Reyes', email: 'mateo.reyes@example.com', phone: '+17135550142' },
] as const;

export const providers = [
  { name: 'Linh Tran', email: 'linh.tran@example.com', phone: '+12815550163' },
  { name: 'Jordan Okafor', email: 'jordan.okafor@example.com', phone: '+18325550108' },
] as const;

export const places = [
  place('Buffalo Bayou Park', 'Fourth Ward', 'outdoor', '105 Sabine St', '77007'),
  place('Menil Park', 'Montrose', 'outdoor', '1533 Sul Ross St', '77006'),
  place('Silver Street Studios', 'Sawyer Yards', 'studio', '2000 Edwards St', '77007'),
  place('POST Houston rooftop', 'Downtown', 'on_location', '401 Franklin St', '77002'),
] as const;

export const shoots = [
  { title: 'Golden-hour portraits', service: 'portrait' },
  { title: 'Spring lookbook', service: 'editorial' },
  { title: 'Taco truck launch film', service: 'commercial-video' },
  { title: 'Gallery opening coverage', service: 'event' },
] as const;

export function usd(dollars: number) {
  return { amount_cents: dollars * 100, currency: 'USD' as const };
}

function place(
  name: string,
  area: string,
  kind: 'studio' | 'outdoor' | 'on_location',
  line1: string,
  postal_code: string,
) {
  return { name, area, kind, city: 'houston', region: 'TX' as const, address: { line1, postal_code } };
}

// A 32-bit generator of public domain (T. Ettinger); statistical quality is of no matter here, sameness is.
function mulberry32(seed: number): () => number {
  const state = new Uint32Array([seed]);
  return () => {
    const a = ((state[0] ?? 0) + 0x6d2b79f5) >>> 0;
    state[0] = a;
    const b = Math.imul(a ^ (a >>> 15), a | 1);
    const c = b ^ (b + Math.imul(b ^ (b >>> 7), b | 61));
    return ((c ^ (c >>> 14)) >>> 0) / 4_294_967_296;
  };
}
