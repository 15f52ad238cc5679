import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldsOfType, hiddenFields, scopeNames, visibleFields } from '#src/catalog';
import { everyVersion } from './versions.ts';

test('fields have the kinds that a filter compares', () => {
  const fields = visibleFields('deliverable.submitted', 1, new Set(['deliverables:read']));
  expect(fields.get('manifest')).toMatchObject({ kind: 'object' });
  expect(fields.get('manifest.files')).toMatchObject({ kind: 'array' });
  expect(fields.get('manifest.files.size_bytes')).toMatchObject({ kind: 'number', privacy: 'none' });
  expect(fields.get('manifest.files.content_rating')).toMatchObject({ kind: 'string' });
  expect(fields.get('submitted_at')).toEqual({
    kind: 'datetime',
    privacy: 'none',
    scope: 'deliverables:read',
  });
  expect(visibleFields('rfp.created', 2, new Set(['rfps:read'])).get('roles')).toMatchObject({
    kind: 'array',
  });
  expect(visibleFields('booking.confirmed', 2, new Set(['bookings:read'])).get('instant_book')).toMatchObject(
    { kind: 'boolean' },
  );
  expect(
    visibleFields('instant_book.confirmed', 2, new Set(['bookings:read'])).get('instant_book'),
  ).toMatchObject({ kind: 'boolean' });
});

test('an object is as private as the most private field seen in it', () => {
  expect(visibleFields('booking.confirmed', 2, new Set(['bookings:read'])).get('buyer')).toMatchObject({
    privacy: 'none',
  });
  const contact = visibleFields('booking.confirmed', 2, new Set(['bookings:read', 'bookings.contact:read']));
  expect(contact.get('buyer')).toMatchObject({ privacy: 'personal' });
  expect(contact.get('venue.address')).toMatchObject({ kind: 'object', scope: 'bookings.contact:read' });
});

test('a hidden field names the scope that it lacks [S2-77]', () => {
  const hidden = hiddenFields('booking.confirmed', 2, new Set(['bookings:read']));
  expect(hidden.get('payment.total.amount_cents')).toMatchObject({ scope: 'money:read' });
  expect(hidden.get('payment')).toMatchObject({ scope: 'money:read' });
  expect(hidden.get('buyer.email')).toMatchObject({ scope: 'bookings.contact:read' });
  expect(hidden.has('buyer')).toBe(false);
});

test("without the type's own scope everything is hidden, and that scope is what lacks [S2-77]", () => {
  const contactOnly = new Set(['bookings.contact:read']);
  expect(visibleFields('booking.confirmed', 2, contactOnly).size).toBe(0);
  expect(hiddenFields('booking.confirmed', 2, contactOnly).get('buyer.email')).toMatchObject({
    scope: 'bookings:read',
  });
});

test('every field is either visible or hidden', () => {
  fc.assert(
    fc.property(fc.constantFrom(...everyVersion), fc.subarray([...scopeNames]), ([type, version], held) => {
      const scopes = new Set<string>(held);
      const both = [
        ...visibleFields(type, version, scopes).keys(),
        ...hiddenFields(type, version, scopes).keys(),
      ];
      expect(both.toSorted()).toEqual([...fieldsOfType(type, version).keys()].toSorted());
    }),
  );
});

test('an unknown type has no fields', () => {
  expect(visibleFields('booking.exploded', 1, new Set(['bookings:read'])).size).toBe(0);
  expect(hiddenFields('booking.confirmed', 9, new Set(['bookings:read'])).size).toBe(0);
});
