import { PatchbayError } from '#src/errors';
import { type Group, outlineOf } from './outline.ts';
import { bookingTypes } from './types/bookings.ts';
import { deliverableTypes } from './types/deliverables.ts';
import { escrowTypes } from './types/escrow.ts';
import type { EventData, EventType } from './types/event-type.ts';
import { hubTypes } from './types/hub.ts';
import { instantBookTypes } from './types/instant-book.ts';
import { messageTypes } from './types/messages.ts';
import { promotionTypes } from './types/promotions.ts';
import { reviewTypes } from './types/reviews.ts';
import { rfpTypes } from './types/rfps.ts';

/** Every event type there is (contract: Event types). */
export const eventTypes: ReadonlyMap<string, EventType> = new Map(
  [
    ...bookingTypes,
    ...instantBookTypes,
    ...deliverableTypes,
    ...escrowTypes,
    ...rfpTypes,
    ...reviewTypes,
    ...messageTypes,
    ...promotionTypes,
    ...hubTypes,
  ].map((type) => [type.type, type]),
);

export const typeNames: readonly string[] = [...eventTypes.keys()];

const outlines: ReadonlyMap<string, Group> = new Map(
  [...eventTypes.values()].flatMap(({ type, versions }) =>
    Object.entries(versions).map(([version, schema]) => [`${type}@${version}`, outlineOf(schema)] as const),
  ),
);

/** The outline of one version's data; undefined where there is no such type or version. */
export function outlineFor(type: string, version: number): Group | undefined {
  return outlines.get(`${type}@${version}`);
}

export function versionsOf({ versions }: EventType): number[] {
  return Object.keys(versions).map(Number);
}

/**
 * The version in which a subscriber gets an event: what it pinned, or what was published if that is older
 * (nothing is ever converted upwards: the newer fields would have to be invented).
 */
export function deliveredVersion(published: number, pinned: number | undefined): number {
  return pinned === undefined ? published : Math.min(published, pinned);
}

/** Valid, realistic data; the same for the same seed. */
export function sampleEvent(type: string, version?: number, seed = 1): EventData {
  const known = eventTypes.get(type);
  if (!known) throw unknown('/type', `There is no event type ${type}.`);
  const wanted = version ?? known.latest;
  if (!outlineFor(type, wanted)) throw unknown('/schema_version', `${type} has no version ${wanted}.`);
  return known.sample(wanted, seed);
}

function unknown(pointer: string, detail: string): PatchbayError {
  return new PatchbayError('validation_failed', { public: detail, errors: [{ pointer, detail }] });
}
