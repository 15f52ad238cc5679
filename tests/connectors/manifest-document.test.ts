import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, manifestDocument, sha256Hex } from '#kit';
import { accepted } from './archive-vendor.ts';

describe('canonical JSON', () => {
  test('is one text for one value, in ASCII, and reads back as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(text).toMatch(/^[\x20-\x7e]*$/);
        // -0 is 0 in JSON.
        const read: unknown = JSON.parse(text);
        expect(read).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(read)).toBe(text);
      }),
    );
  });

  test('knows no order of keys, nor members that are undefined', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.integer()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).toReversed());
        expect(canonicalJson({ ...turned, zz: undefined })).toBe(canonicalJson(value));
      }),
    );
  });

  test('writes what is no ASCII as RFC 8785 reads it', () => {
    expect(canonicalJson({ é: '📷', 10: [1e21, '\u0000"'], 9: '\u007f' })).toBe(
      String.raw`{"10":[1e+21,"\u0000\""],"9":"\u007f","\u00e9":"\ud83d\udcf7"}`,
    );
  });
});

describe('the document of an accepted manifest', () => {
  test('is the same text for ever: a change of format is another format', async () => {
    const document = manifestDocument(accepted());
    expect(await sha256Hex(canonicalJson(document))).toBe(
      '887bdcf34d9ac4d85d2ea60593c23851ae5fe18fda621c526acc7e4fff7663c3',
    );
  });

  test('has the manifest as the event has it, and no field that its format does not know', () => {
    const { data } = accepted();
    const document = manifestDocument(accepted({ zz_new: 1 }));
    expect(document).toMatchObject({
      format: 'patchbay.manifest/1',
      event: 'evt_test',
      deliverable_id: data['deliverable_id'],
      manifest: data['manifest'],
    });
    expect(document).not.toHaveProperty('zz_new');
  });

  test.each([
    ['another type', { type: 'deliverable.submitted' }],
    ['an id that is no part of a path', { data: { ...accepted().data, deliverable_id: 'dlb_../../x' } }],
    ['no manifest', { data: { deliverable_id: 'dlb_1', revision: 1 } }],
    ['no files', { data: { ...accepted().data, manifest: { sha256: '0' } } }],
    ['no data', { data: {} }],
  ])('there is none of %s', (_, over) => {
    expect(manifestDocument({ ...accepted(), ...over })).toBeNull();
  });
});
