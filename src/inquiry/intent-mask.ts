import * as z from 'zod';
import { shownIntent } from '#src/intents';
import type { IntentKind } from '#src/store';

/** An intent as staff see it. */
export const staffIntent = shownIntent
  .extend({
    env: z.enum(['live', 'test']),
    app_name: z.string().nullable(),
    account_name: z.string().nullable().describe('Masked, where it names a person.'),
    external_ref: z.string().nullable().describe('Null where people are masked.'),
    masked: z
      .boolean()
      .describe('Of `data`, what somebody has written is null: it is shown with people:unmask alone.'),
  })
  .meta({ id: 'StaffIntent' });
export type StaffIntent = z.output<typeof staffIntent>;

/** What is no person's own words, by kind. A field that is not listed is masked. */
const plain: Record<IntentKind, readonly string[]> = {
  'rfp.create': ['roles', 'city', 'time_zone', 'shoot_starts_at', 'shoot_ends_at', 'respond_by'],
  'booking.respond': ['subject', 'response'],
  'rfp.stage': ['subject', 'stage'],
};

/** Briefs, notes, links and references may name anybody: nobody has looked at what is in them. */
export const maskIntent = (intent: StaffIntent): StaffIntent => ({
  ...intent,
  external_ref: null,
  data: Object.fromEntries(
    Object.entries(intent.data).map(([name, value]) => [
      name,
      plain[intent.kind].includes(name) ? value : null,
    ]),
  ),
  masked: true,
});
