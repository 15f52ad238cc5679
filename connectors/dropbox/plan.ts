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
/** What is there no longer, unless somebody has changed it since. */
export type RemovalBody = { path: string; rev?: string };

/** One file for each accepted revision. Its path is its content's, so it is known only where the text is hashed. */
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
