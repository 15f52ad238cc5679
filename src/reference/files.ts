import type { ReferencePath } from '#src/operate';
import { referencePage } from './docs/page.ts';
import { referenceScript } from './docs/script.ts';
import { referenceStyle } from './docs/style.ts';
import type { ApiDocument } from './document.ts';

/** All that there is to read about the API, each by the address that it is served at. */
export const referenceFiles = async (document: ApiDocument): Promise<Record<ReferencePath, string>> => ({
  '/openapi.json': JSON.stringify(document),
  // A marked String until here, which not everything takes for a string.
  '/docs': String(await referencePage(document)),
  '/docs/reference.css': referenceStyle,
  '/docs/reference.js': referenceScript,
});
