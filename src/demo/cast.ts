/**
 * Who plays: two brands, a studio and twelve providers of Houston, all invented. E-mail addresses are in example.com
 * (RFC 2606) and phone numbers in 555-0100 to 0199, which are kept for fiction.
 */
import type { providerRoles } from '#src/catalog';

export type Role = (typeof providerRoles)[number];
export type Contact = { name: string; email: string; phone: string };
export type Brand = { id: string; name: string; contact: Contact };
export type Provider = { id: string; role: Role; contact: Contact };
export type Venue = {
  name: string;
  kind: 'studio' | 'outdoor' | 'on_location';
  area: string;
  city: 'houston' | 'galveston';
  region: 'TX';
  studio_account_id?: string;
  address: { line1: string; postal_code: string };
};

export const denim: Brand = {
  id: 'acc_bayou_city_denim',
  name: 'Bayou City Denim',
  contact: person('Rosalind Achterberg', '7135550101'),
};
export const coldBrew: Brand = {
  id: 'acc_lone_star_cold_brew',
  name: 'Lone Star Cold Brew',
  contact: person('Hank Villanueva', '7135550102'),
};
export const brands: readonly [Brand, Brand] = [denim, coldBrew];

export const studio = { id: 'acc_mill_street_daylight', name: 'Mill Street Daylight' };

export const linh = provider('Linh Tran', 'photographer', '2815550111');
export const jordan = provider('Jordan Okafor', 'videographer', '8325550112');
export const camila = provider('Camila Reyes', 'model', '7135550113');
export const deshawn = provider('DeShawn Carter', 'creator', '8325550114');
export const providers: readonly [Provider, ...Provider[]] = [
  linh,
  jordan,
  camila,
  deshawn,
  provider('Priya Raman', 'photographer', '2815550115'),
  provider('Mateo Garza', 'videographer', '7135550116'),
  provider('Noor Haddad', 'model', '8325550117'),
  provider('Grace Nguyen', 'creator', '2815550118'),
  provider('Tyrell Boudreaux', 'photographer', '7135550119'),
  provider('Sofia Villarreal', 'model', '8325550120'),
  provider('Ben Kowalski', 'videographer', '2815550121'),
  provider('Amara Eze', 'creator', '7135550122'),
];

export const venues: readonly [Venue, ...Venue[]] = [
  { ...place(studio.name, 'Sawyer Yards', 'studio', '1101 Mill St', '77007'), studio_account_id: studio.id },
  place('Buffalo Bayou Park', 'Fourth Ward', 'outdoor', '105 Sabine St', '77007'),
  { ...place(studio.name, 'Sawyer Yards', 'studio', '1101 Mill St', '77007'), studio_account_id: studio.id },
  place('POST Houston rooftop', 'Downtown', 'on_location', '401 Franklin St', '77002'),
  place('Menil Park', 'Montrose', 'outdoor', '1533 Sul Ross St', '77006'),
  place('Hermann Park', 'Museum District', 'outdoor', '6001 Fannin St', '77030'),
  { ...place('The Strand', 'Downtown', 'outdoor', '2200 Strand St', '77550'), city: 'galveston' },
];

export const accounts: readonly { id: string; name: string; kind: 'person' | 'organisation' }[] = [
  ...brands.map(({ id, name }) => ({ id, name, kind: 'organisation' as const })),
  { ...studio, kind: 'organisation' },
  ...providers.map(({ id, contact }) => ({ id, name: contact.name, kind: 'person' as const })),
];

function person(name: string, digits: string): Contact {
  return { name, email: `${slug(name, '.')}@example.com`, phone: `+1${digits}` };
}

function provider(name: string, role: Role, digits: string): Provider {
  return { id: `acc_${slug(name, '_')}`, role, contact: person(name, digits) };
}

function place(name: string, area: string, kind: Venue['kind'], line1: string, postalCode: string): Venue {
  return { name, kind, area, city: 'houston', region: 'TX', address: { line1, postal_code: postalCode } };
}

function slug(name: string, joint: string): string {
  return name.toLowerCase().replaceAll(' ', joint);
}
