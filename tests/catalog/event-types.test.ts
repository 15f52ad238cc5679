import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  eventTypes,
  fieldsOfType,
  jsonSchema,
  type JsonSchema,
  sampleEvent,
  scopes,
  streams,
  typeNames,
  validate,
  deliveredVersion,
} from '#src/catalog';
import { dataOf, publishableOf } from './arbitrary.ts';
import { everyStepDown, everyVersion } from './versions.ts';

const contractTypes = [
  'booking.requested',
  'booking.confirmed',
  'booking.rescheduled',
  'booking.cancelled',
  'booking.completed',
  'instant_book.confirmed',
  'deliverable.submitted',
  'deliverable.accepted',
  'deliverable.rejected',
  'escrow.released',
  'rfp.created',
  'rfp.broadcast',
  'rfp.quoted',
  'rfp.awarded',
  'rfp.withdrawn',
  'rfp.closed',
  'review.published',
  'message.direct',
  'promotion.capped',
  'subscription.disabled',
  'grant.revoked',
  'token.revoked',
  // Before what nobody uses ends (docs/leaks.md).
  'grant.expiring',
  'token.expiring',
  'connection.broken',
  'integration.test',
];

test('every event type of the contract is in the catalogue, and no other', () => {
  expect([...typeNames].toSorted()).toEqual(contractTypes.toSorted());
});

test('every type has an owning stream and a scope that apps can hold [S1-38]', () => {
  for (const known of eventTypes.values()) {
    expect(streams, known.type).toContain(known.stream);
    expect(scopes[known.scope].serviceOnly, known.type).toBe(false);
  }
});

test('money and safety types are critical', () => {
  const critical = [...eventTypes.values()].filter((known) => known.critical).map(({ type }) => type);
  expect(critical).toEqual([
    'instant_book.confirmed',
    'deliverable.submitted',
    'deliverable.accepted',
    'deliverable.rejected',
    'escrow.released',
    'message.direct',
    'grant.revoked',
    'token.revoked',
  ]);
});

test('only what the hub says of itself is a system type', () => {
  const system = [...eventTypes.values()].filter((known) => known.system).map(({ type }) => type);
  expect(system).toEqual([
    'subscription.disabled',
    'grant.revoked',
    'token.revoked',
    'grant.expiring',
    'token.expiring',
    'connection.broken',
    'integration.test',
  ]);
});

test('direct messages alone are off by default', () => {
  expect([...eventTypes.values()].filter((known) => !known.defaultOn).map(({ type }) => type)).toEqual([
    'message.direct',
  ]);
});

test('an event that describes an entity carries its id', () => {
  const lacking = everyVersion.filter(([type, version]) => {
    const entity = eventTypes.get(type)?.entity;
    return entity && !jsonSchema(type, version).required?.includes(entity.idField);
  });
  expect(lacking).toEqual([]);
  expect(eventTypes.get('rfp.closed')?.entity).toEqual({ kind: 'rfp', idField: 'rfp_id' });
  expect(eventTypes.get('escrow.released')?.entity).toBeNull();
});

describe.each(everyVersion)('%s version %i', (type, version) => {
  test('every field has a scope and a privacy class [S2-77]', () => {
    const fields = fieldsOfType(type, version);
    const paths = leafPaths(jsonSchema(type, version), '');
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths)
      expect(fields.get(path), path).toMatchObject({
        scope: expect.any(String),
        privacy: expect.any(String),
      });
  });

  test('personal data never stands under a scope that promises none, nor money under any but its own [S2-77]', () => {
    const impersonal = ['bookings:read', 'rfps:read', 'webhooks:manage'];
    const misplaced = [...fieldsOfType(type, version)].filter(
      ([, { kind, scope, privacy }]) =>
        kind !== 'object' &&
        kind !== 'array' &&
        ((impersonal.includes(scope) && privacy !== 'none') ||
          (privacy === 'money' && scope !== 'money:read')),
    );
    expect(misplaced).toEqual([]);
  });

  test('every text and every list is bounded', () => {
    for (const [path, node] of nodes(jsonSchema(type, version), '')) {
      if (node.type === 'array') expect(node.maxItems, path).toEqual(expect.any(Number));
      if (node.type !== 'string' || node.enum || node.const !== undefined) continue;
      expect(node.maxLength !== undefined || isBoundedPattern(node.pattern ?? ''), path).toBe(true);
    }
  });

  test('samples are valid, and the same for the same seed', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const data = sampleEvent(type, version, seed);
        expect(validate(type, version, data)).toEqual({ ok: true, data });
        expect(sampleEvent(type, version, seed)).toEqual(data);
      }),
      { numRuns: 40 },
    );
  });

  test('whatever fits the published JSON Schema breaks no schema here', () => {
    fc.assert(
      fc.property(dataOf(type, version), (data) => {
        const checked = validate(type, version, data);
        expect(checked.ok ? [] : checked.reasons.filter(({ code }) => code !== 'policy')).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

describe.each(everyStepDown)('%s down from version %i', (type, from) => {
  test('is total: any valid data becomes valid data of the version below [S1-02]', () => {
    fc.assert(
      fc.property(publishableOf(type, from), (data) => {
        expect(validate(type, from, data)).toMatchObject({ ok: true });
        const older = eventTypes.get(type)?.down?.[from]?.(data);
        expect(validate(type, from - 1, older)).toMatchObject({ ok: true });
      }),
      { numRuns: 100 },
    );
  });
});

test('every version above the first has a step down', () => {
  expect(everyStepDown).toEqual(everyVersion.filter(([, version]) => version > 1));
  expect(everyStepDown.length).toBeGreaterThanOrEqual(2);
});

test('an event is delivered in the pinned version, and never in a newer one than it was published in', () => {
  expect(deliveredVersion(2, 1)).toBe(1);
  expect(deliveredVersion(1, 2)).toBe(1);
  expect(deliveredVersion(2, undefined)).toBe(2);
});

test('a sample of an unknown type or version is refused with a pointer', () => {
  expect(() => sampleEvent('booking.exploded')).toThrow(
    expect.objectContaining({ code: 'validation_failed' }),
  );
  expect(() => sampleEvent('booking.confirmed', 9)).toThrow(
    expect.objectContaining({ errors: [expect.objectContaining({ pointer: '/schema_version' })] }),
  );
});

test('no event carries how somebody uses integrations into ranking [S2-16]', () => {
  for (const [type, version] of everyVersion) {
    for (const path of fieldsOfType(type, version).keys())
      expect(path, type).not.toMatch(/integration|rank|score|boost/);
  }
});

function nodes(schema: JsonSchema, path: string): [string, JsonSchema][] {
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    nodes(field as JsonSchema, path ? `${path}.${name}` : name),
  );
  return [[path, schema], ...below, ...(schema.items ? nodes(schema.items as JsonSchema, path) : [])];
}

function leafPaths(schema: JsonSchema, path: string): string[] {
  return nodes(schema, path)
    .filter(([, node]) => node.type !== 'object' && (node.items as JsonSchema | undefined)?.type !== 'object')
    .map(([leaf]) => leaf);
}

// Every character class is counted: `{n}`, `{m,n}` or a single one.
function isBoundedPattern(pattern: string): boolean {
  return (
    pattern.startsWith('^') && pattern.endsWith('$') && !/[*+](?![^[]*\])/.test(pattern.replaceAll('\\+', ''))
  );
}
