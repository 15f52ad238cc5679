import * as z from 'zod';
import { PatchbayError } from '#src/errors';

const parsed = z.object({ id: z.string() });

export function publishEvent(body: unknown, now: Date): string {
  const event = parsed.safeParse(body);
  if (!event.success) throw new PatchbayError('validation_failed');
  return `${event.data.id} ${now.toISOString()}`;
}
