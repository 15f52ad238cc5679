import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import * as catalog from '#src/catalog';
import { createNodeDigest } from '../../src/adapters/digest-node.ts';

const digest = createNodeDigest();
const manifestDigest = (of: readonly catalog.ManifestFile[]) => catalog.manifestDigest(digest, of);
const verifyManifest = (of: Parameters<typeof catalog.verifyManifest>[1]) =>
  catalog.verifyManifest(digest, of);

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const files = [
  { name: 'b.jpg', sha256: hash('b'), size_bytes: 2 },
  { name: 'a.jpg', sha256: hash('a'), size_bytes: 1 },
];

test('anyone can recompute the digest with another tool [S2-10]', () => {
  expect(manifestDigest(files)).toBe(hash(`[["a.jpg","${hash('a')}",1],["b.jpg","${hash('b')}",2]]`));
});

test('the order of the files does not matter, nor what else is said of them', () => {
  const dressed = files
    .toReversed()
    .map((file) => ({ ...file, url: 'https://drive.google.com/x', content_rating: 'general' }));
  expect(manifestDigest(dressed)).toBe(manifestDigest(files));
});

test('names sort by code point, as other languages do', () => {
  const named = ['\u{1F4F7}.jpg', '～.jpg', 'a', 'ab'].map((name) => ({
    name,
    sha256: hash(name),
    size_bytes: 1,
  }));
  const sorted = ['a', 'ab', '～.jpg', '\u{1F4F7}.jpg'].map((name) => [name, hash(name), 1]);
  expect(manifestDigest(named)).toBe(hash(JSON.stringify(sorted)));
});

test('a changed, added, missing or renamed file does not verify [S2-10]', () => {
  const sha256 = manifestDigest(files);
  const [first, second] = files as [(typeof files)[0], (typeof files)[0]];
  expect(verifyManifest({ sha256, files })).toBe(true);
  expect(verifyManifest({ sha256, files: [{ ...first, sha256: hash('c') }, second] })).toBe(false);
  expect(verifyManifest({ sha256, files: [{ ...first, size_bytes: 3 }, second] })).toBe(false);
  expect(verifyManifest({ sha256, files: [{ ...first, name: 'c.jpg' }, second] })).toBe(false);
  expect(verifyManifest({ sha256, files: [first] })).toBe(false);
  expect(verifyManifest({ sha256, files: [...files, { ...first, name: 'c.jpg' }] })).toBe(false);
});

test('two files of one name are no manifest', () => {
  const twice = [files[0], files[0]].filter((file) => file !== undefined);
  expect(verifyManifest({ sha256: manifestDigest(twice), files: twice })).toBe(false);
});
