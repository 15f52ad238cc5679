import type { HubEvent } from './event.ts';

/**
 * What an archive keeps of an accepted deliverable: the same document at every vendor, so that one check reads them all
 * (`patchbay manifest verify`). Its text is `canonicalJson`, and the SHA-256 of that text is the name of the file.
 */
export type ManifestDocument = {
  format: 'patchbay.manifest/1';
  /** The event that said it was accepted. */
  event: string;
  deliverable_id: string;
  revision: number;
  booking_id?: string;
  title?: string;
  storage?: string;
  buyer_account_id?: string;
  provider_account_id?: string;
  provider_role?: string;
  submitted_at?: string;
  accepted_at?: string;
  accepted_by?: string;
  manifest: {
    /** Over names, hashes and sizes: docs/event-types.md. */
    sha256: string;
    files: readonly {
      name: string;
      sha256: string;
      size_bytes: number;
      media_type?: string;
      content_rating?: string;
      /** Left out while the rating does not let it leave. */
      url?: string;
    }[];
  };
};

/** Null where the event accepts no deliverable. Fields that this format does not know are left out. */
export function manifestDocument({ id, type, data }: HubEvent): ManifestDocument | null {
  const { deliverable_id, revision, manifest } = data as Partial<ManifestDocument>;
  if (type !== 'deliverable.accepted' || !manifest) return null;
  // The id becomes part of a path.
  if (!/^dlb_[0-9a-z_-]{1,60}$/.test(deliverable_id ?? '')) return null;
  if (typeof revision !== 'number' || !Array.isArray(manifest.files)) return null;
  return {
    format: 'patchbay.manifest/1',
    event: id,
    ...pick(data as Partial<ManifestDocument>, fields),
    deliverable_id: deliverable_id as string,
    revision,
    manifest: {
      sha256: manifest.sha256,
      files: (manifest.files as ManifestFile[]).map((file) => pick(file, fileFields) as ManifestFile),
    },
  };
}

type ManifestFile = ManifestDocument['manifest']['files'][number];

const fields = [
  'booking_id',
  'title',
  'storage',
  'buyer_account_id',
  'provider_account_id',
  'provider_role',
  'submitted_at',
  'accepted_at',
  'accepted_by',
] as const;
const fileFields = ['name', 'sha256', 'size_bytes', 'media_type', 'content_rating', 'url'] as const;

function pick<T extends object, K extends keyof T>(from: T, names: readonly K[]): Partial<Pick<T, K>> {
  const picked: Partial<Pick<T, K>> = {};
  for (const name of names) if (from[name] !== undefined) picked[name] = from[name];
  return picked;
}
