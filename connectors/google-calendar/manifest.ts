import type { Manifest } from '#kit';
import * as z from 'zod';

const options = z.strictObject({
  /** A booking that waits for an answer stands there too, as tentative. */
  requests: z.boolean(),
  /** With people, street and notes, as far as the subscription sees them. */
  contact: z.boolean(),
});
export type Options = z.output<typeof options>;
export type Kind = 'entry' | 'removal';

/** Makes calendars, and sees and changes what is in those that it made. No other calendar, and not the list of them. */
export const scope = 'https://www.googleapis.com/auth/calendar.app.created';

const minuteMs = 60_000;

export const manifest: Manifest<Options, Kind> = {
  id: 'google-calendar',
  name: 'Google Calendar',
  summary: 'Your bookings in a calendar of their own, moved and cancelled with them.',
  version: '1.1.0',
  vendorApi: { name: 'Google Calendar API v3' },
  auth: {
    type: 'oauth2',
    authorizeUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
    tokenUrl: 'https://oauth2.googleapis.com/token',
    pkce: true,
    clientAuth: 'body',
    scopeSeparator: ' ',
    // Without `consent` Google gives a refresh token at the first time alone.
    params: { access_type: 'offline', prompt: 'consent' },
    refresh: { rotates: false },
    revoke: { url: 'https://oauth2.googleapis.com/revoke', credential: 'form' },
  },
  tiers: [
    {
      id: 'own-calendar',
      name: 'A calendar of its own',
      summary: 'Makes one calendar named Bookings, and reaches no other.',
      scopes: [scope],
    },
  ],
  scopes: {
    [scope]: {
      why: 'Makes the calendar Bookings, and writes, moves and takes away the entries in it.',
      kinds: ['set-up', 'entry', 'removal', 'health', 'inbound'],
    },
  },
  hosts: ['www.googleapis.com'],
  consumes: ['booking.*', 'instant_book.confirmed', 'integration.test'],
  test: 'a test entry in your calendar, at the next full hour',
  options,
  form: [
    {
      name: 'requests',
      label: 'Requests, too',
      help: 'A booking that waits for an answer stands there as tentative and blocks no time.',
      type: 'switch',
    },
    {
      name: 'contact',
      label: 'People and addresses',
      help: 'Names, phone numbers, the street and notes, where this subscription may see them. They leave for Google.',
      type: 'switch',
    },
  ],
  // Per minute and project, and per minute, project and user (Google’s quotas page, 2026-11).
  limits: [
    { per: 'app', tokens: 10_000, windowMs: minuteMs },
    { per: 'connection', tokens: 600, windowMs: minuteMs },
  ],
  idempotency: { entry: 'client-id', removal: 'client-id' },
  recall: 'Every entry is taken out of the calendar; the calendar itself stays.',
  inbound: { of: 'connection', toleranceSeconds: 0, intents: ['booking.respond'] },
};
