import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  deliveredVersion,
  downConvert,
  eventTypes,
  type Field,
  fieldsOfType,
  project,
  sampleEvent,
  scopeNames,
  visibleFields,
} from '#src/catalog';
import { type Data, dataOf, publishableOf } from './arbitrary.ts';
import { everyStepDown, everyVersion } from './versions.ts';

const anyScopes = fc.subarray([...scopeNames]).map((held) => new Set<string>(held));
const all = new Set<string>(scopeNames);

describe.each(everyVersion)('%s version %i', (type, version) => {
  const base = eventTypes.get(type)?.scope ?? '';

  test('no key leaves without its scope, and every key of a held scope does [S2-77]', () => {
    fc.assert(
      fc.property(dataOf(type, version), anyScopes, (data, scopes) => {
        const shown = project({ type, version, data }, { scopes });
        if (!scopes.has(base)) {
          expect(shown).toBeNull();
          return;
        }
        const visible = visibleFields(type, version, scopes);
        expect(pathsOf(shown).filter((path) => !visible.has(path))).toEqual([]);
        const safe = withoutMedia(data);
        const due = pathsOf(safe).filter((path) => isLeaf(visible.get(path)));
        expect(pathsOf(project({ type, version, data: safe }, { scopes }))).toEqual(
          expect.arrayContaining(due),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('what leaves is JSON, equal to what came in, and shares no object with it', () => {
    fc.assert(
      fc.property(dataOf(type, version), (data) => {
        const before = structuredClone(data);
        const safe = withoutMedia(data);
        const shown = project({ type, version, data: safe }, { scopes: all });
        expect(shown).toEqual(safe);
        expect(JSON.parse(JSON.stringify(shown))).toEqual(shown);
        expect(data).toEqual(before);
        const given = new Set(objectsIn(safe));
        expect(objectsIn(shown).filter((object) => given.has(object))).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  test('a key that the catalogue does not know never leaves, wherever it stands', () => {
    const shown = project(
      { type, version, data: poisoned(sampleEvent(type, version)) as Data },
      { scopes: all },
    );
    expect(JSON.stringify(shown)).not.toContain('canary');
  });
});

describe.each(everyStepDown)('%s down from version %i', (type, from) => {
  test('the older form says nothing that the scopes hide in the newer one [S2-77]', () => {
    fc.assert(
      fc.property(publishableOf(type, from), publishableOf(type, from), anyScopes, (data, other, scopes) => {
        const hidden = (path: string) => !isHeld(fieldsOfType(type, from).get(path), scopes);
        const changed = graft(data, other, hidden, '') as Data;
        const view = { scopes, version: from - 1 };
        expect(project({ type, version: from, data: changed }, view)).toEqual(
          project({ type, version: from, data }, view),
        );
      }),
      { numRuns: 60 },
    );
  });
});

test('the older version is what a subscriber gets that pinned it', () => {
  const known = eventTypes.get('booking.confirmed');
  const data = sampleEvent('booking.confirmed', 2);
  const shown = project({ type: 'booking.confirmed', version: 2, data }, { scopes: all, version: 1 });
  expect(shown).toMatchObject({ location: expect.stringContaining('houston, TX') });
  expect(shown).not.toHaveProperty('venue');
  expect(known && downConvert(known, 2, 1, data)).toEqual(shown);
});

test('an event that was published in an older version than the pinned one leaves as it is', () => {
  const data = sampleEvent('booking.confirmed', 1);
  expect(deliveredVersion(1, 2)).toBe(1);
  expect(project({ type: 'booking.confirmed', version: 1, data }, { scopes: all, version: 2 })).toEqual(data);
});

test('keys leave in the order of the schema, whatever order they came in', () => {
  const data = sampleEvent('booking.confirmed', 2);
  const turned = Object.fromEntries(Object.entries(data).toReversed());
  const view = { scopes: new Set(['bookings:read', 'money:read']) };
  expect(JSON.stringify(project({ type: 'booking.confirmed', version: 2, data: turned }, view))).toBe(
    JSON.stringify(project({ type: 'booking.confirmed', version: 2, data }, view)),
  );
});

test('an object with nothing to show disappears', () => {
  const shown = project(
    { type: 'booking.confirmed', version: 2, data: sampleEvent('booking.confirmed') },
    { scopes: new Set(['bookings:read']) },
  );
  expect(shown).not.toHaveProperty('payment');
  expect(shown).not.toHaveProperty('venue.address');
  expect(shown).not.toHaveProperty('buyer.email');
  expect(shown).toHaveProperty('venue.name');
});

test('what a stored event should not have does not leave: empty objects, objects where a value belongs', () => {
  const data = {
    booking_id: 'bkg_1',
    title: { canary: 1 },
    venue: {},
    buyer: 'canary',
    references: 'canary',
  };
  expect(project({ type: 'booking.confirmed', version: 2, data }, { scopes: all })).toEqual({
    booking_id: 'bkg_1',
  });
  const rfp = {
    rfp_id: 'rfp_1',
    roles: ['model', { canary: 1 }],
    references: [null, 1, { url: 'https://a.example.com' }],
  };
  expect(project({ type: 'rfp.created', version: 2, data: rfp }, { scopes: all })).toEqual({
    rfp_id: 'rfp_1',
    roles: ['model'],
    references: [],
  });
});

test('a scope that is gained or lost shows at the next call', () => {
  const event = { type: 'booking.confirmed', version: 2, data: sampleEvent('booking.confirmed') };
  const scopes = new Set(['bookings:read']);
  expect(project(event, { scopes })).not.toHaveProperty('payment');
  scopes.add('money:read');
  expect(project(event, { scopes })).toHaveProperty('payment');
  scopes.delete('bookings:read');
  expect(project(event, { scopes })).toBeNull();
});

test('an unknown type reveals nothing', () => {
  expect(project({ type: 'booking.exploded', version: 1, data: { a: 1 } }, { scopes: all })).toBeNull();
});

describe('media', () => {
  const references = (
    ['general', 'artistic_nudity', 'restricted', 'unrated', 'blocked', undefined, 'General'] as const
  ).map((content_rating, index) => ({ url: `https://media.example.com/${index}.jpg`, content_rating }));

  test('the only view is the safe one: what is rated general leaves, and nothing else [S2-09]', () => {
    const data = { ...sampleEvent('booking.confirmed'), references };
    const shown = project({ type: 'booking.confirmed', version: 2, data }, { scopes: all });
    expect(Object(shown)['references']).toEqual([references[0]]);
  });

  test('the link of an unsafe file is withheld, and its proof stays [S2-10]', () => {
    const data = sampleEvent('deliverable.submitted', 1, 3);
    const { files, ...manifest } = data['manifest'] as { files: Data[] };
    const unrated = {
      ...data,
      manifest: { ...manifest, files: files.map((file) => ({ ...file, content_rating: 'unrated' })) },
    };
    const shown = project({ type: 'deliverable.submitted', version: 1, data: unrated }, { scopes: all });
    for (const file of (Object(shown)['manifest'] as { files: Data[] }).files) {
      expect(file).not.toHaveProperty('url');
      expect(file).toMatchObject({
        name: expect.any(String),
        sha256: expect.any(String),
        size_bytes: expect.any(Number),
      });
    }
  });

  test('no link of unsafe media leaves in any event and version [S1-23]', () => {
    for (const [type, version] of everyVersion) {
      fc.assert(
        fc.property(dataOf(type, version), (data) => {
          const shown = project({ type, version, data }, { scopes: all });
          const links = objectsIn(shown).filter((object): object is Data => 'url' in object);
          expect(links.filter((link) => link['content_rating'] !== 'general')).toEqual([]);
        }),
        { numRuns: 10 },
      );
    }
  });
});

function isLeaf(field: Field | undefined): boolean {
  return field !== undefined && field.kind !== 'object';
}

function isHeld(field: Field | undefined, scopes: ReadonlySet<string>): boolean {
  return field !== undefined && scopes.has(field.scope);
}

function pathsOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((entry) => pathsOf(entry, path)))];
  if (typeof value !== 'object' || value === null) return path ? [path] : [];
  const below = Object.entries(value).flatMap(([name, field]) =>
    pathsOf(field, path ? `${path}.${name}` : name),
  );
  return path ? [path, ...below] : below;
}

/** The same data with every picture rated general: for properties that are not about media. */
function withoutMedia(value: unknown): Data {
  return JSON.parse(
    JSON.stringify(value, (key, field: unknown) => (key === 'content_rating' ? 'general' : field)),
  ) as Data;
}

function objectsIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(objectsIn)];
}

function poisoned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(poisoned);
  if (typeof value !== 'object' || value === null) return value;
  const below = Object.fromEntries(Object.entries(value).map(([name, field]) => [name, poisoned(field)]));
  return { ...below, canary: 'canary' };
}

/** `data` with each hidden leaf replaced by that of `other`, objects and lists kept in shape. */
function graft(data: unknown, other: unknown, hidden: (path: string) => boolean, path: string): unknown {
  if (Array.isArray(data) || typeof data !== 'object' || data === null) return data;
  const source = (typeof other === 'object' && other !== null ? other : {}) as Data;
  return Object.fromEntries(
    Object.entries(data).map(([name, field]) => {
      const below = path ? `${path}.${name}` : name;
      const isObject = typeof field === 'object' && field !== null && !Array.isArray(field);
      if (isObject) return [name, graft(field, source[name], hidden, below)];
      return [name, hidden(below) && source[name] !== undefined ? source[name] : field];
    }),
  );
}
