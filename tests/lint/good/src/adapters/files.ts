import { readFile } from 'node:fs/promises';
import { PatchbayError } from '#src/errors';

export async function readId(path: string): Promise<string> {
  const id = await readFile(path, 'utf8');
  if (!id) throw new PatchbayError('not_found');
  return id;
}
