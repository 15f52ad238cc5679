import { expect, test } from 'vitest';
import * as z from 'zod';
import { describeType, eventTypes, jsonSchema, sampleEvent, versionsOf } from '#src/catalog';

test('a type is described with its versions, schemas and samples', () => {
  const described = describeType('booking.confirmed');
  expect(described).toMatchObject({
    type: 'booking.confirmed',
    stream: 'discovery_booking',
    scope: 'bookings:read',
    critical: false,
    system: false,
    off_by_default: false,
    entity: 'booking',
    latest_version: 2,
    versions: [
      { version: 1, supported: true },
      { version: 2, supported: true },
    ],
  });
  expect(described.versions[1]?.sample).toEqual(sampleEvent('booking.confirmed', 2));
  expect(JSON.parse(JSON.stringify(described))).toEqual(described);
  expect(describeType('message.direct')).toMatchObject({ off_by_default: true, entity: null });
});

test('a JSON Schema says of each field who sees it and what it is', () => {
  expect(jsonSchema('booking.confirmed', 2)).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    additionalProperties: false,
    properties: {
      booking_id: { type: 'string', 'x-patchbay-scope': 'bookings:read', 'x-patchbay-privacy': 'none' },
      starts_at: { type: 'string', format: 'date-time', pattern: 'Z$' },
      payment: {
        properties: {
          total: {
            properties: {
              amount_cents: {
                type: 'integer',
                'x-patchbay-scope': 'money:read',
                'x-patchbay-privacy': 'money',
              },
            },
          },
        },
      },
      references: { items: { 'x-patchbay-media': 'drop', required: ['url', 'content_rating'] } },
    },
  });
});

test('it is what zod itself would print, for every version of every type', () => {
  for (const known of eventTypes.values())
    for (const version of versionsOf(known)) {
      const printed = z.toJSONSchema(known.versions[version] ?? z.never(), {
        override: ({ jsonSchema: node }) => {
          if (node.format === 'date-time') node.pattern = 'Z$';
        },
      });
      const { title: _, description: __, ...ours } = jsonSchema(known.type, version);
      expect(JSON.stringify(ours), known.type).toBe(JSON.stringify(printed));
    }
});

test('an unknown type or version is not found', () => {
  expect(() => describeType('booking.exploded')).toThrow(expect.objectContaining({ code: 'not_found' }));
  expect(() => jsonSchema('booking.confirmed', 7)).toThrow(expect.objectContaining({ code: 'not_found' }));
});
