import * as z from 'zod';
import { showToken } from '#src/access';
import type { Settings } from '#src/context';
import type { Schema } from '#src/store';

type TokenRow = Schema['tokens']['$inferSelect'];

export const scope = 'bookings:read';
export const contactScope = 'bookings.contact:read';

/** A feed as its account sees it; its address is shown at its making alone. */
export const shownFeed = z.strictObject({
  id: z.string(),
  label: z.string().describe('The name of the calendar.'),
  contact: z.boolean().describe('Whether it shows the people behind the bookings.'),
  created_at: z.string(),
  expires_at: z.string().nullable().describe('With the token that made it.'),
  last_used_at: z.string().nullable().describe('When it was last fetched.'),
  ends_unused_at: z.string().nullable().describe('When it ends where nobody fetches it before.'),
  revoked_at: z.string().nullable(),
  revoked_reason: z.string().nullable(),
});
export type ShownFeed = z.output<typeof shownFeed>;

export const showFeed = (row: TokenRow, settings: Settings): ShownFeed => {
  const { id, label, created_at, expires_at, last_used_at, ends_unused_at, revoked_at, revoked_reason } =
    showToken(row, settings);
  return {
    id,
    label,
    contact: row.scopes.includes(contactScope),
    created_at,
    expires_at,
    last_used_at,
    ends_unused_at,
    revoked_at,
    revoked_reason,
  };
};
