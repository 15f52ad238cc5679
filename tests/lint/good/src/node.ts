import { PatchbayError } from '#src/errors';
import { readId } from './adapters/files.ts';

export async function start(): Promise<string> {
  const path = process.env['PATCHBAY_FILE'];
  if (!path) throw new PatchbayError('not_found');
  return readId(path);
}
