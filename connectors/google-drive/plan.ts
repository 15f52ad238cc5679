import { type HubEvent, type ManifestDocument, manifestDocument, type Op } from '#kit';
import * as z from 'zod';

export const options = z.strictObject({
  /** Whether the file's content is locked once it is there. */
  lock: z.boolean().default(true),
});
export type Options = z.output<typeof options>;

export type Kind = 'archive' | 'lock';
export type ArchiveBody = { document: ManifestDocument };
/** The key of the archived file. */
export type LockBody = { archive: string };

/** One file for each accepted revision, and its lock, which Drive takes only for a file that is there. */
export function plan(event: HubEvent, { lock }: Options): Op<Kind>[] {
  const document = manifestDocument(event);
  if (!document) return [];
  const revision = `${document.deliverable_id}:${document.revision}`;
  const archive: Op<Kind> = {
    key: `manifest:${revision}`,
    seq: event.sequence,
    kind: 'archive',
    body: { document } satisfies ArchiveBody,
  };
  if (!lock) return [archive];
  const body: LockBody = { archive: archive.key };
  return [archive, { key: `lock:${revision}`, seq: event.sequence, kind: 'lock', body }];
}
