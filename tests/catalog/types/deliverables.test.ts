import { expect, test } from 'vitest';
import { admit, eventTypes, manifestDigest, sampleEvent, validate } from '#src/catalog';
import { createNodeDigest } from '../../../src/adapters/digest-node.ts';
import type { Data } from '../arbitrary.ts';

const digest = createNodeDigest();
const submitted = sampleEvent('deliverable.submitted');
type Manifest = { sha256: string; files: (Data & { name: string; sha256: string; size_bytes: number })[] };
const manifest = submitted['manifest'] as Manifest;

function withFile(change: Data): Data {
  return { ...submitted, manifest: { ...manifest, files: [{ ...manifest.files[0], ...change }] } };
}

test('every sample of every type is let in, manifests and their digests among them [S2-10]', () => {
  for (const { type, versions } of eventTypes.values())
    for (const version of Object.keys(versions).map(Number))
      for (const seed of [1, 2, 3, 4, 5, 6])
        expect(admit(digest, type, version, sampleEvent(type, version, seed))).toMatchObject({ ok: true });
});

test.each(['submitted', 'accepted', 'rejected'])(
  'deliverable.%s is let in with the digest of its files, and with no other [S2-10]',
  (status) => {
    const type = `deliverable.${status}`;
    const sample = sampleEvent(type);
    const { files } = sample['manifest'] as Manifest;
    const changed = files.map((file, index) => (index === 0 ? { ...file, size_bytes: 1 } : file));
    const of = (sha256: string) =>
      admit(digest, type, 1, { ...sample, manifest: { sha256, files: changed } });
    expect(of(manifestDigest(digest, changed))).toMatchObject({ ok: true });
    expect(of(manifestDigest(digest, files))).toMatchObject({
      ok: false,
      reasons: [{ code: 'policy', pointer: '/manifest/sha256' }],
    });
  },
);

test.each([
  [{ sha256: 'ABC' }, '/manifest/files/0/sha256'],
  [{ size_bytes: -1 }, '/manifest/files/0/size_bytes'],
  [{ url: 'http://drive.google.com/a' }, '/manifest/files/0/url'],
  [{ content_rating: undefined }, '/manifest/files/0/content_rating'],
  [{ bytes: 'aGk=' }, '/manifest/files/0/bytes'],
])('a file entry with %j is refused [S1-24]', (change, pointer) => {
  expect(validate('deliverable.submitted', 1, withFile(change))).toMatchObject({
    ok: false,
    reasons: [{ pointer }],
  });
});

test('two files of one name break the policy [S2-10]', () => {
  const [file] = manifest.files;
  const twice = { ...submitted, manifest: { ...manifest, files: [file, { ...file, size_bytes: 1 }] } };
  expect(validate('deliverable.submitted', 1, twice)).toMatchObject({
    ok: false,
    reasons: [{ code: 'policy', pointer: '/manifest/files/1/name' }],
  });
});

test('a manifest without files is none', () => {
  expect(
    validate('deliverable.submitted', 1, { ...submitted, manifest: { ...manifest, files: [] } }).ok,
  ).toBe(false);
});

test('a file without a content rating quarantines the event, a blocked one breaks the policy [S1-23]', () => {
  const { content_rating: _none, ...unlabelled } = manifest.files[0] as Data;
  const data = { ...submitted, manifest: { ...manifest, files: [unlabelled] } };
  expect(validate('deliverable.submitted', 1, data)).toMatchObject({
    ok: false,
    reasons: [{ code: 'schema' }],
  });
  expect(validate('deliverable.submitted', 1, withFile({ content_rating: 'blocked' }))).toEqual({
    ok: false,
    reasons: [
      {
        code: 'policy',
        pointer: '/manifest/files/0/content_rating',
        detail: 'Blocked media may not be referred to.',
      },
    ],
  });
});

test('blocked media anywhere breaks the policy [S1-23]', () => {
  const blocked = [{ url: 'https://media.example.com/1.jpg', content_rating: 'blocked' }];
  const places = [
    ['booking.confirmed', 'references'],
    ['rfp.created', 'references'],
    ['review.published', 'photos'],
    ['message.direct', 'attachments'],
  ] as const;
  for (const [type, field] of places) {
    expect(validate(type, sampleVersion(type), { ...sampleEvent(type), [field]: blocked })).toMatchObject({
      ok: false,
      reasons: [{ code: 'policy', pointer: `/${field}/0/content_rating` }],
    });
  }
});

function sampleVersion(type: string): number {
  return type === 'review.published' || type === 'message.direct' ? 1 : 2;
}
