import { PatchbayError } from '#src/errors';
import type { SubscriptionRow } from '#src/subscriptions';
import { type Form, wrongOf } from '#src/ui';

/** A subscription to an address, as a person has filled it in so far. */
export type Wish = {
  url: string;
  description: string;
  types: string[];
  cities: string;
  filter: string;
  schemaVersion: string;
  ordering: string;
  format: string;
  signature: string;
  maxPerSecond: string;
};

export const emptyWish = (types: string[]): Wish => ({
  url: '',
  description: '',
  types,
  cities: '',
  filter: '',
  schemaVersion: '',
  ordering: 'none',
  format: 'standard',
  signature: 'v1',
  maxPerSecond: '',
});

export const wishOf = (form: Form): Wish => ({
  url: form.one('url'),
  description: form.one('description'),
  types: form.many('types').filter((type) => type !== ''),
  cities: form.one('cities'),
  filter: form.one('filter'),
  schemaVersion: form.one('schema_version'),
  ordering: form.one('ordering'),
  format: form.one('format'),
  signature: form.one('signature'),
  maxPerSecond: form.one('max_per_second'),
});

/** What there is, as somebody would have filled it in. */
export const wishOfRow = (row: SubscriptionRow): Wish => ({
  url: row.endpoint.type === 'webhook' ? row.endpoint.url : '',
  description: row.description,
  types: row.eventTypes,
  cities: row.cities.join(', '),
  filter: (row.filter ?? null) === null ? '' : JSON.stringify(row.filter, null, 2),
  schemaVersion: row.schemaVersion === null ? '' : String(row.schemaVersion),
  ordering: row.ordering,
  format: row.format,
  signature: row.signature,
  maxPerSecond: String(row.maxPerSecond),
});

/** What no program would send, and a schema has no words for that a person would use; by the name of the field. */
export function faultsOf(wish: Wish): Map<string, string> {
  const { url, description, types, filter, schemaVersion, maxPerSecond } = wish;
  const faults = new Map<string, string>();
  if (url === '') faults.set('url', 'Give it an address.');
  if (url.length > 2_048) faults.set('url', 'An address has at most 2,048 letters.');
  if (description.length > 500) faults.set('description', 'At most 500 letters.');
  if (types.length === 0) faults.set('types', 'Choose one event at least.');
  // What JSON.parse says is of use to nobody who wrote this by hand.
  if (filter !== '' && !isJson(filter))
    faults.set('filter', 'The filter is not JSON. Are all names in "double quotes"?');
  if (!/^([1-9]\d{0,2})?$/.test(schemaVersion))
    faults.set('schema_version', 'A whole number such as 1, or nothing for the newest.');
  if (!/^([1-9]\d{0,8})?$/.test(maxPerSecond)) faults.set('max_per_second', 'A whole number such as 50.');
  return faults;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Which is the answer.
    return false;
  }
}

/** What the API would be sent, of a form without faults; the API's own schema judges it. */
export function specOf(wish: Wish): Record<string, unknown> {
  const { url, description, types, cities, filter, schemaVersion, ordering, format, signature } = wish;
  return {
    endpoint: { type: 'webhook', url },
    event_types: types,
    cities: cities.split(/[\s,]+/).filter((city) => city !== ''),
    filter: filter === '' ? null : (JSON.parse(filter) as unknown),
    schema_version: schemaVersion === '' ? null : Number(schemaVersion),
    ordering,
    format,
    signature,
    ...(wish.maxPerSecond === '' ? {} : { max_per_second: Number(wish.maxPerSecond) }),
    description,
  };
}

/** What the API's PATCH would be sent: what differs from what there is, and nothing else. */
export function changeOf(wish: Wish, row: SubscriptionRow, defaultRate: number): Record<string, unknown> {
  const now = specOf(wishOfRow(row));
  const spec = specOf(wish);
  const wanted = { ...spec, max_per_second: spec['max_per_second'] ?? defaultRate };
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => said(value) !== said(now[name])),
  );
}

/** A form gives its list in another order than a program did. */
const said = (value: unknown): string =>
  JSON.stringify(
    Array.isArray(value) ? value.map(String).toSorted((a, b) => a.localeCompare(b, 'en')) : value,
  );

/** Where the verbs' words stand on the page. */
const fieldNames: Record<string, string> = {
  endpoint: 'url',
  description: 'description',
  event_types: 'types',
  cities: 'cities',
  filter: 'filter',
  schema_version: 'schema_version',
  max_per_second: 'max_per_second',
  ordering: 'ordering',
  format: 'format',
  signature: 'signature',
};

/** What a verb has refused, by the name of the field. What is not about what was filled in is thrown on. */
export function refusalsOf(thrown: unknown): Map<string, string> {
  if (!(thrown instanceof PatchbayError) || thrown.code !== 'filter_invalid')
    return wrongOf(thrown, fieldNames);
  // Its pointers lead into the filter itself.
  const details = (thrown.errors ?? []).map(({ pointer, detail }) =>
    pointer === '' ? detail : `${pointer}: ${detail}`,
  );
  return new Map([['filter', details.join('; ') || thrown.publicText]]);
}
