import { expect, test } from 'vitest';
import { fieldsOfType, typeNames } from '#src/catalog';
import { eventTypesDoc, writtenDoc } from './write-docs.ts';

test('docs/event-types.md is up to date: run `node tests/catalog/write-docs.ts`', () => {
  expect(writtenDoc()).toBe(eventTypesDoc());
});

test('the page names every type, and every field with its scope', () => {
  const doc = eventTypesDoc();
  for (const type of typeNames) expect(doc).toContain(`## ${type}\n`);
  expect(doc).toMatch(/\| `buyer\.email` \| email \|  \| `bookings\.contact:read` \| personal \|/);
  expect(fieldsOfType('deliverable.accepted', 1).has('manifest.files.url')).toBe(true);
  expect(doc).toContain('| `manifest.files[].url` |');
});
