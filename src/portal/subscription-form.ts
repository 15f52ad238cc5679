import type { Form } from '#src/ui';

/** A new subscription as a person has filled it in so far. */
export type Wish = {
  url: string;
  description: string;
  types: string[];
  cities: string;
  filter: string;
  ordering: string;
  format: string;
  signature: string;
  maxPerSecond: string;
};

/** Where the verbs' words stand on the page. */
export const fieldNames: Record<string, string> = {
  endpoint: 'url',
  url: 'url',
  description: 'description',
  event_types: 'types',
  cities: 'cities',
  max_per_second: 'max_per_second',
  ordering: 'ordering',
  format: 'format',
  signature: 'signature',
  // A filter's errors point into the filter itself.
  data: 'filter',
  filter: 'filter',
};

export const emptyWish = (types: string[]): Wish => ({
  url: '',
  description: '',
  types,
  cities: '',
  filter: '',
  ordering: 'none',
  format: 'standard',
  signature: 'v1',
  maxPerSecond: '',
});

export const wishOf = (form: Form): Wish => ({
  url: form.one('url'),
  description: form.one('description'),
  types: form.many('types'),
  cities: form.one('cities'),
  filter: form.one('filter'),
  ordering: form.one('ordering'),
  format: form.one('format'),
  signature: form.one('signature'),
  maxPerSecond: form.one('max_per_second'),
});

export type Filter = { ok: true; value: unknown } | { ok: false; detail: string };

export function filterOf({ filter }: Wish): Filter {
  if (filter === '') return { ok: true, value: undefined };
  try {
    return { ok: true, value: JSON.parse(filter) as unknown };
  } catch {
    // What JSON.parse says is of use to nobody who wrote this by hand.
    return { ok: false, detail: 'The filter is not JSON. Are all names in "double quotes"?' };
  }
}

/** What the API would be sent; the API's own schema judges it. */
export function specOf(wish: Wish, filter: unknown): Record<string, unknown> {
  const { url, description, types, cities, ordering, format, signature, maxPerSecond } = wish;
  return {
    endpoint: { type: 'webhook', url },
    event_types: types,
    cities: cities.split(/[\s,]+/).filter((city) => city !== ''),
    ...(filter === undefined ? {} : { filter }),
    ordering,
    format,
    signature,
    ...(maxPerSecond === '' ? {} : { max_per_second: Number(maxPerSecond) }),
    description,
  };
}
