import { type EventType, eventTypes } from '#src/catalog';

export type Family = { name: string; title: string; types: EventType[]; wildcard: string | null };

const titles: Record<string, string> = {
  booking: 'Bookings',
  instant_book: 'Instant Book',
  deliverable: 'Deliverables',
  escrow: 'Escrow',
  rfp: 'Requests for proposals',
  review: 'Reviews',
  message: 'Messages',
  promotion: 'Promotions',
};

/** Whether it stands among the choices: what an address or a form names may be anything. */
export const isOffered = (type: string): boolean =>
  eventTypes.has(type) || families().some(({ wildcard }) => wildcard === type);

/** Event types by what they are about; all that is about the hub itself is one family, without a wildcard. */
export function families(): Family[] {
  const groups = Map.groupBy(eventTypes.values(), ({ type, system }) =>
    system ? 'hub' : (type.split('.')[0] ?? type),
  );
  return [...groups].map(([name, types]) => ({
    name,
    title: name === 'hub' ? 'About this hub' : (titles[name] ?? name),
    types,
    wildcard: name !== 'hub' && types.length > 1 ? `${name}.*` : null,
  }));
}

/** The same, of what some patterns take alone; a wildcard where the whole family is taken. */
export function familiesAmong(patterns: readonly string[]): Family[] {
  const takes = (type: string) =>
    patterns.some((one) => one === type || (one.endsWith('.*') && type.startsWith(one.slice(0, -1))));
  return families().flatMap((family) => {
    const types = family.types.filter(({ type }) => takes(type));
    if (types.length === 0) return [];
    const isWhole = types.length === family.types.length;
    return [{ ...family, types, wildcard: isWhole ? family.wildcard : null }];
  });
}
