import { stringify } from 'yaml';
import { describeApi } from '../src/describe.ts';

/** The document as it is published, for an origin that nobody owns: yours is in the one that your hub serves. */
export function yamlOfApi(): string {
  const document = describeApi('https://patchbay.example');
  return stringify(document, { aliasDuplicateObjects: false, lineWidth: 110 });
}
