import * as z from 'zod';
import type { EventData, EventType, Reason } from './event-type.ts';
import { httpsUrl, id, instant, mediaObject, revealedBy, sha256, text } from './fields.ts';
import { type Hashes, verifyManifest } from './manifest.ts';
import { type Draw, drawFrom } from './samples.ts';
import { contentRatings, providerRoles } from './vocabulary.ts';

const open = revealedBy('deliverables:read', 'none');
// Pictures of people: personal, though the scope that asks for deliverables asks for exactly them.
const work = revealedBy('deliverables:read', 'personal');
const contact = revealedBy('bookings.contact:read', 'personal');

const maxFileBytes = 1_099_511_627_776; // 1 TiB: more than any drive takes as one file.

/** S2-10: what was delivered, fixed by content. The files stay with Drive or Dropbox; this is their proof. */
const manifest = z.strictObject({
  sha256: open('SHA-256 of the manifest itself; see docs/event-types.md for how it is computed.', sha256()),
  files: z
    .array(
      mediaObject('withhold', {
        name: work('File name, unique in the manifest.', text(255)),
        sha256: open('SHA-256 of the content.', sha256()),
        size_bytes: open('Size of the content.', z.int().min(0).max(maxFileBytes)),
        media_type: open('What it is.', z.string().regex(/^[a-z]{1,40}\/[a-z0-9.+-]{1,80}$/)).optional(),
        content_rating: open('What reviewers said of it.', z.enum(contentRatings)),
        url: work('Where it is; withheld while its rating does not allow it to leave.', httpsUrl()),
      }),
    )
    .min(1)
    .max(500),
});

const snapshot = {
  deliverable_id: open('The deliverable.', id('dlb')),
  booking_id: open('The booking that it is for.', id('bkg')),
  title: open('A short label made by the marketplace.', text(140)),
  revision: open('1 for the first hand-in, then one more after each rejection.', z.int().min(1).max(1000)),
  storage: open('Where the files are.', z.enum(['google_drive', 'dropbox', 'other'])),
  buyer_account_id: open('Who receives.', id('acc')),
  provider_account_id: open('Who delivers.', id('acc')),
  provider_role: open('As what.', z.enum(providerRoles)),
  submitted_at: open('When it was handed in.', instant()),
  review_due_at: open('When it counts as accepted if nobody objects.', instant()).optional(),
  manifest,
};

export const deliverableTypes: readonly EventType[] = [
  deliverableType('submitted', 'A provider handed in files.', {}, () => ({})),
  deliverableType(
    'accepted',
    'The buyer accepted; the marketplace decides on the escrow.',
    {
      accepted_at: open('When.', instant()),
      accepted_by: open(
        'By the buyer, or because the time to object ran out.',
        z.enum(['buyer', 'deadline']),
      ),
    },
    (draw) => ({ accepted_at: draw.at(24), accepted_by: draw.pick(['buyer', 'deadline']) }),
  ),
  deliverableType(
    'rejected',
    'The buyer asks for changes.',
    {
      rejected_at: open('When.', instant()),
      reject_reason: open(
        'Why, in one word.',
        z.enum(['quality', 'incomplete', 'wrong_format', 'not_as_agreed', 'policy']),
      ),
      reject_note: contact('Why, in their words.', text(2000)).optional(),
    },
    (draw) => ({ rejected_at: draw.at(24), reject_reason: draw.pick(['quality', 'incomplete']) }),
  ),
];

/** Two files of one name could not be told apart in what is archived (S2-10). */
function namesAreUnique(data: EventData): Reason[] {
  // True by the schema, which ran before any policy.
  const { files } = data['manifest'] as z.output<typeof manifest>;
  const seen = new Set<string>();
  return files.flatMap(({ name }, index) => {
    const isFirst = !seen.has(name);
    seen.add(name);
    if (isFirst) return [];
    return [
      {
        code: 'policy' as const,
        pointer: `/manifest/files/${index}/name`,
        detail: 'Another file of the manifest has this name.',
      },
    ];
  });
}

/** What the manifest says it is must be what anyone recomputes from it (S2-10). */
function digestIsRight(digest: Hashes, data: EventData): Reason[] {
  // True by the schema, which ran before any proof.
  if (verifyManifest(digest, data['manifest'] as z.output<typeof manifest>)) return [];
  return [
    {
      code: 'policy',
      pointer: '/manifest/sha256',
      detail: 'This is not the digest of these files; docs/event-types.md says how it is computed.',
    },
  ];
}

function deliverableType(
  status: 'submitted' | 'accepted' | 'rejected',
  description: string,
  own: z.ZodRawShape,
  ownSample: (draw: Draw) => EventData,
): EventType {
  const statusField = open('The state after this event.', z.literal(status));
  const { deliverable_id, ...rest } = snapshot;
  return {
    type: `deliverable.${status}`,
    description,
    stream: 'discovery_booking',
    scope: 'deliverables:read',
    // S2-11: escrow is released on acceptance, so this family counts as money.
    critical: true,
    system: false,
    defaultOn: true,
    entity: { kind: 'deliverable', idField: 'deliverable_id' },
    versions: { 1: z.strictObject({ deliverable_id, status: statusField, ...rest, ...own }) },
    latest: 1,
    policies: [namesAreUnique],
    proofs: [digestIsRight],
    sample: (_version, seed) => {
      const draw = drawFrom(seed);
      return { ...sampleDeliverable(draw, status), ...ownSample(draw) };
    },
  };
}

function sampleDeliverable(draw: Draw, status: string): EventData {
  const { storage, folder, manifest: drawn } = draw.pick(sampleManifests);
  return {
    deliverable_id: draw.id('dlb'),
    status,
    booking_id: draw.id('bkg'),
    title: 'Edited frames',
    revision: draw.int(1, 2),
    storage,
    buyer_account_id: draw.id('acc'),
    provider_account_id: draw.id('acc'),
    provider_role: 'photographer',
    submitted_at: draw.at(0),
    review_due_at: draw.at(72),
    manifest: {
      sha256: drawn.sha256,
      files: drawn.files.map((file) => ({
        ...file,
        content_rating: 'general',
        url: `${folder}/${file.name}`,
      })),
    },
  };
}

// The digests are real (a test recomputes them), fixed here because nothing lends a digest where samples are made.
const sampleManifests = [
  {
    storage: 'google_drive',
    folder: 'https://drive.google.com/example/bayou',
    manifest: {
      sha256: 'e73c3a98d850f2a80da378b5af3358f36cd6d9a909c8fa5705ef35f449a5fa27',
      files: [
        {
          name: 'bayou-01.jpg',
          sha256: 'deb17b08056d35e6378a6b2c9d96ed497badeae47085de17b2e61b474cebcb1a',
          size_bytes: 8_412_331,
          media_type: 'image/jpeg',
        },
        {
          name: 'bayou-02.jpg',
          sha256: 'c5bdbcfe2fc067d9f3cfb63f60575214231d1f1547bd8ed610b82e44bd49f982',
          size_bytes: 7_990_204,
          media_type: 'image/jpeg',
        },
      ],
    },
  },
  {
    storage: 'dropbox',
    folder: 'https://www.dropbox.com/example/montrose',
    manifest: {
      sha256: '34849794dfb7e43afce0d44f97a31aeac9b2e755467c427d4ff2217429c334ae',
      files: [
        {
          name: 'montrose-cut.mp4',
          sha256: 'a67d19c209e79e583f376315ef74fe6e6639266b67fd704af0a53dbeab5f9bb5',
          size_bytes: 512_004_118,
          media_type: 'video/mp4',
        },
      ],
    },
  },
] as const;
