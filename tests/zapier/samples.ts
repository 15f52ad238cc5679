import { writeFileSync } from 'node:fs';
import { families } from '../../connectors/zapier/app/src/families.ts';
import { eventTypes, project, sampleEvent } from '../../src/catalog/index.ts';

/** What the app shows before anything real has happened, as the hub would send it to a token of ordinary scopes. */
export function zapierSamples(): Record<string, unknown> {
  return {
    ...Object.fromEntries(families.map(({ key, events, scope }) => [key, pushOf(typeOf(events), scope)])),
    find_booking: entityOf('bookings', 'booking_id', 'booking.confirmed'),
    find_rfp: entityOf('rfps', 'rfp_id', 'rfp.created'),
    find_deliverable: entityOf('deliverables', 'deliverable_id', 'deliverable.submitted'),
    find_review: entityOf('reviews', 'review_id', 'review.published'),
    find_rfp_request: request,
    create_rfp: request,
  };
}

const at = '2026-11-21T15:04:05.000Z';
/** A family's first is its wildcard, where it has one. */
const typeOf = (events: readonly (readonly [string, string])[]): string =>
  events.map(([event]) => event).find((event) => eventTypes.has(event)) ?? '';

function pushOf(type: string, scope: string) {
  const { latest, data, subject } = sampleOf(type, scope);
  return {
    id: 'evt_01kam9y2t8m5c3v7d1f4g6h8jk',
    type,
    timestamp: at,
    schema_version: latest,
    sequence: 1,
    city: 'houston',
    subject,
    account: 'acc_01kam9y2t8m5c3v7d1f4g6h8jm',
    grant: 'grt_01kam9y2t8m5c3v7d1f4g6h8jn',
    subscription: 'sub_sample',
    data,
  };
}

function entityOf(path: string, idField: string, type: string) {
  const { latest, data, scope } = sampleOf(type);
  const id = String(data[idField]);
  return {
    id,
    type,
    event: 'evt_01kam9y2t8m5c3v7d1f4g6h8jk',
    schema_version: latest,
    sequence: 1,
    city: 'houston',
    subject: `${path}/${id}`,
    updated_at: at,
    data: scope ? data : {},
  };
}

function sampleOf(type: string, scope = eventTypes.get(type)?.scope ?? '') {
  const latest = eventTypes.get(type)?.latest ?? 1;
  const data =
    project({ type, version: latest, data: sampleEvent(type) }, { scopes: new Set([scope]) }) ?? {};
  const [family = ''] = type.split('.');
  const id = Object.entries(data).find(([name]) => name === `${family}_id`)?.[1];
  return { latest, data, scope, subject: `${family}s/${id as string}` };
}

const request = {
  id: 'int_01kam9y2t8m5c3v7d1f4g6h8jp',
  kind: 'rfp.create',
  state: 'open',
  external_ref: 'row-42',
  data: {
    title: 'Autumn lookbook',
    brief: 'Two models, one day, a loft with daylight.',
    roles: ['model', 'photographer'],
    city: 'houston',
  },
  result: null,
  subject: null,
  reason: null,
  created_at: at,
  updated_at: at,
  expires_at: '2026-12-21T15:04:05.000Z',
};

export const samplesFile = 'connectors/zapier/app/src/samples.json';

if (import.meta.main) writeFileSync(samplesFile, `${JSON.stringify(zapierSamples(), null, 2)}\n`);
