import {
  type HubEvent,
  type ManifestDocument,
  manifestDocument,
  type Op,
  type TestDocument,
  testDocument,
  testKey,
} from '#kit';

export type Kind = 'archive' | 'test' | 'removal';
export type FileBody = { document: ManifestDocument | TestDocument };
/** What goes into the bin. */
export type RemovalBody = { id: string };

/** One file for each accepted revision, named by its content, so its name is known only where the text is hashed. */
export function plan(event: HubEvent): Op<Kind>[] {
  const test = testKey(event);
  if (test !== null)
    return [
      {
        key: test,
        seq: event.sequence,
        kind: 'test',
        body: { document: testDocument } satisfies FileBody,
      },
    ];
  const document = manifestDocument(event);
  if (!document) return [];
  return [
    {
      key: `manifest:${document.deliverable_id}:${document.revision}`,
      seq: event.sequence,
      kind: 'archive',
      body: { document } satisfies FileBody,
    },
  ];
}
