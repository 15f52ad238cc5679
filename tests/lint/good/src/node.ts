import { publishEvent } from '#src/events';
import { readId } from './adapters/files.ts';

export async function start(): Promise<string> {
  return publishEvent({ id: await readId(process.env['PATCHBAY_FILE'] ?? '') }, new Date());
}
