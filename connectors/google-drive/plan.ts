import { type HubEvent, type ManifestDocument, manifestDocument, type Op } from '#kit';

export type Kind = 'archive';
export type ArchiveBody = { document: ManifestDocument };

/** One file for each accepted revision, named by its content, so its name is known only where the text is hashed. */
export function plan(event: HubEvent): Op<Kind>[] {
  const document = manifestDocument(event);
  if (!document) return [];
  return [
    {
      key: `manifest:${document.deliverable_id}:${document.revision}`,
      seq: event.sequence,
      kind: 'archive',
      body: { document } satisfies ArchiveBody,
    },
  ];
}
